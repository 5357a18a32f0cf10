// All servers, their sockets and files, and the time that passes for them. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <ostream>
#include <vector>

#include "io/system_clock.hpp"
#include "sim/hook_runner.hpp"
#include "sim/management_listener.hpp"
#include "sim/options.hpp"
#include "sim/script.hpp"
#include "sim/truth_file.hpp"

namespace davylamp::sim {

class Simulation {
 public:
  // Throws Failure when a socket or file cannot be made.
  Simulation(const Options& options, const base::Clock& clock);
  // Until its time is over, or SIGINT or SIGTERM comes. SIGUSR1 freezes all servers.
  void run();
  // A line for people: how many servers, clients, bytes.
  std::string summary();

 private:
  struct Host {
    std::unique_ptr<HookRunner> hooks;
    std::unique_ptr<Server> server;
    std::unique_ptr<ManagementListener> listener;
  };
  void make_hosts();
  void write_toml() const;
  void wait();
  void turn();
  void write_status_files();
  void write_truth();
  std::filesystem::path socket_of(const Server& server) const;
  base::Time now() const;

  const Options& options_;
  boost::asio::io_context loop_;
  boost::asio::steady_timer timer_;
  boost::asio::signal_set signals_;
  boost::asio::signal_set freezes_;
  std::filesystem::path directory_;
  base::Time started_at_;
  std::chrono::steady_clock::time_point began_;
  std::optional<TruthFile> truth_;
  std::vector<ScriptLine> script_;
  std::size_t next_line_ = 0;
  std::vector<Host> hosts_;
  base::Time truth_at_;
  base::Time status_at_;
};

}  // namespace davylamp::sim
