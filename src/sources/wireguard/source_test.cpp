// The source at real tunnels.
#include "sources/wireguard/source.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <fstream>
#include <iterator>
#include <map>

#include "base/testing/temporary_directory.hpp"
#include "contract/testing/heard.hpp"
#include "io/system_clock.hpp"
#include "io/task_scope.hpp"
#include "sources/wireguard/testing/answers.hpp"
#include "sources/wireguard/testing/wireguard_pair.hpp"

namespace davylamp::wireguard {
namespace {

using contract::testing::Heard;
using testing::WireguardPair;

struct Watching {
  explicit Watching(const Config& config) : source(make_source(config, clock)), scope(context.get_executor(), {}) {
    scope.spawn("wireguard", source->run(heard));
  }
  ~Watching() {
    scope.cancel();
    context.run();
  }
  // Runs until it holds; false when it never does.
  template <class Condition>
  bool until(Condition condition) {
    for (int i = 0; i < 1'200 && !condition(); ++i) {
      context.restart();
      context.run_for(std::chrono::milliseconds(25));
    }
    return condition();
  }

  std::size_t open_count() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(heard.sessions, [](const auto& entry) { return entry.second.open; }));
  }

  io::SystemClock clock;
  boost::asio::io_context context;
  Heard heard;
  std::unique_ptr<contract::Source> source;
  io::TaskScope scope;
};

struct LiveWireguard : ::testing::Test {
  void SetUp() override {
    if (!WireguardPair::possible()) GTEST_SKIP() << "needs root, wireguard-go, wg and /dev/net/tun";
    pair.emplace();
    config.name = "home";
    config.interface = pair->interface();
    config.poll_seconds = 0.05;
    config.state_file = directory.file("state/wireguard/home");
  }
  bool agrees(Watching& watching, model::Counters before = {}) {
    return watching.until([&] {
      const auto shown = pair->shown();
      before_and_shown = {before.rx_bytes + shown.rx_bytes, before.tx_bytes + shown.tx_bytes};
      return shown.rx_bytes > 0 && watching.heard.sum() == before_and_shown;
    });
  }

  base::TemporaryDirectory directory;
  std::optional<WireguardPair> pair;
  Config config;
  model::Counters before_and_shown;
};

TEST_F(LiveWireguard, CountsWhatWasSentAndWhatWgShows) {
  {
    std::ofstream file(directory.file("wg0.conf"));
    file << "[Interface]\nPrivateKey = " << pair->server_secret()
         << "\nAddress = 10.66.0.1/24\n\n# Name = ann\n[Peer]\nPublicKey = " << pair->client_key()
         << "\nAllowedIPs = 10.66.0.2/32\n";
  }
  config.config_file = directory.file("wg0.conf");
  Watching watching(config);
  pair->send(50, 1000);
  pair->send_back(20, 500);
  ASSERT_TRUE(watching.until([&] { return pair->shown().rx_bytes >= 50 * 1072; }));
  ASSERT_TRUE(agrees(watching));
  // 1000 bytes are 1028 with their headers, 1040 padded, and 32 of WireGuard's; a handshake is 148 and 92, and begun
  // again after 5 s without an answer.
  const auto sum = watching.heard.sum();
  EXPECT_GE(sum.rx_bytes, 50U * 1072U + 148U);
  EXPECT_LE(sum.rx_bytes, 50U * 1072U + 4U * (148U + 32U));
  EXPECT_GE(sum.tx_bytes, 20U * (528U + 32U) + 92U);
  ASSERT_EQ(watching.heard.sessions.size(), 1U);
  const auto& facts = watching.heard.sessions.begin()->second.facts;
  EXPECT_EQ(facts.user, "ann");
  EXPECT_EQ(facts.common_name, pair->client_key());
  EXPECT_EQ(facts.real->to_text(), "10.77.0.2:40001");
  EXPECT_EQ(facts.virtual_address->to_string(), "10.66.0.2");
  EXPECT_EQ(watching.heard.server.state, model::ServerState::up) << watching.heard.server.health;
  EXPECT_EQ(watching.heard.server.listens_on, "udp 51820");
  EXPECT_EQ(watching.heard.server.pool_size, 253U);
  EXPECT_TRUE(watching.heard.server.warnings.empty()) << watching.heard.server.warnings[0];
  std::ifstream state(config.state_file);
  const std::string kept{std::istreambuf_iterator<char>(state), {}};
  EXPECT_TRUE(kept.contains(pair->client_key()));
  EXPECT_FALSE(kept.contains(pair->server_secret()));
}

TEST_F(LiveWireguard, ARestartAndAPeerThatIsAddedAgainLoseNothing) {
  Watching watching(config);
  pair->send(20, 1000);
  ASSERT_TRUE(watching.until([&] { return pair->shown().rx_bytes >= 20 * 1072; }));
  ASSERT_TRUE(agrees(watching));
  const auto first = before_and_shown;
  pair->restart_server();
  ASSERT_TRUE(watching.until([&] { return watching.heard.epochs.size() == 2; }));
  EXPECT_NE(watching.heard.epochs[0], watching.heard.epochs[1]);
  EXPECT_EQ(watching.heard.sum(), first) << "nothing was taken twice";
  pair->connect_anew();
  pair->send(10, 1000);
  ASSERT_TRUE(watching.until([&] { return pair->shown().rx_bytes >= 10 * 1072; }));
  ASSERT_TRUE(agrees(watching, first));
  const auto second = before_and_shown;
  pair->remove_peer();
  ASSERT_TRUE(watching.until([&] { return watching.open_count() == 0; }));
  pair->add_peer();
  pair->connect_anew();
  pair->send(30, 1000);
  ASSERT_TRUE(watching.until([&] { return pair->shown().rx_bytes >= 30 * 1072; }));
  ASSERT_TRUE(agrees(watching, second));
  const auto third = before_and_shown;
  // Between two looks: smaller counters tell.
  pair->remove_peer();
  pair->add_peer();
  pair->connect_anew();
  pair->send(2, 1000);
  EXPECT_TRUE(agrees(watching, third));
  EXPECT_EQ(watching.open_count(), 1U);
}

TEST_F(LiveWireguard, RoamingIsOneSession) {
  Watching watching(config);
  pair->send(5, 100);
  ASSERT_TRUE(watching.until([&] { return !watching.heard.sessions.empty(); }));
  pair->roam();
  pair->send(5, 100);
  ASSERT_TRUE(watching.until([&] {
    const auto& real = watching.heard.sessions.begin()->second.facts.real;
    return real && real->port == 40002;
  }));
  EXPECT_EQ(watching.heard.sessions.size(), 1U);
  EXPECT_TRUE(agrees(watching));
}

TEST_F(LiveWireguard, AnInterfaceThatGoesIsASentenceAndComesBack) {
  Watching watching(config);
  pair->send(5, 100);
  ASSERT_TRUE(watching.until([&] { return !watching.heard.sessions.empty(); }));
  pair->end_server();
  ASSERT_TRUE(watching.until([&] { return watching.heard.server.state == model::ServerState::down; }));
  EXPECT_TRUE(watching.heard.server.health.contains("wg-quick up")) << watching.heard.server.health;
  EXPECT_FALSE(watching.heard.sessions.begin()->second.open);
  pair->start_server();
  EXPECT_TRUE(watching.until([&] { return watching.heard.server.state == model::ServerState::up; }));
}

// What it was before it ended counts on: no byte twice, none lost.
TEST_F(LiveWireguard, ContinuesAfterAnEndWithoutAWord) {
  Heard all;
  for (int life = 0; life < 3; ++life) {
    Watching watching(config);
    watching.heard.sessions = all.sessions;
    pair->send(10, 1000);
    ASSERT_TRUE(watching.until([&] { return pair->shown().rx_bytes >= static_cast<unsigned>(life + 1) * 10 * 1072; }));
    EXPECT_TRUE(agrees(watching)) << life;
    all.sessions = watching.heard.sessions;
    pair->send(3, 700);
  }
  EXPECT_EQ(all.sessions.size(), 1U);
}

TEST(WireguardSource, AnswersThatAreNoneAreASentence) {
  base::TemporaryDirectory directory;
  boost::asio::io_context server;
  boost::asio::local::stream_protocol::acceptor acceptor(server, directory.file("wg.sock"));
  Config config;
  config.name = config.interface = "wg0";
  config.socket = directory.file("wg.sock");
  config.poll_seconds = 0.05;
  Watching watching(config);
  acceptor.non_blocking(true);
  // Answers each question with `text` until the server's card says `expected`.
  const auto says = [&](const std::string& text, const std::string& expected) {
    return watching.until([&] {
      boost::asio::local::stream_protocol::socket peer(server);
      boost::system::error_code error;
      acceptor.accept(peer, error);
      if (!error) {
        for (int turn = 0; turn < 1'000 && peer.available() == 0; ++turn) {
          watching.context.restart();
          watching.context.run_for(std::chrono::milliseconds(10));
        }
        std::array<char, 64> question{};
        peer.read_some(boost::asio::buffer(question), error);
        if (!text.empty()) peer.send(boost::asio::buffer(text), 0, error);
        EXPECT_EQ(std::string_view(question.data(), 7), "get=1\n\n");
      }
      return watching.heard.server.health.contains(expected);
    });
  };
  EXPECT_TRUE(says("", "without a whole answer"));
  EXPECT_TRUE(says("errno=-22\n\n", "error -22"));
  EXPECT_TRUE(says(std::string(20'000, 'x'), "something else"));
  EXPECT_TRUE(says("private_key=" + testing::private_hex + "\npublic_key=" + testing::private_hex + "z\nerrno=0\n\n",
                   "not understood"));
  EXPECT_FALSE(watching.heard.server.health.contains(testing::private_hex));
  EXPECT_TRUE(says(testing::uapi_answer(testing::uapi_peer(testing::key(1), 1, 2, 3)), "0 of 1 peer"));
  config.socket = directory.file("none.sock");
  Watching nothing(config);
  EXPECT_TRUE(nothing.until([&] { return nothing.heard.server.health.contains("is not there"); }));
}

TEST(WireguardSource, CannotEndASessionAndSaysSo) {
  Config config;
  config.name = config.interface = "wg0";
  io::SystemClock clock;
  struct Answers : contract::ObservationSink {
    void emit(base::Time, model::Fact fact) override {
      if (const auto* done = std::get_if<model::CommandDone>(&fact)) text = done->text;
    }
    std::string text;
  } answers;
  model::Command command;
  command.id = 4;
  command.order = model::EndSession{};
  make_source(config, clock)->carry_out(answers, command);
  EXPECT_TRUE(answers.text.contains("wg set wg0 peer KEY remove"));
}

}  // namespace
}  // namespace davylamp::wireguard
