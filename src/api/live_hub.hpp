// Tells all viewers what changed, with one serialisation for all of them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/http.hpp"
#include "api/live_frames.hpp"
#include "api/live_view.hpp"
#include "api/scope.hpp"
#include "base/time.hpp"

namespace davylamp::api {

class LiveHub;

// One viewer's queue: at most two frames. Who does not keep up loses its backlog and gets a fresh snapshot.
struct Viewer {
  Viewer(LiveHub& owner, std::string account_name, std::string login, const boost::asio::any_io_executor& executor);
  std::shared_ptr<const Scope> scope;  // null: every server; viewers who see the same share one
  static constexpr std::size_t most_frames = 2;

  LiveHub* hub;  // null once the hub is gone
  std::string account;
  std::string family;                 // the login that the viewer came by
  std::optional<base::Time> until{};  // an API token ends then; a page renews its own
  std::vector<std::shared_ptr<const std::string>> frames;
  bool needs_snapshot = true;
  bool closed = false;
  boost::asio::steady_timer wake;
};

struct HubStats {
  std::uint64_t viewers = 0;
  std::uint64_t frames = 0;          // built
  std::uint64_t snapshots = 0;       // built
  std::uint64_t slow = 0;            // backlogs that were thrown away
  std::uint64_t refused = 0;         // viewers beyond the limit
  std::uint64_t bad_messages = 0;    // from viewers
  std::uint64_t dropped_events = 0;  // that did not fit into a frame
};

// Frames are numbered without gaps. One comes at most every `frame` and at least every `heartbeat`; a change is in a
// frame at the latest `frame` after note(), and `gather` after it when nothing was sent for longer. Without viewers
// nothing is built. Used on one loop only; connections may outlive the hub and then end.
class LiveHub {
 public:
  struct Options {
    base::Milliseconds frame{100};
    base::Milliseconds gather{20};
    base::Milliseconds heartbeat{4'000};  // promised: every 5 s
    std::size_t most_viewers = 512;
  };

  // `view` and `clock` must outlive the hub.
  LiveHub(const LiveView& view, const base::Clock& clock, boost::asio::any_io_executor executor, Options options);
  LiveHub(const LiveView& view, const base::Clock& clock, boost::asio::any_io_executor executor)
      : LiveHub(view, clock, std::move(executor), Options{}) {}
  ~LiveHub();
  LiveHub(const LiveHub&) = delete;
  LiveHub& operator=(const LiveHub&) = delete;

  // The view took this in.
  void note(const model::Change& change);
  // The view was made anew: every viewer gets a snapshot.
  void restart();
  // Null when there are too many viewers. Without an account: of the control socket, whom nobody signs out.
  // `until`: when the connection ends by itself, within a heartbeat.
  std::unique_ptr<LiveConnection> join(std::string account, std::string family = {}, const Scope& scope = {},
                                       std::optional<base::Time> until = {});
  // The accounts that are watching, each once.
  std::vector<std::string> accounts() const;
  // Ends the connections of an account.
  void close(const std::string& account);
  bool has_scopes() const;
  // Ends the connections of those who see other servers now that the groups are these.
  void close_changed_scopes(const std::vector<model::ServerGroup>& groups);
  // Ends the connections of a login.
  void close_family(const std::string& family);

  // How long until tick() has something to do; nothing without viewers.
  std::optional<base::Milliseconds> wait() const;
  // Sends a frame if one is due.
  void tick();
  // Calls tick() when it is due, until cancelled (operation_aborted).
  io::Task<void> run();
  HubStats stats() const;

  // For connections: the text of everything as of the last frame, made once per frame.
  std::shared_ptr<const std::string> snapshot(const Viewer& viewer);
  void ask_snapshot(Viewer& viewer);
  void bad_message() { ++stats_.bad_messages; }
  void leave(const Viewer& viewer);

 private:
  void close_if(const std::function<bool(const Viewer&)>& wanted);
  void send(const std::map<const Scope*, std::shared_ptr<const std::string>>& frames);
  std::shared_ptr<const Scope> shared(const Scope& scope) const;
  static void mark(Viewer& viewer);

  const LiveView& view_;
  const base::Clock& clock_;
  boost::asio::any_io_executor executor_;
  Options options_;
  boost::asio::steady_timer timer_;
  std::vector<std::shared_ptr<Viewer>> viewers_;
  PendingChanges pending_;
  base::Time first_pending_at_{};
  base::Time last_frame_at_{};
  std::uint64_t number_ = 0;
  // As of frame number_, by what is seen of it.
  std::map<const Scope*, std::shared_ptr<const std::string>> snapshots_;
  HubStats stats_;
};

}  // namespace davylamp::api
