#include "sources/canary/source.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "base/text.hpp"
#include "io/task_scope.hpp"
#include "io/together.hpp"
#include "sources/canary/zone.hpp"

namespace davylamp::canary {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;

constexpr std::size_t largest_question = 4'096;
constexpr std::size_t plain_answer_bytes = 512;  // RFC 1035, 2.3.4
constexpr std::size_t most_answer_bytes = 1'232;
constexpr std::size_t most_connections = 64;
constexpr base::Seconds connection_lives{5};
constexpr base::Seconds told_every{60};
// Each sighting is a message on the bus; resolvers ask for a name once or twice.
constexpr std::uint32_t sightings_a_second = 500;
// What is not ours is answered, but not as fast as somebody could make us send it to others.
constexpr std::uint32_t refusals_a_second = 50;

model::Address to_address(const asio::ip::address& address) {
  return address.is_v4() ? model::Address::from_v4(address.to_v4().to_bytes())
                         : model::Address::from_v6(address.to_v6().to_bytes());
}

asio::ip::address to_asio(const model::Address& address) {
  return asio::ip::make_address(address.to_string());
}

// So many in a second of the clock.
class Allowance {
 public:
  explicit Allowance(std::uint32_t most) : most_(most) {}
  bool take(base::Time now) {
    const auto second = std::chrono::floor<base::Seconds>(now);
    if (std::exchange(second_, second) != second) used_ = 0;
    return used_++ < most_;
  }

 private:
  std::uint32_t most_;
  std::uint32_t used_ = 0;
  std::chrono::time_point<std::chrono::system_clock, base::Seconds> second_{};
};

class CanarySource : public Source {
 public:
  CanarySource(Config config, const base::Clock& clock)
      : config_(std::move(config)), clock_(clock), zone_({config_.zone, config_.name_server, config_.address}) {}

  io::Task<void> run(contract::ObservationSink& sink) override {
    const auto executor = co_await asio::this_coro::executor;
    const auto address = to_asio(config_.listen.address);
    const auto port = config_.listen.port.value_or(53);
    udp::socket datagrams(executor);
    tcp::acceptor acceptor(executor);
    open(datagrams, udp::endpoint(address, port));
    open(acceptor, tcp::endpoint(address, datagrams.local_endpoint().port()));
    acceptor.listen();
    tell(sink);
    co_await io::together(io::together(answer_datagrams(datagrams, sink), accept(acceptor, sink)), keep_telling(sink));
  }

  void failed(contract::ObservationSink& sink, const base::Error& error, base::Seconds pause) override {
    model::ServerFacts facts;
    facts.state = model::ServerState::down;
    facts.health = base::printable(error.message) + "; next try in " + std::to_string(pause.count()) + " s";
    sink.emit(clock_.now(), model::SourceHealth{std::move(facts)});
  }

  void carry_out(contract::ObservationSink& sink, const model::Command& command) override {
    if (command.id == 0 || !std::holds_alternative<model::EndSession>(command.order)) return;
    sink.emit(clock_.now(), model::CommandDone{command.id, false, "a canary zone has no sessions to end"});
  }

  std::vector<model::Loss> losses() const override {
    return {{"canary_malformed", malformed_, "questions to the canary zone that could not be read"},
            {"canary_refused", refused_, "questions to the canary's name server about names that are not its own"},
            {"canary_dropped", dropped_, "questions to the canary's name server that came too fast, or too slowly"}};
  }

 private:
  template <class Socket, class Where>
  void open(Socket& socket, const Where& where) {
    boost::system::error_code error;
    socket.open(where.protocol(), error);
    if (!error && where.address().is_v6()) socket.set_option(asio::ip::v6_only(false), error);
    if constexpr (std::is_same_v<Socket, tcp::acceptor>) {
      if (!error) socket.set_option(tcp::acceptor::reuse_address(true), error);
    }
    if (!error) socket.bind(where, error);
    if (!error) return;
    throw base::Failure(
        base::Error{"listen", "the canary zone " + config_.zone + " cannot be answered on " + config_.listen.to_text() +
                                  ": " + error.message() +
                                  "; is another name server there, or does davylampd lack CAP_NET_BIND_SERVICE?"});
  }

  // The answer; empty: none.
  std::vector<std::byte> answer(std::span<const std::byte> message, const model::Address& from, const char* transport,
                                contract::ObservationSink& sink) {
    const auto now = clock_.now();
    const auto query = read_query(message);
    const bool datagram = transport == std::string_view("udp");
    if (!query) {
      ++malformed_;
      if (query.error().code != "bad_format" || !refusals_.take(now)) return {};
      return write_format_error(static_cast<std::uint16_t>(std::to_integer<unsigned>(message[0]) << 8U |
                                                           std::to_integer<unsigned>(message[1])));
    }
    ++asked_;
    const auto reply = zone_.answer(*query);
    if (reply.code == ResponseCode::refused || reply.code == ResponseCode::not_implemented) {
      ++refused_;
      if (datagram && !refusals_.take(now)) return {};
    }
    if (auto canary = zone_.canary_of(*query)) {
      if (!sightings_.take(now)) {
        ++dropped_;
        return {};
      }
      model::CanarySighting sighting;
      sighting.canary = std::move(*canary);
      sighting.resolver = from;
      if (query->edns) sighting.client_subnet = query->edns->client_subnet;
      sighting.transport = transport;
      sighting.at = now;
      sink.emit(now, model::CanaryAsked{std::move(sighting)});
      ++canaries_;
    }
    const std::size_t room = !datagram     ? 65'535
                             : query->edns ? std::min<std::size_t>(query->edns->payload_bytes, most_answer_bytes)
                                           : plain_answer_bytes;
    return write_answer(*query, reply, room);
  }

  io::Task<void> answer_datagrams(udp::socket& socket, contract::ObservationSink& sink) {
    std::array<std::byte, largest_question> buffer{};
    for (;;) {
      udp::endpoint from;
      const auto [error, size] =
          co_await socket.async_receive_from(asio::buffer(buffer), from, asio::as_tuple(asio::use_awaitable));
      if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
      if (error || from.port() == 0) continue;  // what an earlier answer met on its way
      const auto reply = answer(std::span(buffer).first(size), to_address(from.address()), "udp", sink);
      if (reply.empty()) continue;
      boost::system::error_code ignored;
      socket.send_to(asio::buffer(reply), from, 0, ignored);
    }
  }

  io::Task<void> accept(tcp::acceptor& acceptor, contract::ObservationSink& sink) {
    io::TaskScope connections(acceptor.get_executor(), [](const std::string&, const std::exception_ptr&) {});
    std::exception_ptr ended;
    try {
      for (;;) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        if (connections.size() >= most_connections) {
          ++dropped_;
          continue;
        }
        connections.spawn("canary connection", converse(std::move(socket), sink));
      }
    } catch (...) {
      ended = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await connections.stop();
    std::rethrow_exception(ended);
  }

  // RFC 7766: each message has its length before it; several may come on one connection.
  io::Task<void> converse(tcp::socket socket, contract::ObservationSink& sink) {
    boost::system::error_code unknown;
    const auto peer = socket.remote_endpoint(unknown);
    if (unknown) co_return;
    asio::steady_timer patience(socket.get_executor(), connection_lives);
    patience.async_wait([&socket](const boost::system::error_code& error) {
      if (error) return;
      boost::system::error_code ignored;
      socket.cancel(ignored);
    });
    try {
      for (;;) {
        std::array<std::uint8_t, 2> length{};
        co_await asio::async_read(socket, asio::buffer(length), asio::use_awaitable);
        std::vector<std::byte> message(static_cast<std::size_t>(length[0] << 8U | length[1]));
        if (message.size() > largest_question) break;
        co_await asio::async_read(socket, asio::buffer(message), asio::use_awaitable);
        const auto reply = answer(message, to_address(peer.address()), "tcp", sink);
        if (reply.empty()) break;
        const std::array<std::uint8_t, 2> size{static_cast<std::uint8_t>(reply.size() >> 8U),
                                               static_cast<std::uint8_t>(reply.size() & 0xffU)};
        const std::array<asio::const_buffer, 2> parts{asio::buffer(size), asio::buffer(reply)};
        co_await asio::async_write(socket, parts, asio::use_awaitable);
      }
    } catch (const boost::system::system_error& error) {
      if (error.code() != asio::error::eof) ++dropped_;
    }
  }

  io::Task<void> keep_telling(contract::ObservationSink& sink) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
      timer.expires_after(told_every);
      co_await timer.async_wait(asio::use_awaitable);
      tell(sink);
    }
  }

  void tell(contract::ObservationSink& sink) {
    model::ServerFacts facts;
    facts.state = model::ServerState::up;
    facts.health = "answers for the canary zone " + config_.zone + "; " + std::to_string(canaries_) +
                   (canaries_ == 1 ? " canary was" : " canaries were") + " asked for";
    facts.listens_on = "udp and tcp " + config_.listen.to_text();
    facts.problems = malformed_;
    sink.emit(clock_.now(), model::SourceHealth{std::move(facts)});
  }

  Config config_;
  const base::Clock& clock_;
  Zone zone_;
  Allowance sightings_{sightings_a_second};
  Allowance refusals_{refusals_a_second};
  std::uint64_t asked_ = 0;
  std::uint64_t canaries_ = 0;
  std::uint64_t malformed_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace

std::unique_ptr<Source> make_source(Config config, const base::Clock& clock) {
  return std::make_unique<CanarySource>(std::move(config), clock);
}

}  // namespace davylamp::canary
