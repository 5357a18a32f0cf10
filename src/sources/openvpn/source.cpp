#include "sources/openvpn/source.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>

#include "base/text.hpp"
#include "io/together.hpp"
#include "sources/openvpn/management_client.hpp"
#include "sources/openvpn/management_reply.hpp"
#include "sources/openvpn/server_report.hpp"

namespace davylamp::openvpn {
namespace {

namespace asio = boost::asio;
using Answer = ManagementClient::Answer;
using Steady = std::chrono::steady_clock;

// An unchanged report is repeated so often, so that its age can be told.
constexpr base::Seconds repeat_report_every{5};
// Listings may take at most this share of the server's time: the pause is so many times as long as the answer took.
constexpr int pause_per_answer = 20;
constexpr base::Milliseconds longest_pause{10'000};
// A change that was announced is listed after this pause, together with what comes right behind it.
constexpr base::Milliseconds urgent_pause{50};

model::ServerFacts fixed_facts(const Config& config) {
  model::ServerFacts facts;
  facts.health = "not reached yet";
  facts.lab = config.lab;
  facts.transport = config.transport;
  if (config.address) facts.local_address = base::value_or_throw(model::Address::parse(*config.address));
  return facts;
}

std::string read_password(const std::string& path) {
  std::ifstream file(path);
  std::string password;
  if (!std::getline(file, password) || password.empty()) {
    throw base::Failure("password_file",
                        "cannot read a management password from " + path +
                            ": it must be readable by davylampd and hold the password as its first line");
  }
  if (password.ends_with('\r')) password.pop_back();
  return password;
}

// One life of the connection: made anew by every run of the source.
class Attachment {
 public:
  Attachment(const Config& config, const base::Clock& clock, ServerReport& report, contract::ObservationSink& sink,
             asio::any_io_executor executor)
      : config_(config),
        clock_(clock),
        report_(report),
        sink_(sink),
        client_(executor, [this](const ManagementMessage& message) { heard(message); }, {}),
        peers_([this](model::Fact fact) { sink_.emit(clock_.now(), std::move(fact)); }),
        pause_(executor) {
    peers_.set_transport(config.transport.value_or(""));
  }

  io::Task<void> run(const ManagementAddress& address) {
    co_await client_.connect(address);
    report_.connected();
    tell();
    // Reading goes on beside everything else: whichever ends first ends both.
    co_await io::together(client_.read(), drive());
  }

 private:
  io::Task<void> drive() {
    std::optional<std::string> password;
    if (config_.password_file) password = read_password(*config_.password_file);
    co_await client_.greet(std::move(password), [this] {
      report_.waits_busy();
      tell();
    });
    co_await introduce();
    for (;;) {
      const auto began = Steady::now();
      co_await list();
      co_await rest(Steady::now() - began);
    }
  }

  // `env-filter` outlives a connection, and a filtered environment lacks what we read: it is set back first.
  io::Task<void> introduce() {
    const auto version = co_await client_.ask("version", Answer::rows);
    report_.version(version.text.substr(0, version.text.find('\n')));
    const auto process = co_await client_.ask("pid", Answer::line);
    process_id_ = parse_pid(process.text).value_or(0);
    report_.process(process_id_);
    co_await client_.ask("env-filter 0", Answer::line);
    co_await client_.ask("state on", Answer::line);
    const auto states = co_await client_.ask("state", Answer::rows);
    for (const auto row : base::split(states.text, '\n')) {
      if (const auto state = parse_state(row)) entered(*state);
    }
    if (config_.bytecount_seconds != 0) {
      co_await client_.ask("bytecount " + std::to_string(config_.bytecount_seconds), Answer::line);
    }
  }

  io::Task<void> list() {
    urgent_ = false;
    const auto reply = co_await client_.ask("status 3", Answer::rows);
    if (!reply.ok) {
      report_.status_refused(reply.text);
    } else {
      const auto listing = peers_.listing(reply.text);
      report_.transport(peers_.transport());
      report_.listed(clock_.now(), listing, client_.problems());
    }
    tell();
  }

  io::Task<void> rest(Steady::duration answer_took) {
    const auto wanted = base::Milliseconds{static_cast<std::int64_t>(config_.poll_seconds * 1000)};
    const auto polite = std::chrono::duration_cast<base::Milliseconds>(answer_took * pause_per_answer);
    const auto until = Steady::now() + std::min(std::max(wanted, polite), std::max(wanted, longest_pause));
    const auto soonest = Steady::now() + std::max(urgent_pause, polite / 4);
    for (;;) {
      const auto wake_at = urgent_ ? std::min(soonest, until) : until;
      if (Steady::now() >= wake_at) co_return;
      pause_.expires_at(wake_at);
      boost::system::error_code ignored;
      co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      const auto state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);
    }
  }

  void list_soon() {
    urgent_ = true;
    pause_.cancel();
  }

  void entered(const StateChange& state) {
    if (state.state != "CONNECTED") return;
    peers_.begin_epoch(process_id_, state.at);
    report_.started_at(state.at);
    report_.released();
  }

  void heard(const ManagementMessage& message) {
    report_.heard(message);
    if (const auto* bytes = std::get_if<ClientBytes>(&message)) {
      if (!report_.bytecount_is_wrong()) peers_.bytes(*bytes);
    } else if (const auto* event = std::get_if<ClientEvent>(&message)) {
      if (event->kind == ClientEventKind::established) peers_.established(*event);
      list_soon();
    } else if (const auto* state = std::get_if<StateChange>(&message)) {
      entered(*state);
      list_soon();
    } else if (std::holds_alternative<Notice>(message)) {
      list_soon();
    } else if (std::holds_alternative<Hold>(message) || std::holds_alternative<Fatal>(message)) {
      tell();
    }
  }

  void tell() {
    const auto now = clock_.now();
    auto facts = report_.facts();
    auto comparable = facts;
    comparable.last_snapshot_at.reset();
    if (comparable == told_ && now - told_at_ < repeat_report_every) return;
    told_ = std::move(comparable);
    told_at_ = now;
    sink_.emit(now, model::SourceHealth{std::move(facts)});
  }

  const Config& config_;
  const base::Clock& clock_;
  ServerReport& report_;
  contract::ObservationSink& sink_;
  ManagementClient client_;
  PeerTable peers_;
  asio::steady_timer pause_;
  bool urgent_ = false;
  std::uint64_t process_id_ = 0;
  std::optional<model::ServerFacts> told_;
  base::Time told_at_{};
};

class ManagementSource : public contract::Source {
 public:
  ManagementSource(const Config& config, const base::Clock& clock)
      : config_(config),
        clock_(clock),
        address_(base::value_or_throw(ManagementAddress::parse(config.management))),
        report_(fixed_facts(config)) {}

  io::Task<void> run(contract::ObservationSink& sink) override {
    Attachment attachment(config_, clock_, report_, sink, co_await asio::this_coro::executor);
    co_await attachment.run(address_);
  }

  void failed(contract::ObservationSink& sink, const base::Error& error, base::Seconds pause) override {
    report_.failed(error, pause);
    sink.emit(clock_.now(), model::SourceHealth{report_.facts()});
  }

  void carry_out(contract::ObservationSink& sink, const model::Command& command) override {
    if (command.id != 0) sink.emit(clock_.now(), model::CommandDone{command.id, false, "not connected"});
  }

 private:
  Config config_;
  const base::Clock& clock_;
  ManagementAddress address_;
  ServerReport report_;
};

}  // namespace

std::unique_ptr<contract::Source> make_source(const Config& config, const base::Clock& clock) {
  return std::make_unique<ManagementSource>(config, clock);
}

}  // namespace davylamp::openvpn
