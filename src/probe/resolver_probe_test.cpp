#include "probe/resolver_probe.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <set>

#include "probe/name_asker.hpp"
#include "probe/path_prober.hpp"
#include "probe/testing/dns_answer_maker.hpp"
#include "probe/testing/loopback.hpp"

namespace davylamp::probe {
namespace {

using testing::DnsAnswerMaker;
using testing::DnsStub;
using testing::run;

// The first label of the name that is asked for.
std::string first_label(std::span<const std::byte> question) {
  const auto size = static_cast<std::size_t>(question[12]);
  return {reinterpret_cast<const char*>(question.data()) + 13, size};
}

// What `attempt` gives as soon as it is `good`, else at the fifth time: an answer that took more than two seconds is
// lost, as on a machine that stands still.
template <class Attempt, class Good>
auto tried(Attempt attempt, Good good) {
  auto outcome = attempt();
  for (int tries = 1; tries < 5 && !good(outcome); ++tries) outcome = attempt();
  return outcome;
}

TEST(ResolverProbe, TellsWhoAskedAndWhichCanariesWereAnswered) {
  std::mutex mutex;
  std::set<std::string> asked;
  const DnsStub resolver([&](std::span<const std::byte> question, bool over_tcp) -> std::vector<std::byte> {
    const auto label = first_label(question);
    const std::lock_guard lock(mutex);
    asked.insert(label);
    if (label == "o-o") {
      if (!over_tcp) return DnsAnswerMaker(question).truncated().bytes();
      return DnsAnswerMaker(question).text("172.217.34.2").text("edns0-client-subnet 9.9.9.0/24").bytes();
    }
    if (label == "whoami") return DnsAnswerMaker(question).address("8.8.4.4").bytes();
    if (label.starts_with("3-")) return DnsAnswerMaker(question).bytes();
    return DnsAnswerMaker(question).address("192.0.2.1").bytes();
  });
  boost::asio::io_context loop;
  const auto report =
      tried([&] { return run(loop, probe_resolver({{resolver.address()}, true, "canary.example.org", "c0ffee"})); },
            [](const auto& found) { return found.answered == 4; });
  EXPECT_EQ(report.asked, 5U);
  EXPECT_EQ(report.answered, 4U);
  EXPECT_EQ(report.canary, "c0ffee");
  EXPECT_EQ(report.configured, std::vector<std::string>{resolver.address()});
  ASSERT_EQ(report.seen.size(), 2U);
  EXPECT_EQ(report.seen[0].address->to_string(), "172.217.34.2");
  EXPECT_EQ(report.seen[0].client_subnet, "9.9.9.0/24");
  EXPECT_EQ(report.seen[1].method, "whoami_akamai");
  EXPECT_EQ(asked, (std::set<std::string>{"o-o", "whoami", "1-c0ffee", "2-c0ffee", "3-c0ffee"}));
}

TEST(ResolverProbe, WithoutWhoamiAndZoneNobodyIsAsked) {
  boost::asio::io_context loop;
  const auto report = run(loop, probe_resolver({{"127.0.0.1:1"}, false, std::nullopt, "x"}));
  EXPECT_EQ(report.asked, 0U);
  EXPECT_FALSE(report.canary);
}

TEST(NameAsker, GoesOnToTheNextResolverAfterOneThatRefusesOrSpeaksOtherwise) {
  const DnsStub resolver(
      [](std::span<const std::byte> question, bool) { return DnsAnswerMaker(question).address("9.9.9.9").bytes(); });
  boost::asio::io_context loop;
  const auto answer = tried(
      [&] {
        return run(loop, ask_resolvers({"127.0.0.1:1", "nonsense", resolver.address()}, "example.org", DnsType::a));
      },
      [](const auto& found) { return found.has_value(); });
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->addresses.at(0).to_string(), "9.9.9.9");
  EXPECT_FALSE(run(loop, ask_resolvers({"127.0.0.1:1"}, "example.org", DnsType::a)));
}

TEST(PathProber, AnOpenAndARefusedPortAnswerAndWhatHasNoWayIsLost) {
  const testing::WebStub web([](const std::string&) { return ""; });
  boost::asio::io_context loop;
  HostNames names(loop.get_executor());
  const ProbeRow row{4, base::Milliseconds{1}, base::Milliseconds{20'000}};
  const auto open = run(loop, measure_path(names, {"here", "127.0.0.1", web.port()}, row));
  EXPECT_EQ(open.target, "here");
  EXPECT_EQ(open.sent, 4U);
  EXPECT_EQ(open.received, 4U);
  EXPECT_TRUE(open.latency_milliseconds);
  EXPECT_EQ(run(loop, measure_path(names, {"refused", "127.0.0.1", 1}, row)).received, 4U);
  EXPECT_EQ(run(loop, measure_path(names, {"echo", "127.0.0.1", std::nullopt, web.port()}, row)).received, 4U);
  const auto lost = run(loop, measure_path(names, {"lost", "255.255.255.255", 1}, row));
  EXPECT_EQ(lost.sent, 4U);
  EXPECT_EQ(lost.received, 0U);
}

}  // namespace
}  // namespace davylamp::probe
