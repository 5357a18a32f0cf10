#include "sim/options.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace davylamp::sim {
namespace {

base::Result<Options> parse(std::vector<std::string_view> words) {
  return parse_options(words);
}

TEST(Options, ReadsWhatIsGiven) {
  const auto options = parse({"openvpn", "--directory", "/tmp/x", "--clients=20000", "--sockets", "64", "--version",
                              "2.7", "--rate-bps", "1e6", "--hostile"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->clients, 20'000U);
  EXPECT_EQ(options->sockets, 64U);
  EXPECT_TRUE(options->server.counts_by_timer);
  EXPECT_EQ(options->population.rate_bps, 1e6);
  EXPECT_TRUE(options->population.hostile);
}

TEST(Options, TheStyleOfCountsCanDifferFromTheVersions) {
  EXPECT_FALSE(parse({"openvpn", "--directory=x", "--version=2.7", "--bytecount-style=event"})->server.counts_by_timer);
}

TEST(Options, NamesTheWordThatIsWrong) {
  EXPECT_THAT(parse({"openvpn", "--directory=x", "--clients", "many"}).error().message,
              testing::HasSubstr("--clients: cannot be many"));
  EXPECT_THAT(parse({"openvpn", "--directory=x", "--nonsense"}).error().message, testing::HasSubstr("--nonsense"));
  EXPECT_THAT(parse({"openvpn"}).error().message, testing::HasSubstr("--directory"));
  EXPECT_THAT(parse({"wireguard"}).error().message, testing::HasSubstr("wireguard"));
  EXPECT_THAT(parse({"openvpn", "--directory=x", "--seconds"}).error().message, testing::HasSubstr("value is missing"));
  EXPECT_THAT(parse({"openvpn", "--directory=x", "--sockets=0"}).error().message, testing::HasSubstr("at least 1"));
}

TEST(Options, EveryOptionIsExplained) {
  for (const auto* word :
       {"--directory", "--sockets", "--clients", "--seed", "--seconds", "--rate-bps", "--active", "--churn",
        "--version", "--truth", "--script", "--toml", "--hook", "--hook-loss", "--hostile"}) {
    EXPECT_THAT(std::string(usage()), testing::HasSubstr(word));
  }
}

}  // namespace
}  // namespace davylamp::sim
