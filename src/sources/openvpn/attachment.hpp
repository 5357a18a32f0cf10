// One life of the connection to a management interface: lists, listens, carries out commands.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <optional>

#include "contract/health_repeat.hpp"
#include "contract/source.hpp"
#include "sources/openvpn/management_client.hpp"
#include "sources/openvpn/peer_table.hpp"
#include "sources/openvpn/server_files.hpp"
#include "sources/openvpn/server_report.hpp"
#include "sources/openvpn/source.hpp"
#include "sources/openvpn/status_check.hpp"

namespace davylamp::openvpn {

// Everything on the collect role's loop. What it refers to must outlive it.
class Attachment {
 public:
  struct Surroundings {
    const Config& config;
    const base::Clock& clock;
    ServerReport& report;
    ServerFiles& files;
    std::optional<StatusCheck>& status_check;
    contract::ObservationSink& sink;
    std::deque<model::Command>& commands;  // still to be carried out; they outlive a connection
  };
  Attachment(const Surroundings& surroundings, boost::asio::any_io_executor executor);

  // Until the connection ends: then throws.
  io::Task<void> run(const ManagementAddress& address);
  // There is a new command.
  void wake() { list_soon(); }
  // Lists no later than `at`.
  void report_by(base::Time at);

 private:
  io::Task<void> drive();
  io::Task<void> introduce();
  io::Task<void> list();
  void take_listing(const ManagementReply& reply, bool announced);
  io::Task<bool> nothing_new();
  io::Task<void> carry_out_commands();
  io::Task<void> end_session(const model::Command& command, const model::EndSession& order);
  io::Task<void> rest(std::chrono::steady_clock::duration answer_took);
  void list_soon();
  void entered(const StateChange& state);
  void heard(const ManagementMessage& message);
  void tell();
  void done(const model::Command& command, bool ok, std::string text);

  Surroundings at_;
  ManagementClient client_;
  PeerTable peers_;
  boost::asio::steady_timer pause_;
  bool urgent_ = false;
  // What lets a listing wait: the last one was whole, and so was the one before it, with as many sessions.
  bool quiet_ = false;
  std::uint64_t listed_sessions_ = 0;
  std::chrono::steady_clock::time_point listed_at_{};
  std::optional<std::uint64_t> counted_clients_;  // by the server, since the last listing
  bool settled_ = true;                           // not in the middle of a restart
  std::optional<std::chrono::steady_clock::time_point> report_by_;
  std::uint64_t process_id_ = 0;
  std::uint64_t sessions_ = 0;  // in the latest listing
  contract::HealthRepeat said_;
};

}  // namespace davylamp::openvpn
