#include "probe/name_asker.hpp"

#include <sys/random.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>

#include "base/text.hpp"
#include "probe/deadline.hpp"

namespace davylamp::probe {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;

constexpr base::Milliseconds longest_wait{2'000};
constexpr std::uint16_t dns_port = 53;
constexpr std::size_t largest_datagram = 4'096;

std::optional<udp::endpoint> endpoint_of(std::string_view text) {
  auto port = dns_port;
  auto host = text;
  const auto colon = text.rfind(':');
  const bool bracketed = text.starts_with('[');
  if (bracketed || (colon != std::string_view::npos && text.find(':') == colon)) {
    const auto number = base::parse_number<std::uint16_t>(text.substr(colon + 1));
    if (!number) return std::nullopt;
    port = *number;
    host = bracketed ? text.substr(1, text.find(']') - 1) : text.substr(0, colon);
  }
  boost::system::error_code error;
  const auto address = asio::ip::make_address(std::string(host), error);
  return error ? std::nullopt : std::optional(udp::endpoint(address, port));
}

// Datagrams that answer something else are passed over: anybody may send them.
io::Task<DnsAnswer> ask_udp(udp::endpoint resolver, const DnsQuestion& question, std::span<const std::byte> message) {
  udp::socket socket(co_await asio::this_coro::executor, resolver.protocol());
  co_await socket.async_connect(resolver, asio::use_awaitable);
  co_await socket.async_send(asio::buffer(message.data(), message.size()), asio::use_awaitable);
  std::vector<std::byte> buffer(largest_datagram);
  for (;;) {
    const auto size = co_await socket.async_receive(asio::buffer(buffer), asio::use_awaitable);
    if (auto answer = read_dns_answer(std::span(buffer).first(size), question)) co_return std::move(*answer);
  }
}

io::Task<DnsAnswer> ask_tcp(udp::endpoint resolver, const DnsQuestion& question, std::span<const std::byte> message) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await socket.async_connect(tcp::endpoint(resolver.address(), resolver.port()), asio::use_awaitable);
  std::vector<std::byte> framed{static_cast<std::byte>(message.size() >> 8U),
                                static_cast<std::byte>(message.size() & 0xffU)};
  framed.insert(framed.end(), message.begin(), message.end());
  co_await asio::async_write(socket, asio::buffer(framed), asio::use_awaitable);
  std::array<std::uint8_t, 2> size{};
  co_await asio::async_read(socket, asio::buffer(size), asio::use_awaitable);
  std::vector<std::byte> answer(static_cast<std::size_t>(size[0] << 8U | size[1]));
  co_await asio::async_read(socket, asio::buffer(answer), asio::use_awaitable);
  co_return base::value_or_throw(read_dns_answer(answer, question));
}

io::Task<DnsAnswer> ask_one(udp::endpoint resolver, const DnsQuestion& question, std::span<const std::byte> message) {
  auto answer = co_await ask_udp(resolver, question, message);
  if (answer.truncated) answer = co_await ask_tcp(resolver, question, message);
  co_return answer;
}

// Nothing when this resolver does not answer, or cannot.
io::Task<std::optional<DnsAnswer>> attempt(udp::endpoint resolver, const DnsQuestion& question,
                                           std::span<const std::byte> message) {
  try {
    co_return co_await value_within(longest_wait, ask_one(resolver, question, message));
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
  } catch (const base::Failure&) {
    // what it said over TCP is of no use: the next one
  }
  co_return std::nullopt;
}

}  // namespace

io::Task<base::Result<DnsAnswer>> ask_resolvers(std::vector<std::string> resolvers, std::string name, DnsType type) {
  constexpr std::uint16_t server_failed = 2;
  DnsQuestion question{0, std::move(name), type};
  base::Result<DnsAnswer> last =
      base::fail("no_answer", "no resolver of this host answers a question for " + base::printable(question.name));
  for (const auto& text : resolvers) {
    const auto resolver = endpoint_of(text);
    if (!resolver || ::getrandom(&question.id, sizeof question.id, 0) != sizeof question.id) continue;
    const auto message = dns_question(question);
    if (!message) co_return std::unexpected(message.error());
    auto answer = co_await attempt(*resolver, question, *message);
    if (!answer) continue;
    const bool of_use = answer->code != server_failed;
    last = std::move(*answer);
    if (of_use) break;
  }
  co_return last;
}

}  // namespace davylamp::probe
