// Real datagrams and connections on loopback.
#include "sources/canary/source.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <thread>

#include "contract/testing/heard.hpp"
#include "io/system_clock.hpp"
#include "io/task_scope.hpp"
#include "sources/canary/testing/question.hpp"

namespace davylamp::canary {
namespace {

namespace asio = boost::asio;

// A port that nobody has, by asking for one and giving it back.
std::uint16_t free_port() {
  asio::io_context loop;
  asio::ip::tcp::acceptor taken(loop, {asio::ip::make_address("127.0.0.1"), 0});
  return taken.local_endpoint().port();
}

class Recording : public contract::ObservationSink {
 public:
  void emit(base::Time, model::Fact fact) override {
    if (auto* asked = std::get_if<model::CanaryAsked>(&fact)) sightings.push_back(asked->sighting);
    if (auto* health = std::get_if<model::SourceHealth>(&fact)) healths.push_back(health->server);
  }
  std::vector<model::CanarySighting> sightings;
  std::vector<model::ServerFacts> healths;
};

class CanarySourceTest : public testing::Test {
 protected:
  CanarySourceTest() {
    scope.spawn("canary", source->run(sink));
    loop.poll();
  }
  ~CanarySourceTest() override {
    scope.cancel();
    loop.run_for(base::Seconds{5});
  }
  template <class Done>
  void run_until(Done done) {
    const auto until = std::chrono::steady_clock::now() + base::Seconds{10};
    while (!done() && std::chrono::steady_clock::now() < until) loop.run_one_for(base::Milliseconds{50});
  }

  io::SystemClock clock;
  asio::io_context loop;
  std::uint16_t port = free_port();
  Recording sink;
  std::unique_ptr<Source> source =
      make_source({"canary.test", {model::Address::parse("127.0.0.1").value(), port}, "ns1.test", {}}, clock);
  io::TaskScope scope{loop.get_executor(), [](const std::string&, const std::exception_ptr&) {}};
};

}  // namespace

TEST_F(CanarySourceTest, WhoAsksByDatagramIsSeen) {
  asio::ip::udp::socket asker(loop, {asio::ip::make_address("127.0.0.9"), 0});
  const auto question = question_bytes("3-k3f9x0q1.canary.test", record_type::a);
  asker.send_to(asio::buffer(question), {asio::ip::make_address("127.0.0.1"), port});
  std::array<std::byte, 600> reply{};
  std::size_t size = 0;
  asker.async_receive(asio::buffer(reply), [&](const boost::system::error_code&, std::size_t got) { size = got; });
  run_until([&] { return size > 0; });
  ASSERT_GT(size, question.size());
  ASSERT_EQ(sink.sightings.size(), 1U);
  EXPECT_EQ(sink.sightings[0].canary, "3-k3f9x0q1");
  EXPECT_EQ(sink.sightings[0].resolver.to_string(), "127.0.0.9");
  EXPECT_EQ(sink.sightings[0].transport, "udp");
  EXPECT_EQ(sink.healths.at(0).state, model::ServerState::up);
}

TEST_F(CanarySourceTest, WhoAsksTwiceOverOneConnectionIsSeenTwice) {
  asio::ip::tcp::socket asker(loop);
  asker.connect({asio::ip::make_address("127.0.0.1"), port});
  std::vector<std::byte> sent;
  for (const auto* name : {"1-k3f9x0q1.canary.test", "2-k3f9x0q1.canary.test"}) {
    const auto question = question_bytes(name, record_type::a);
    add16(sent, static_cast<unsigned>(question.size()));
    sent.insert(sent.end(), question.begin(), question.end());
  }
  asio::write(asker, asio::buffer(sent));
  run_until([&] { return sink.sightings.size() == 2; });
  ASSERT_EQ(sink.sightings.size(), 2U);
  EXPECT_EQ(sink.sightings[1].transport, "tcp");
}

TEST_F(CanarySourceTest, NoiseIsCountedAndHarmsNothing) {
  asio::ip::udp::socket asker(loop, {asio::ip::make_address("127.0.0.1"), 0});
  const asio::ip::udp::endpoint there{asio::ip::make_address("127.0.0.1"), port};
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{40}, std::size_t{1'400}}) {
    asker.send_to(asio::buffer(std::vector<std::byte>(size, std::byte{0x33})), there);
  }
  asker.send_to(asio::buffer(question_bytes("4-k3f9x0q1.canary.test", record_type::a)), there);
  run_until([&] { return !sink.sightings.empty(); });
  EXPECT_EQ(sink.sightings.size(), 1U);
  EXPECT_EQ(source->losses().at(0).count, 4U);
}

TEST(CanarySource, SaysWhoIsInTheWay) {
  io::SystemClock clock;
  asio::io_context loop;
  asio::ip::udp::socket taken(loop, {asio::ip::make_address("127.0.0.1"), 0});
  const auto source = make_source(
      {"canary.test", {model::Address::parse("127.0.0.1").value(), taken.local_endpoint().port()}, "ns1.test", {}},
      clock);
  Recording sink;
  std::string why;
  asio::co_spawn(loop, source->run(sink), [&](const std::exception_ptr& error) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const base::Failure& failure) {
      why = failure.error().message;
    }
  });
  loop.run_for(base::Seconds{5});
  EXPECT_NE(why.find("canary.test cannot be answered on 127.0.0.1:"), std::string::npos) << why;
}

}  // namespace davylamp::canary
