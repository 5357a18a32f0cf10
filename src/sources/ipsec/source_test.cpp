#include "sources/ipsec/source.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <map>

#include "base/result.hpp"
#include "base/testing/temporary_directory.hpp"
#include "contract/testing/heard.hpp"
#include "io/system_clock.hpp"
#include "io/task_scope.hpp"
#include "sources/ipsec/book_file.hpp"
#include "sources/ipsec/testing/charon_pair.hpp"

namespace davylamp::ipsec {
namespace {

using contract::testing::Heard;
using testing::CharonPair;

struct Watching {
  Watching(const Config& config, Heard& told)
      : heard(told),
        source(make_source(config, clock)),
        scope(context.get_executor(), [this](const std::string&, const std::exception_ptr& error) {
          try {
            std::rethrow_exception(error);
          } catch (const base::Failure& failure) {
            trouble = failure.error();
          }
        }) {
    scope.spawn("ipsec", source->run(heard));
  }
  ~Watching() {
    scope.cancel();
    context.restart();
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
  bool reaches(const model::Counters& sum) {
    return until([&] { return heard.sum() == sum; });
  }

  io::SystemClock clock;
  boost::asio::io_context context;
  Heard& heard;
  base::Error trouble;
  std::unique_ptr<contract::Source> source;
  io::TaskScope scope;
};

model::Counters pings(unsigned count) {
  return {count * 84ULL, count * 84ULL};
}

TEST(IpsecSource, SaysWhatToDoWhenNobodyIsThere) {
  const base::TemporaryDirectory directory;
  Config config;
  config.socket = directory.file("charon.vici");
  Heard heard;
  Watching watching(config, heard);
  ASSERT_TRUE(watching.until([&] { return !watching.trouble.code.empty(); }));
  EXPECT_EQ(watching.trouble.code, "absent");
  EXPECT_EQ(watching.trouble.message, config.socket +
                                          " is not there: start strongSwan (`systemctl start strongswan`), load its "
                                          "vici plugin, or correct `socket`");
}

TEST(LiveIpsec, CountsWhatWentThroughOverRekeyingsAndRestarts) {
  if (const auto missing = CharonPair::missing(); !missing.empty()) GTEST_SKIP() << missing;
  CharonPair pair;
  const base::TemporaryDirectory directory;
  Config config;
  config.name = "office";
  config.socket = pair.socket();
  config.poll_seconds = 0.1;
  config.state_file = directory.file("state/ipsec/office");
  Heard heard;
  {
    Watching watching(config, heard);
    ASSERT_TRUE(watching.until([&] { return heard.server.state == model::ServerState::up; }))
        << watching.trouble.message;
    pair.connect();
    pair.ping(20);
    ASSERT_TRUE(watching.reaches(pings(20))) << heard.sum().rx_bytes << " " << heard.sum().tx_bytes;
    ASSERT_EQ(heard.sessions.size(), 1U);
    const auto& facts = heard.sessions.begin()->second.facts;
    EXPECT_EQ(facts.user, "alice");
    EXPECT_EQ(facts.virtual_address->to_string(), "10.61.100.1");
    EXPECT_EQ(facts.real->to_text(), "10.77.0.2:4500");
    EXPECT_EQ(facts.cipher, "AES_CBC-128/HMAC_SHA2_256_128");
    EXPECT_TRUE(heard.server.version->starts_with("strongSwan "));

    const auto lives_in = [&] {
      const auto kept = load_book(config.state_file);
      const auto& session = kept->sessions.begin()->second;
      return std::pair{session.ike, session.children.empty() ? 0 : session.children.rbegin()->first.first};
    };
    const auto [first_ike, first_child] = lives_in();
    pair.rekey_child();
    EXPECT_TRUE(watching.until([&] { return lives_in().second > first_child; }));
    pair.ping(10);
    EXPECT_TRUE(watching.reaches(pings(30))) << heard.sum().rx_bytes << " " << heard.sum().tx_bytes;
    pair.rekey_ike();
    EXPECT_TRUE(watching.until([&] { return lives_in().first > first_ike; }));
    pair.ping(10);
    EXPECT_TRUE(watching.reaches(pings(40))) << heard.sum().rx_bytes << " " << heard.sum().tx_bytes;
    EXPECT_EQ(heard.sessions.size(), 1U);
  }
  // Another run of this program: what was counted is not counted again, what moved meanwhile is.
  pair.ping(5);
  Watching again(config, heard);
  EXPECT_TRUE(again.reaches(pings(45))) << heard.sum().rx_bytes << " " << heard.sum().tx_bytes;
  EXPECT_EQ(heard.sessions.size(), 1U);

  pair.ping(5);
  pair.disconnect();
  EXPECT_TRUE(again.until([&] { return heard.open_count() == 0; }));
  EXPECT_EQ(heard.sum(), pings(50));
  EXPECT_EQ(heard.sessions.size(), 1U);

  pair.connect();
  ASSERT_TRUE(again.until([&] { return heard.open_count() == 1; }));
  EXPECT_EQ(heard.sessions.size(), 2U);
  pair.end_server();
  ASSERT_TRUE(again.until([&] { return !again.trouble.code.empty(); }));
  EXPECT_EQ(again.trouble.code, "unreachable");
}

}  // namespace
}  // namespace davylamp::ipsec
