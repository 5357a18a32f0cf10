#include "app/collector_link.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "app/collector_options.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

// A collector that is started again, or that reconnects, is no news.
constexpr base::Seconds absence_is_news_after{5};
constexpr base::Seconds strangers_told_every{10};
constexpr std::size_t longest_list = 200;
constexpr base::Milliseconds house_every{200};
constexpr base::Seconds losses_every{10};

std::unique_ptr<io::Worker<contract::NodeStore>> open_nodes(const Config& config, contract::Store* store) {
  if (!config.uplink.listen) return nullptr;
  if (store == nullptr) throw base::Failure("uplink", "uplink.listen needs a store, where the nodes' tokens are");
  return std::make_unique<io::Worker<contract::NodeStore>>("nodes", store->nodes());
}

}  // namespace

CollectorLink::CollectorLink(Role& role, const Config& config, Dependencies dependencies)
    : dependencies_(std::move(dependencies)),
      node_(config.node.name),
      socket_(agent_socket_path(config)),
      servers_(has_local_collector(config) ? servers_of(config) : std::vector<model::SourceId>{}),
      executor_(role.loop().get_executor()),
      nodes_(open_nodes(config, dependencies_.store)),
      listener_(executor_, listener_options(config, dependencies_.clock, dependencies_.log, dependencies_.version),
                {dependencies_.bus, *this, &dependencies_.clock, nodes_.get()}) {
  if (!servers_.empty()) absent_[node_] = {servers_, dependencies_.clock.now()};
  role.scope().spawn("collectors", listener_.run());
  role.scope().spawn("house of collectors", keep_house());
}

void CollectorLink::took(std::uint64_t counters_marked, std::vector<model::Cursor> cursors) {
  const std::lock_guard lock(mutex_);
  marks_.took(counters_marked, std::move(cursors));
}

void CollectorLink::stored(std::uint64_t counters_taken) {
  std::optional<std::vector<model::Cursor>> last;
  {
    const std::lock_guard lock(mutex_);
    last = marks_.stored(counters_taken);
  }
  if (!last) return;
  boost::asio::post(executor_, [this, cursors = std::move(*last)] { listener_.stored(cursors); });
}

CollectorLink::Absence CollectorLink::absence(base::Time now) {
  Absence absence;
  bool own = false;
  std::string others;
  const std::lock_guard lock(mutex_);
  for (auto& [node, absent] : absent_) {
    if (now < absent.since) absent.since = now;
    if (now - absent.since < absence_is_news_after) continue;
    absence.servers.insert(absence.servers.end(), absent.servers.begin(), absent.servers.end());
    if (node == node_) {
      own = true;
    } else if (others.size() < longest_list) {
      others += (others.empty() ? "" : ", ") + base::printable(node);
    }
  }
  if (own) {
    absence.why =
        "no collector is connected: start davylamp-agent (systemctl start davylamp-agent); it is awaited at " + socket_;
  }
  if (!others.empty()) {
    absence.why += (own ? "; nor is one of " : "no collector is connected of node ") + others +
                   ": is that host up, does davylamp-agent run there, does it reach this one?";
  }
  return absence;
}

void CollectorLink::note_presence(base::Time now) {
  const std::lock_guard lock(mutex_);
  const auto note = [&](const std::string& node, std::vector<model::SourceId> servers) {
    if (listener_.is_connected(node)) {
      absent_.erase(node);
    } else if (!absent_.contains(node)) {
      absent_[node] = {std::move(servers), now};
    }
  };
  if (!servers_.empty()) note(node_, servers_);
  for (const auto& [node, sources] : listener_.sources()) {
    if (node != node_) note(node, {sources.begin(), sources.end()});
  }
}

io::Task<void> CollectorLink::keep_house() {
  boost::asio::steady_timer timer(executor_);
  for (;;) {
    timer.expires_after(house_every);
    co_await timer.async_wait(boost::asio::use_awaitable);
    const auto now = dependencies_.clock.now();
    if (auto kept = dependencies_.bus.take_kept(); !kept.empty()) listener_.stored(kept);
    note_presence(now);
    if (now - losses_told_at_ >= losses_every || now < losses_told_at_) tell_losses(now);
  }
}

void CollectorLink::tell_losses(base::Time now) {
  losses_told_at_ = now;
  const auto& losses = listener_.losses();
  dependencies_.bus.publish(std::make_shared<const std::vector<model::Change>>(
      1, model::LossesCounted{
             "uplink",
             {{"strangers_turned_away", losses.strangers, "connections that did not become a collector's"},
              {"wrong_tokens", losses.wrong_tokens, "of those, with a token that nobody knows"},
              {"addresses_paced", losses.paced, "connections from where too many wrong tokens had come"},
              {"collectors_given_up", losses.slow, "collectors that were silent or did not read"},
              {"skewed_observations", losses.skewed,
               "observations whose times were corrected by more than 30 seconds: the clock there is wrong"}}}));
}

void CollectorLink::arrived(const std::string&, const std::string& text) {
  dependencies_.log.info(text);
}

void CollectorLink::clock_is_off(const std::string&, const std::string& text) {
  dependencies_.log.warning(text);
}

void CollectorLink::left(const std::string&, const std::string& text) {
  dependencies_.log.warning(text);
}

void CollectorLink::turned_away(const std::string& text) {
  const auto now = dependencies_.clock.now();
  if (turned_away_at_ && now - *turned_away_at_ < strangers_told_every && now >= *turned_away_at_) return;
  turned_away_at_ = now;
  dependencies_.log.warning(text);
}

}  // namespace davylamp::app
