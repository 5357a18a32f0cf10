#include "witness/conntrack/conntrack_witness.hpp"

#include <linux/netfilter/nfnetlink_compat.h>
#include <linux/netlink.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/result.hpp"
#include "io/netlink.hpp"
#include "io/together.hpp"
#include "witness/conntrack/findings.hpp"
#include "witness/conntrack/flow_table.hpp"

namespace davylamp::conntrack {
namespace {

namespace asio = boost::asio;

// A part of a listing: about 30 KB each, 2,000 entries or 2 ms together.
constexpr unsigned parts_at_once = 16;
constexpr unsigned events_at_once = 256;
// A new flow is listed after so long, when listings are cheap: at most 1/20 of the time goes into them.
constexpr base::Milliseconds hurry_pause{200};
constexpr int cost_share = 20;

bool answers(const ListFilter& filter, const Entry& entry) {
  if (filter.original_port) return entry.original.destination_port == *filter.original_port;
  if (filter.origin_port) return entry.original.source_port == *filter.origin_port;
  if (filter.replying_port) return entry.reply.source_port == *filter.replying_port;
  return true;
}

io::Task<void> let_others_run() {
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
}

struct Counts {
  std::uint64_t overruns = 0;
  std::uint64_t malformed = 0;
};

// One run: two sockets, for what happens and for listings, and what is known.
class Look {
 public:
  struct Setting {
    const base::Clock& clock;
    const contract::WatchedPorts& ports;
    base::Milliseconds list_every;
    std::size_t event_buffer_bytes;
    Counts& counts;
  };
  Look(asio::any_io_executor executor, contract::FlowSink& sink, const Setting& setting)
      : setting_(setting),
        sink_(sink),
        events_(executor, {.protocol = NETLINK_NETFILTER,
                           // Updates would tell neither counters nor times.
                           .groups = NF_NETLINK_CONNTRACK_NEW | NF_NETLINK_CONNTRACK_DESTROY,
                           .receive_bytes = setting.event_buffer_bytes}),
        listing_(executor, {.protocol = NETLINK_NETFILTER}),
        timer_(executor),
        table_(sink) {}

  io::Task<void> run() { co_await io::together(list_forever(), follow()); }
  // List now.
  void hasten() { due_at(setting_.clock.now()); }

 private:
  void due_at(base::Time time) {
    due_at_ = time;
    timer_.cancel();
  }

  io::Task<void> list_forever() {
    for (;;) {
      const auto began_at = setting_.clock.now();
      behind_ = false;
      co_await list();
      ended_at_ = setting_.clock.now();
      took_ = std::max(ended_at_ - began_at, base::Milliseconds{1});
      due_at_ = behind_ ? ended_at_ : ended_at_ + setting_.list_every;
      co_await wait();
    }
  }

  io::Task<void> wait() {
    for (;;) {
      const auto left = std::min(due_at_ - setting_.clock.now(), setting_.list_every);
      if (left <= base::Milliseconds::zero()) break;
      timer_.expires_after(left);
      co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_await let_others_run();
  }

  io::Task<void> list() {
    const auto settings = read_kernel_settings();
    if (!settings.present) throw base::Failure(not_loaded());
    table_.set(settings);
    table_.set(ServicePorts(setting_.ports, own_addresses()));
    table_.begin_listing(setting_.clock.now());
    const auto plan =
        filters_work_ ? plan_listing(setting_.ports, settings, table_.size()) : std::vector<ListFilter>(1);
    for (const auto& filter : plan) {
      co_await list(filter);
      if (filters_work_ || filter.family == 0) continue;
      co_await list(ListFilter{});
      break;
    }
    table_.end_listing(setting_.clock.now());
    tell(sentence_of(settings, table_.uncounted()));
  }

  io::Task<void> list(const ListFilter& filter) {
    listing_.send(list_request(filter, ++sequence_));
    Message message;
    bool done = false;
    const auto take = [&](std::span<const std::byte> rest) {
      const auto now = setting_.clock.now();
      while (next_message(rest, message)) {
        if (message.sequence != sequence_) continue;
        if (message.kind == MessageKind::listed) {
          if (!answers(filter, message.entry)) filters_work_ = false;
          table_.take(message, now);
        } else if (message.kind == MessageKind::done || message.kind == MessageKind::failed) {
          refuse(filter, message.error);
          done = true;
        } else if (message.kind == MessageKind::malformed) {
          ++setting_.counts.malformed;
        }
      }
    };
    while (!done) {
      const auto read = listing_.read(take, parts_at_once);
      if (read == io::Netlink::Read::overrun) throw base::Failure("netlink", "the kernel broke off a listing");
      if (read == io::Netlink::Read::nothing) co_await listing_.readable();
      if (read == io::Netlink::Read::messages) co_await let_others_run();
    }
  }

  void refuse(const ListFilter& filter, int error) {
    if (error == 0) return;
    if (filter.family != 0 && error != EPERM) {
      filters_work_ = false;
      return;
    }
    throw base::Failure(listing_refused(error));
  }

  io::Task<void> follow() {
    Message message;
    const auto take = [&](std::span<const std::byte> rest) {
      const auto now = setting_.clock.now();
      while (next_message(rest, message)) {
        if (message.kind == MessageKind::malformed) ++setting_.counts.malformed;
        if (table_.take(message, now)) hurry();
      }
    };
    for (;;) {
      const auto read = events_.read(take, events_at_once);
      if (read == io::Netlink::Read::nothing) co_await events_.readable();
      if (read == io::Netlink::Read::messages) co_await let_others_run();
      if (read != io::Netlink::Read::overrun) continue;
      ++setting_.counts.overruns;
      behind_ = true;
      hasten();
    }
  }

  // Something is new that a listing tells more of.
  void hurry() {
    const auto earliest = ended_at_ + std::max(hurry_pause, took_ * cost_share);
    if (earliest < due_at_) due_at(earliest);
  }

  void tell(std::string text) {
    if (text == told_) return;
    told_ = std::move(text);
    sink_.told(model::WitnessState::looking, told_);
  }

  Setting setting_;
  contract::FlowSink& sink_;
  io::Netlink events_;
  io::Netlink listing_;
  asio::steady_timer timer_;
  FlowTable table_;
  std::uint32_t sequence_ = 0;
  bool filters_work_ = true;
  bool behind_ = false;  // events were lost since the listing began
  base::Time due_at_{};
  base::Time ended_at_{};
  base::Milliseconds took_{1};
  std::string told_;
};

class ConntrackWitness final : public contract::Witness {
 public:
  ConntrackWitness(const Config& config, const base::Clock& clock) : config_(config), clock_(clock) {}

  std::string_view kind() const override { return "conntrack"; }
  model::CountedLayer layer() const override { return model::CountedLayer::ip; }
  void watch(const contract::WatchedPorts& ports) override {
    if (ports == config_.ports) return;
    config_.ports = ports;
    if (look_) look_->hasten();
  }
  std::vector<model::Loss> losses() const override {
    return {{"conntrack_events_lost", counts_.overruns,
             "times the kernel dropped events of connection tracking because they came faster than they were read; a "
             "listing followed each time, only flows that began and ended in between are missing"},
            {"conntrack_messages_malformed", counts_.malformed,
             "messages of connection tracking that contradict themselves and were skipped"}};
  }

  io::Task<void> run(contract::FlowSink& sink) override {
    if (!read_kernel_settings().present) throw base::Failure(not_loaded());
    const Ending ending(look_);
    open(co_await asio::this_coro::executor, sink);
    co_await look_->run();
  }

 private:
  // Takes the run away when it is over, however.
  class Ending {
   public:
    explicit Ending(std::optional<Look>& look) : look_(look) {}
    Ending(const Ending&) = delete;
    Ending& operator=(const Ending&) = delete;
    ~Ending() { look_.reset(); }

   private:
    std::optional<Look>& look_;
  };

  void open(const asio::any_io_executor& executor, contract::FlowSink& sink) {
    try {
      look_.emplace(executor, sink,
                    Look::Setting{clock_, config_.ports, config_.list_every, config_.event_buffer_bytes, counts_});
    } catch (const base::Failure& failure) {
      if (failure.error().code != "refused") throw;
      throw base::Failure(not_allowed());
    }
  }

  Config config_;
  const base::Clock& clock_;
  Counts counts_;
  std::optional<Look> look_;
};

}  // namespace

std::unique_ptr<contract::Witness> make_witness(const Config& config, const base::Clock& clock) {
  return std::make_unique<ConntrackWitness>(config, clock);
}

}  // namespace davylamp::conntrack
