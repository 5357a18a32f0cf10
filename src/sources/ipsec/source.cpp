#include "sources/ipsec/source.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cmath>
#include <deque>
#include <utility>

#include "base/result.hpp"
#include "base/text.hpp"
#include "contract/health_repeat.hpp"
#include "io/together.hpp"
#include "sources/ipsec/book_file.hpp"
#include "sources/ipsec/session_book.hpp"
#include "sources/ipsec/vici_connection.hpp"

namespace davylamp::ipsec {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr base::Seconds repair_every{60};
constexpr base::Seconds keep_every{30};  // when nothing moved: only the time of the last look is new
constexpr std::chrono::seconds longest_answer{15};
constexpr std::chrono::milliseconds least_pause{200};
constexpr int most_busy = 10;
constexpr unsigned first_listings = 2;  // what is absent from two has gone
constexpr std::array<std::string_view, 5> events{"list-sa", "ike-updown", "child-updown", "ike-rekey", "child-rekey"};

class IpsecSource : public contract::Source {
 public:
  IpsecSource(const Config& config, const base::Clock& clock) : config_(config), clock_(clock) {
    facts_.transport = "udp";
    facts_.mode = "server";
    facts_.lab = config.lab;
    facts_.listens_on = "udp 500, 4500";
    if (config.address) facts_.local_address = base::value_or_throw(model::Address::parse(*config.address));
    auto kept = load_book(config.state_file);
    if (kept) {
      book_ = SessionBook(std::move(*kept));
    } else {
      keeping_trouble_ = kept.error().message;
    }
  }

  io::Task<void> run(contract::ObservationSink& sink) override {
    const auto executor = co_await asio::this_coro::executor;
    asked_.clear();
    listings_ = 0;
    listing_begun_ = false;
    wake_ = false;
    said_.forget();
    try {
      connection_.emplace(executor, config_.socket);
    } catch (const base::Failure& failure) {
      // Whoever was there had a charon that is no more.
      if (failure.error().code == "absent") book_.vanished();
      publish(sink);
      throw;
    }
    timer_.emplace(executor);
    const auto& life = connection_->life();
    facts_.process_id = life.process_id;
    facts_.started_at = life.made_at;  // charon makes the file when it starts
    book_.begin_epoch(life.epoch, clock_.now());
    for (const auto event : events) {
      asked_.push_back(Asked::registration);
      co_await connection_->write(to_packet(PacketType::event_register, event));
    }
    asked_.push_back(Asked::version);
    co_await connection_->write(to_packet(PacketType::request, "version"));
    co_await io::together(listen(sink), ask());
  }

  void failed(contract::ObservationSink& sink, const base::Error& error, base::Seconds pause) override {
    facts_.state = model::ServerState::down;
    facts_.health = base::printable(error.message) + "; next try in " + std::to_string(pause.count()) + " s";
    said_.forget();
    tell_health(sink);
  }

  void carry_out(contract::ObservationSink& sink, const model::Command& command) override {
    if (command.id == 0 || !std::holds_alternative<model::EndSession>(command.order)) return;
    sink.emit(clock_.now(), model::CommandDone{command.id, false,
                                               "Davylamp only watches strongSwan: end the connection with `swanctl "
                                               "--terminate --ike NAME`, and take away its secret"});
  }

 private:
  enum class Asked { registration, version, listing };

  // Asks for everybody every now and then, and soon when an event says that somebody came or left.
  io::Task<void> ask() {
    constexpr auto as_pair = asio::as_tuple(asio::use_awaitable);
    const auto pause = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(config_.poll_seconds));
    for (;;) {
      const auto now = Clock::now();
      const bool waits = std::ranges::find(asked_, Asked::listing) != asked_.end();
      const auto due = asked_at_ + (waits ? longest_answer : wake_ ? std::min(pause, soonest(pause)) : pause);
      if (waits && now >= due) {
        throw base::Failure("unreachable", config_.socket + " does not answer: is charon stuck? See `swanctl --stats`");
      }
      if (!waits && (listings_ == 0 || now >= due)) {
        wake_ = false;
        asked_at_ = now;
        asked_.push_back(Asked::listing);
        co_await connection_->write(to_packet(PacketType::request, "list-sas"));
        continue;  // the answer may be here already
      }
      timer_->expires_at(due);
      co_await timer_->async_wait(as_pair);
    }
  }

  // charon works for each answer: events in a row do not keep it busy.
  Clock::duration soonest(Clock::duration pause) const {
    return std::max<Clock::duration>(std::min<Clock::duration>(least_pause, pause), took_ * most_busy);
  }

  io::Task<void> listen(contract::ObservationSink& sink) {
    for (;;) {
      const auto packet = co_await connection_->read();
      if (packet.type == PacketType::event) {
        on_event(packet);
      } else {
        on_answer(packet, sink);
      }
    }
  }

  void on_answer(const Packet& packet, contract::ObservationSink& sink) {
    if (asked_.empty()) throw base::Failure("unreachable", config_.socket + " answers what was not asked");
    const auto asked = asked_.front();
    asked_.pop_front();
    if (asked == Asked::listing) {
      if (packet.type != PacketType::response) {
        throw base::Failure("unreachable",
                            config_.socket + " does not know list-sas: strongSwan 5.2.0 or newer is needed");
      }
      begin_listing_once();
      listing_begun_ = false;
      took_ = Clock::now() - asked_at_;
      timer_->cancel();
      book_.finish_listing(clock_.now());
      describe();
      publish(sink);
      tell_health(sink);
    } else if (asked == Asked::version && packet.type == PacketType::response) {
      const auto message = read_message(packet.body);
      if (message) facts_.version = base::to_utf8("strongSwan " + std::string(message->text("version").substr(0, 64)));
    }
  }

  void begin_listing_once() {
    if (std::exchange(listing_begun_, true)) return;
    const auto now = clock_.now();
    const bool repair = listings_ < first_listings || now - repaired_at_ >= repair_every;
    if (repair) repaired_at_ = now;
    ++listings_;
    book_.begin_listing(repair);
  }

  void on_event(const Packet& packet) {
    const auto now = clock_.now();
    const auto message = read_message(packet.body);
    if (!message) {
      ++facts_.problems;
      return;
    }
    const auto report = read_report(*message);
    for (const auto& ike : report.ikes) facts_.problems += ike.problems;
    if (packet.name == "list-sa") {
      begin_listing_once();
      for (const auto& ike : report.ikes) book_.row(ike, now);
      return;
    }
    if (packet.name == "ike-updown") book_.ike_changed(report, now);
    if (packet.name == "child-updown") book_.child_changed(report, now);
    if (packet.name == "child-rekey") book_.child_rekeyed(report, now);
    if (packet.name == "ike-rekey") book_.ike_rekeyed(report, now);
    wake_ = true;
    timer_->cancel();
  }

  void describe() {
    facts_.state = model::ServerState::up;
    facts_.last_snapshot_at = clock_.now();
    const auto count = book_.open_count();
    facts_.health = std::to_string(count) + (count == 1 ? " peer" : " peers") + " connected (" + config_.socket +
                    ", every " + std::to_string(std::max(1LL, std::llround(config_.poll_seconds))) + " s)";
    facts_.warnings.clear();
    if (!keeping_trouble_.empty()) facts_.warnings.push_back(keeping_trouble_);
  }

  // What a session counts from is on disk before the session is told: whenever this program ends, it is told again from
  // the same.
  void publish(contract::ObservationSink& sink) {
    const auto now = clock_.now();
    if (book_.take_must_keep() || now - kept_at_ >= keep_every) {
      kept_at_ = now;
      const auto kept = keep_book(config_.state_file, book_.record());
      keeping_trouble_ = kept ? "" : "what was counted will not be known after a restart: " + kept.error().message;
    }
    for (auto& [at, fact] : book_.take_said()) sink.emit(at, std::move(fact));
  }

  void tell_health(contract::ObservationSink& sink) {
    const auto now = clock_.now();
    if (said_.due(facts_, now)) sink.emit(now, model::SourceHealth{facts_});
  }

  Config config_;
  const base::Clock& clock_;
  SessionBook book_;
  std::optional<ViciConnection> connection_;
  std::optional<asio::steady_timer> timer_;
  std::deque<Asked> asked_;
  Clock::time_point asked_at_{};
  Clock::duration took_{};
  bool wake_ = false;
  bool listing_begun_ = false;
  unsigned listings_ = 0;
  base::Time repaired_at_{};
  base::Time kept_at_{};
  std::string keeping_trouble_;
  model::ServerFacts facts_;
  contract::HealthRepeat said_;
};

}  // namespace

std::unique_ptr<contract::Source> make_source(const Config& config, const base::Clock& clock) {
  return std::make_unique<IpsecSource>(config, clock);
}

}  // namespace davylamp::ipsec
