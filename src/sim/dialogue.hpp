// The dialogue of OpenVPN's management interface, for one client at a time. Pure: bytes come in, the server's output
// grows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/server.hpp"

namespace davylamp::sim {

class Dialogue {
 public:
  explicit Dialogue(Server& server) : server_(server) {}

  void opened();
  void closed();
  // Any piece of what the client sent. Commands are carried out at once, in order.
  void receive(std::string_view bytes);
  // The client said quit, or gave a wrong password three times: what is not sent yet is thrown away.
  bool wants_close() const { return wants_close_; }

 private:
  using Words = std::vector<std::string>;
  void line(std::string_view text);
  void password(std::string_view text);
  void carry_out(const Words& words);
  bool carry_out_reading(const Words& words);
  bool carry_out_setting(const Words& words);
  bool carry_out_ending(const Words& words);
  void status(const Words& words);
  void state(const Words& words);
  void version(const Words& words);
  void bytecount(const Words& words);
  void hold(const Words& words);
  void client_kill(const Words& words);
  void kill(const Words& words);
  void greet();
  bool supported(std::string_view command);
  void success(std::string_view text);
  void error(std::string_view text);

  Server& server_;
  std::string partial_;
  bool authorised_ = false;
  unsigned refusals_ = 0;
  bool wants_close_ = false;
};

}  // namespace davylamp::sim
