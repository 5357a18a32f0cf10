// What is to be said of the server itself: its state and one sentence for people.
#pragma once

#include <optional>
#include <string>

#include "model/server.hpp"
#include "sources/openvpn/management_message.hpp"
#include "sources/openvpn/peer_table.hpp"

namespace davylamp::openvpn {

// Collects facts and forms the sentence. Pure.
class ServerReport {
 public:
  explicit ServerReport(model::ServerFacts fixed) : facts_(std::move(fixed)) {}

  void connected();   // the socket is open, no greeting yet
  void waits_busy();  // the greeting is late: somebody else holds the interface
  void failed(const base::Error& error, base::Seconds pause);
  void version(std::string_view title);
  void process(std::uint64_t process_id) { facts_.process_id = static_cast<std::uint32_t>(process_id); }
  void started_at(std::int64_t at) { facts_.started_at = base::from_unix_seconds(at); }
  void transport(const std::string& transport);
  // A `status` answer was read at `at`; `decode_problems` were met on the connection so far.
  void listed(base::Time at, const ListingReport& listing, std::uint64_t decode_problems);
  // The server refused `status`: it is held, or restarts.
  void status_refused(std::string_view why);
  // Remembers holds, restarts, ends and questions that nobody answers.
  void heard(const ManagementMessage& message);
  void released() { held_ = false; }

  const model::ServerFacts& facts() const { return facts_; }
  // BYTECOUNT_CLI cannot be believed: OpenVPN 2.6 with DCO counts the control channel only.
  bool bytecount_is_wrong() const { return dco_ && !knows_dco_counters_; }

 private:
  model::ServerFacts facts_;
  bool held_ = false;
  bool asks_for_approval_ = false;
  bool dco_ = false;
  bool knows_dco_counters_ = false;  // 2.7 and newer
  std::uint64_t listing_problems_ = 0;
  std::optional<std::string> last_words_;
};

}  // namespace davylamp::openvpn
