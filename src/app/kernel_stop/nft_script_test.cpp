#include "app/kernel_stop/nft_script.hpp"
#include "base/testing/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace davylamp::app {
namespace {

using testing::HasSubstr;
using testing::Not;

model::KernelStop stop(model::SessionId id, std::string_view address, std::uint64_t remaining,
                       model::TrafficDirection direction = model::TrafficDirection::down) {
  return {.session_id = id,
          .source = {"node", "openvpn", "udp"},
          .virtual_address = *model::Address::parse(address),
          .direction = direction,
          .remaining_bytes = remaining};
}

// What remains by a report of that second.
std::vector<model::KernelStop> reported(std::uint64_t remaining, int second) {
  auto one = stop(1, "10.8.0.2", remaining);
  one.seen_at = base::Time{base::Seconds{1'800'000'000 + second}};
  return {one};
}

// Whether the kernel takes the scripts, one after another, in a network namespace of their own.
int run_in_namespace(const std::vector<std::string>& scripts) {
  const base::TemporaryDirectory folder;
  std::string command = "unshare -n sh -ec '";
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    const auto path = folder.file(std::to_string(i));
    std::ofstream(path) << scripts[i];
    command += "/usr/sbin/nft -f " + path + ";";
  }
  return std::system((command + "'").c_str());  // NOLINT(concurrency-mt-unsafe): one thread
}

}  // namespace

TEST(NftScript, DoesNothingForNobody) {
  NftScript script;
  EXPECT_EQ(script.next({}), "");
}

TEST(NftScript, GivesEachAddressAQuotaOfItsOwn) {
  NftScript script;
  const auto text = script.next({stop(1, "10.8.0.2", 5'000), stop(2, "fd00::2", 0, model::TrafficDirection::both)});
  EXPECT_THAT(text, HasSubstr("add quota inet davylamp_quota q1 { over 5000 bytes }"));
  EXPECT_THAT(text, HasSubstr("add element inet davylamp_quota down4 { 10.8.0.2 : jump s1 }"));
  EXPECT_THAT(text, Not(HasSubstr("add element inet davylamp_quota up4"))) << "only what the user downloads is stopped";
  EXPECT_THAT(text, HasSubstr("add element inet davylamp_quota up6 { fd00::2 : jump s2 }"));
}

TEST(NftScript, LeavesARunningQuotaAloneUntilMoreIsAllowed) {
  NftScript script;
  script.next({stop(1, "10.8.0.2", 5'000)});
  EXPECT_EQ(script.next({stop(1, "10.8.0.2", 3'000)}), "") << "the kernel counted these bytes itself";
  const auto granted = script.next({stop(1, "10.8.0.2", 9'000)});
  EXPECT_THAT(granted, HasSubstr("delete quota inet davylamp_quota q1"));
  EXPECT_THAT(granted, HasSubstr("over 9000 bytes"));
  const auto gone = script.next({});
  EXPECT_THAT(gone, HasSubstr("delete element inet davylamp_quota down4 { 10.8.0.2 : jump s2 }"));
  EXPECT_EQ(script.next({}), "");
}

TEST(NftScript, MakesAQuotaAnewOnceReportsMoveNoMore) {
  NftScript script;
  script.next(reported(20'000'000, 0));
  EXPECT_EQ(script.next(reported(400'000, 60)), "") << "it moves";
  EXPECT_EQ(script.next(reported(399'900, 70)), "") << "more may be on its way";
  const auto anew = script.next(reported(399'800, 80));
  EXPECT_THAT(anew, HasSubstr("delete quota inet davylamp_quota q1"));
  EXPECT_THAT(anew, HasSubstr("over 399800 bytes")) << "the kernel counted what never arrived";
  EXPECT_EQ(script.next(reported(399'700, 110)), "") << "nothing moved since";
  EXPECT_EQ(script.next(reported(100'000, 120)), "");
  EXPECT_THAT(script.next(reported(100'000, 150)), HasSubstr("over 100000 bytes"));
  EXPECT_EQ(script.next(reported(0, 160)), "");
  EXPECT_EQ(script.next(reported(0, 220)), "") << "nothing remains";
}

TEST(NftScript, LeavesTheCountToTheKernelWhileNothingIsReported) {
  NftScript script;
  script.next(reported(20'000'000, 0));
  script.next(reported(400'000, 60));
  for (int repeats = 0; repeats < 10; ++repeats) EXPECT_EQ(script.next(reported(400'000, 60)), "");
  EXPECT_EQ(script.next(reported(300'000, 600)), "") << "it moved meanwhile";
}

TEST(NftScript, TheKernelTakesEveryScript) {
  if (::geteuid() != 0 || !std::filesystem::exists("/usr/sbin/nft")) GTEST_SKIP() << "needs root and nftables";
  NftScript script;
  std::vector<std::string> scripts;
  using Direction = model::TrafficDirection;
  scripts.push_back(script.next({stop(1, "10.8.0.2", 5'000), stop(1, "fd00::2", 5'000, Direction::both)}));
  scripts.push_back(script.next({stop(1, "10.8.0.2", 9'000), stop(3, "10.8.0.3", 0, Direction::up)}));
  scripts.push_back(script.next({stop(4, "10.8.0.2", 7'000)}));
  scripts.push_back(script.next({}) + "\n");
  script.forget();
  scripts.push_back(script.next({stop(4, "10.8.0.2", 7'000)}));
  scripts.push_back(NftScript::removal());
  scripts.push_back(NftScript::removal());
  EXPECT_EQ(run_in_namespace(scripts), 0);
  EXPECT_NE(run_in_namespace({"add rule inet no_such_table x drop\n"}), 0) << "the test can fail";
}

}  // namespace davylamp::app
