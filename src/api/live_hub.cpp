#include "api/live_hub.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>
#include <utility>

#include "api/live_connection.hpp"

namespace davylamp::api {

using base::Milliseconds;
using boost::asio::steady_timer;

Viewer::Viewer(LiveHub& owner, std::string account_name, std::string login,
               const boost::asio::any_io_executor& executor)
    : hub(&owner),
      account(std::move(account_name)),
      family(std::move(login)),
      wake(executor, steady_timer::time_point::max()) {}

LiveHub::LiveHub(const LiveView& view, const base::Clock& clock, boost::asio::any_io_executor executor, Options options)
    : view_(view), clock_(clock), executor_(std::move(executor)), options_(options), timer_(executor_) {}

LiveHub::~LiveHub() {
  for (const auto& viewer : viewers_) {
    viewer->hub = nullptr;
    viewer->wake.cancel();
  }
}

void LiveHub::note(const model::Change& change) {
  if (viewers_.empty()) {
    snapshots_.clear();
    return;
  }
  if (pending_.empty()) first_pending_at_ = clock_.now();
  pending_.note(change);
  if (pending_.overflowed()) restart();
  timer_.cancel();
}

void LiveHub::restart() {
  snapshots_.clear();
  pending_.clear();
  for (const auto& viewer : viewers_) mark(*viewer);
}

std::unique_ptr<LiveConnection> LiveHub::join(std::string account, std::string family, const Scope& scope,
                                              std::optional<base::Time> until) {
  if (viewers_.size() >= options_.most_viewers) {
    ++stats_.refused;
    return nullptr;
  }
  if (viewers_.empty()) {
    last_frame_at_ = clock_.now();
    timer_.cancel();
  }
  viewers_.push_back(std::make_shared<Viewer>(*this, std::move(account), std::move(family), executor_));
  viewers_.back()->scope = shared(scope);
  viewers_.back()->until = until;
  return std::make_unique<HubConnection>(viewers_.back());
}

void LiveHub::leave(const Viewer& viewer) {
  if (viewer.scope) snapshots_.erase(viewer.scope.get());  // its place in memory may become another one's
  std::erase_if(viewers_, [&](const auto& other) { return other.get() == &viewer; });
  if (!viewers_.empty()) return;
  pending_.clear();
  snapshots_.clear();
}

std::vector<std::string> LiveHub::accounts() const {
  std::set<std::string> names;
  for (const auto& viewer : viewers_) {
    if (!viewer->account.empty()) names.insert(viewer->account);
  }
  return {names.begin(), names.end()};
}

void LiveHub::close(const std::string& account) {
  close_if([&](const Viewer& viewer) { return viewer.account == account; });
}

void LiveHub::close_family(const std::string& family) {
  close_if([&](const Viewer& viewer) { return !family.empty() && viewer.family == family; });
}

void LiveHub::close_if(const std::function<bool(const Viewer&)>& wanted) {
  for (const auto& viewer : viewers_) {
    if (!wanted(*viewer)) continue;
    viewer->closed = true;
    viewer->wake.cancel();
  }
}

std::optional<Milliseconds> LiveHub::wait() const {
  if (viewers_.empty()) return std::nullopt;
  const auto now = clock_.now();
  // A clock that was set back must not hold frames up.
  const auto passed = [now](base::Time since, Milliseconds most) {
    return since > now ? most : std::min(now - since, most);
  };
  if (pending_.empty()) return options_.heartbeat - passed(last_frame_at_, options_.heartbeat);
  return std::max(options_.frame - passed(last_frame_at_, options_.frame),
                  options_.gather - passed(first_pending_at_, options_.gather));
}

void LiveHub::tick() {
  const auto left = wait();
  if (!left || left->count() > 0) return;
  ++number_;
  const auto now = clock_.now();
  close_if([now](const Viewer& viewer) { return viewer.until && now >= *viewer.until; });
  std::map<const Scope*, std::shared_ptr<const std::string>> frames;
  for (const auto& viewer : viewers_) {
    auto& frame = frames[viewer->scope.get()];
    if (frame) continue;
    frame = std::make_shared<const std::string>(pending_.write(view_, {number_, now, viewer->scope.get()}));
    ++stats_.frames;
  }
  pending_.clear();
  snapshots_.clear();
  last_frame_at_ = now;
  send(frames);
}

void LiveHub::send(const std::map<const Scope*, std::shared_ptr<const std::string>>& frames) {
  for (const auto& viewer : viewers_) {
    if (viewer->needs_snapshot) continue;
    if (viewer->frames.size() == Viewer::most_frames) {
      ++stats_.slow;
      mark(*viewer);
      continue;
    }
    viewer->frames.push_back(frames.at(viewer->scope.get()));
    viewer->wake.cancel();
  }
}

void LiveHub::mark(Viewer& viewer) {
  viewer.frames.clear();
  viewer.needs_snapshot = true;
  viewer.wake.cancel();
}

void LiveHub::ask_snapshot(Viewer& viewer) {
  mark(viewer);
}

std::shared_ptr<const std::string> LiveHub::snapshot(const Viewer& viewer) {
  auto& snapshot = snapshots_[viewer.scope.get()];
  if (!snapshot) {
    snapshot = std::make_shared<const std::string>(write_snapshot(view_, {number_, clock_.now(), viewer.scope.get()}));
    ++stats_.snapshots;
  }
  return snapshot;
}

// There are few scopes, however many viewers.
std::shared_ptr<const Scope> LiveHub::shared(const Scope& scope) const {
  if (scope.is_everything()) return nullptr;
  for (const auto& viewer : viewers_) {
    if (viewer->scope && viewer->scope->key() == scope.key() && viewer->scope->names() == scope.names())
      return viewer->scope;
  }
  return std::make_shared<const Scope>(scope);
}

bool LiveHub::has_scopes() const {
  return std::ranges::any_of(viewers_, [](const auto& viewer) { return viewer->scope != nullptr; });
}

void LiveHub::close_changed_scopes(const std::vector<model::ServerGroup>& groups) {
  close_if([&](const Viewer& viewer) {
    return viewer.scope && Scope(viewer.scope->names(), groups).key() != viewer.scope->key();
  });
}

io::Task<void> LiveHub::run() {
  for (;;) {
    const auto left = wait();
    if (left) {
      timer_.expires_after(*left);
    } else {
      timer_.expires_at(steady_timer::time_point::max());
    }
    boost::system::error_code woken;
    co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
    tick();
  }
}

HubStats LiveHub::stats() const {
  auto stats = stats_;
  stats.viewers = viewers_.size();
  stats.dropped_events = pending_.dropped_events();
  return stats;
}

}  // namespace davylamp::api
