#include "sources/openvpn/management_client.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "base/text.hpp"

namespace davylamp::openvpn {
namespace {

namespace asio = boost::asio;
using Endpoint = asio::generic::stream_protocol::endpoint;
constexpr auto as_pair = asio::as_tuple(asio::use_awaitable);

// A whole `status 3` of 100,000 clients is about 26 MB; more than this is no answer any more.
constexpr std::size_t most_reply_bytes = 64U * 1024 * 1024;

// A read that comes sooner after the one before waits for the next of these moments, which all connections share.
constexpr base::Milliseconds gather_every{50};

Endpoint endpoint_of(const ManagementAddress& address) {
  if (const auto* path = std::get_if<std::string>(&address.where)) return asio::local::stream_protocol::endpoint(*path);
  const auto& [host, port] = std::get<1>(address.where);
  return asio::ip::tcp::endpoint(asio::ip::make_address(host), port);
}

std::string advice(const boost::system::error_code& error) {
  if (error == asio::error::access_denied)
    return "; allow the user that runs davylampd to open it (see docs/operate/watch-openvpn.md)";
  if (error == boost::system::errc::no_such_file_or_directory) {
    return "; is the server running, with a line such as `management /run/openvpn/server.sock unix`?";
  }
  if (error == asio::error::connection_refused) return "; the server is not running, or does not listen there";
  if (error == asio::error::try_again)
    return "; other programs are queued for the interface, which serves one at a time";
  return {};
}

}  // namespace

base::Result<ManagementAddress> ManagementAddress::parse(std::string_view text) {
  if (text.starts_with('/')) {
    // sockaddr_un holds 107 bytes and a terminator.
    if (text.size() > 107) return base::fail("bad_address", "the socket path is longer than 107 bytes");
    return ManagementAddress{std::string(text)};
  }
  const auto colon = text.rfind(':');
  const auto port =
      colon == std::string_view::npos ? std::nullopt : base::parse_number<std::uint16_t>(text.substr(colon + 1));
  auto host = colon == std::string_view::npos ? text : text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  asio::ip::make_address(std::string(host), error);
  if (!port || *port == 0 || error) {
    return base::fail("bad_address", "must be the path of a unix socket, or address:port such as 127.0.0.1:7505");
  }
  return ManagementAddress{std::pair(std::string(host), *port)};
}

std::string ManagementAddress::to_text() const {
  if (const auto* path = std::get_if<std::string>(&where)) return *path;
  const auto& [host, port] = std::get<1>(where);
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

ManagementClient::ManagementClient(asio::any_io_executor executor,
                                   std::function<void(const ManagementMessage&)> receive, Times times)
    : socket_(executor),
      wake_(executor),
      gather_(executor),
      receive_(std::move(receive)),
      times_(times),
      decoder_(*this) {}

io::Task<void> ManagementClient::connect(const ManagementAddress& address) {
  using namespace asio::experimental::awaitable_operators;
  const auto endpoint = endpoint_of(address);
  wake_.expires_after(times_.connect);
  auto outcome = co_await (socket_.async_connect(endpoint, as_pair) || wake_.async_wait(as_pair));
  boost::system::error_code error = asio::error::timed_out;
  if (outcome.index() == 0) error = std::get<0>(std::get<0>(outcome));
  if (!error) co_return;
  throw base::Failure("unreachable", "cannot connect to " + address.to_text() + ": " + error.message() + advice(error));
}

io::Task<void> ManagementClient::read() {
  std::array<char, 32 * 1024> buffer;
  for (;;) {
    const auto [error, size] = co_await socket_.async_read_some(asio::buffer(buffer), as_pair);
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
    if (error) {
      decoder_.finish();
      throw base::Failure("closed", error == asio::error::eof ? "the server closed the management connection"
                                                              : "the management connection broke: " + error.message());
    }
    decoder_.feed(std::string_view(buffer.data(), size));
    if (!waiting_for_) co_await gather();
  }
}

io::Task<void> ManagementClient::gather() {
  const auto now = std::chrono::steady_clock::now();
  const bool busy = now - std::exchange(read_at_, now) < 2 * gather_every;
  if (!busy) co_return;
  const auto since_start = std::chrono::duration_cast<base::Milliseconds>(now.time_since_epoch());
  gather_.expires_at(std::chrono::steady_clock::time_point(since_start - since_start % gather_every + gather_every));
  boost::system::error_code ignored;
  co_await gather_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
}

io::Task<bool> ManagementClient::until(std::function<bool()> condition, base::Milliseconds longest) {
  const auto deadline = std::chrono::steady_clock::now() + longest;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) co_return false;
    wake_.expires_at(deadline);
    boost::system::error_code ignored;
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_return true;
}

io::Task<void> ManagementClient::send(std::string line) {
  line += '\n';
  const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(line), as_pair);
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  if (error) throw base::Failure("closed", "cannot send to the server: " + error.message());
}

io::Task<void> ManagementClient::greet(std::optional<std::string> password, std::function<void()> waits) {
  unsigned answered = 0;
  for (;;) {
    const bool said = co_await until([this, answered] { return greeted_ || prompts_ > answered; }, times_.greeting);
    if (greeted_) co_return;
    if (!said && decoder_.lines() != 0) {
      throw base::Failure("not_openvpn", "what answers is no OpenVPN management interface: it sent " +
                                             std::to_string(decoder_.lines()) + " lines and no greeting");
    }
    if (!said) {
      // A queued connection is served as soon as the other program leaves: keep the place. Nothing may be sent before
      // the greeting, for the server would carry it out much later.
      waits();
      continue;
    }
    if (answered == 1) throw base::Failure("password_refused", "the server refused the management password");
    if (!password) {
      throw base::Failure("password_wanted",
                          "the server wants a management password; set password_file for this source");
    }
    answered = prompts_;
    co_await send(*password);
  }
}

io::Task<ManagementReply> ManagementClient::ask(std::string command, Answer answer, Take take) {
  reply_ = {};
  take_ = std::move(take);
  replied_ = false;
  waiting_for_ = answer;
  gather_.cancel();
  co_await send(command);
  const bool said = co_await until([this] { return replied_; }, times_.answer);
  waiting_for_.reset();
  take_ = {};
  if (said) co_return std::move(reply_);
  const auto seconds = std::chrono::duration_cast<base::Seconds>(times_.answer).count();
  throw base::Failure("no_answer",
                      "no complete answer to `" + command + "` within " + std::to_string(seconds) + " s" +
                          (reply_.text.empty() ? ""
                                               : "; the answer began and did not end (a line of 511 bytes or more, "
                                                 "such as a very long username, stops it)"));
}

void ManagementClient::finish_reply(bool ok, std::string_view text) {
  if (!waiting_for_) return;
  reply_.ok = ok;
  reply_.text += text;
  replied_ = true;
  waiting_for_.reset();
  if (const auto take = std::exchange(take_, {})) take(reply_);
  wake_.cancel();
}

void ManagementClient::on_prompt() {
  ++prompts_;
  wake_.cancel();
}

void ManagementClient::receive(const ManagementMessage& message) {
  if (std::holds_alternative<PasswordPrompt>(message)) return on_prompt();
  if (std::holds_alternative<Greeting>(message)) {
    greeted_ = true;
    wake_.cancel();
  }
  const bool rows = waiting_for_ == Answer::rows;
  if (const auto* line = std::get_if<ReplyLine>(&message)) {
    if (!rows || reply_.text.size() > most_reply_bytes) return;
    reply_.text += line->text;
    reply_.text += '\n';
  } else if (std::holds_alternative<ReplyEnd>(message)) {
    if (rows) finish_reply(true, "END\n");
  } else if (const auto* success = std::get_if<Success>(&message)) {
    // The greeting after a password, and the first half of `state on all`, are successes too; rows end with END.
    if (!rows) finish_reply(true, success->text);
  } else if (const auto* refused = std::get_if<CommandError>(&message)) {
    finish_reply(false, refused->text);
  } else {
    if (std::holds_alternative<DecodeProblem>(message)) ++problems_;
    receive_(message);
  }
}

}  // namespace davylamp::openvpn
