// Talks: one connection to an OpenVPN management interface.
//
// Always reads: what a monitor leaves unread piles up in the server, and at its next restart the server waits for the
// monitor with all its clients down. So reading depends on nothing, and a connection that fails is closed at once.
// Commands go one at a time, each waits for its answer: answers carry no id, and come in order.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "base/time.hpp"
#include "io/task.hpp"
#include "sources/openvpn/management_decoder.hpp"

namespace davylamp::openvpn {

// Where the interface listens: a path, or host:port with a numeric host.
struct ManagementAddress {
  std::variant<std::string, std::pair<std::string, std::uint16_t>> where;
  static base::Result<ManagementAddress> parse(std::string_view text);
  std::string to_text() const;
};

// The answer to a command: the rows of a multi-line one joined by '\n', or the text behind SUCCESS:.
struct ManagementReply {
  bool ok = false;  // false: the server said ERROR, and `text` is what it said
  std::string text;
};

class ManagementClient : private ManagementSink {
 public:
  struct Times {
    base::Milliseconds connect{5'000};
    base::Milliseconds greeting{5'000};  // longer means that somebody else holds the interface
    base::Milliseconds answer{10'000};
  };
  // `receive` is given every asynchronous message, while it is valid.
  ManagementClient(boost::asio::any_io_executor executor, std::function<void(const ManagementMessage&)> receive,
                   Times times);

  // Throws Failure: "unreachable" with what to do.
  io::Task<void> connect(const ManagementAddress& address);
  // Reads until the connection ends, then throws Failure("closed"). Run it beside everything below. What a busy server
  // says is read in gulps, up to 20 a second, unless an answer is awaited: the kernel's buffer holds far more than it
  // says in between.
  io::Task<void> read();
  // Waits for the greeting. Sends `password` when asked, once. Throws Failure: "password_wanted", "password_refused".
  // Calls `waits` each time the greeting is late.
  io::Task<void> greet(std::optional<std::string> password, std::function<void()> waits);
  enum class Answer { line, rows };
  // Given an answer at its place among the messages: before those that the server sent after it.
  using Take = std::function<void(const ManagementReply&)>;
  // Sends one command and waits. Throws Failure("no_answer") after `times.answer`: then only a new connection helps.
  // Some commands are never answered (`version 3`): do not ask them. `command` must not hold a line break. What came
  // behind the answer may have been received already when this returns; `take` is for what must keep the order.
  io::Task<ManagementReply> ask(std::string command, Answer answer, Take take = {});

  std::uint64_t problems() const { return problems_; }

 private:
  void receive(const ManagementMessage& message) override;
  void on_prompt();
  void finish_reply(bool ok, std::string_view text);
  io::Task<void> send(std::string line);
  io::Task<void> gather();
  // Waits until `condition` holds; false when `longest` passed first.
  io::Task<bool> until(std::function<bool()> condition, base::Milliseconds longest);

  boost::asio::generic::stream_protocol::socket socket_;
  boost::asio::steady_timer wake_;
  boost::asio::steady_timer gather_;
  std::chrono::steady_clock::time_point read_at_{};
  std::function<void(const ManagementMessage&)> receive_;
  Times times_;
  ManagementDecoder decoder_;
  bool greeted_ = false;
  unsigned prompts_ = 0;
  std::optional<Answer> waiting_for_;
  Take take_;  // of the answer that is waited for
  ManagementReply reply_;
  bool replied_ = false;
  std::uint64_t problems_ = 0;
};

}  // namespace davylamp::openvpn
