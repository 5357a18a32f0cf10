// A collector's ways to a daemon.
#include <boost/asio/connect.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/result.hpp"
#include "bus/uplink/collector_bus.hpp"
#include "bus/uplink/deadline.hpp"

namespace davylamp::uplink {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr base::Seconds longest_connect{5};
constexpr base::Seconds longest_handshake{10};

io::Task<void> connect(tcp::socket& socket, tcp::endpoint endpoint) {
  boost::system::error_code error;
  co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  if (error) throw base::Failure("away", error.message());
  socket.set_option(tcp::no_delay(true), error);
  socket.set_option(asio::socket_base::keep_alive(true), error);
}

std::string plain(const CollectorBus::Gateway& gateway) {
  return gateway.host + ":" + gateway.port;
}

}  // namespace

io::Task<LineStream> CollectorBus::connect_local() {
  asio::local::stream_protocol::socket socket(executor_);
  boost::system::error_code error;
  co_await socket.async_connect(asio::local::stream_protocol::endpoint(options_.socket),
                                asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    throw base::Failure(
        "away", options_.socket + ": " + error.message() + "; is davylampd running, with collector = \"agent\"?");
  }
  co_return LineStream(LineStream::Socket(std::move(socket)));
}

// Begins with the one that took us last.
io::Task<LineStream> CollectorBus::connect_network() {
  const auto& gateways = options_.network->gateways;
  std::string problems;
  for (std::size_t tried = 0; tried < gateways.size(); ++tried) {
    const auto& gateway = gateways[gateway_ % gateways.size()];
    std::string problem;
    try {
      co_return co_await reach(gateway);
    } catch (const base::Failure& failure) {
      problem = failure.error().message;
    }
    ++gateway_;
    problems += (problems.empty() ? "" : "; ") + plain(gateway) + ": " + problem;
  }
  throw base::Failure("away", problems);
}

// A name may have several addresses: the first that takes us.
io::Task<LineStream> CollectorBus::reach(Gateway gateway) {
  tcp::resolver resolver(executor_);
  boost::system::error_code error;
  const auto found =
      co_await resolver.async_resolve(gateway.host, gateway.port, asio::redirect_error(asio::use_awaitable, error));
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  if (error) throw base::Failure("away", "the name could not be resolved: " + error.message());
  std::string problem = "the name has no address";
  for (const auto& entry : found) {
    try {
      tcp::socket socket(executor_);
      co_await within(longest_connect, "no answer", connect(socket, entry.endpoint()));
      LineStream stream(LineStream::Socket(std::move(socket)), tls_);
      co_await within(longest_handshake, "no TLS answer", stream.greet({gateway.host, options_.network->fingerprint}));
      co_return stream;
    } catch (const base::Failure& failure) {
      problem = failure.error().message;
    }
  }
  throw base::Failure("away", problem);
}

}  // namespace davylamp::uplink
