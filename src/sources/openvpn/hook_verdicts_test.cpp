#include "sources/openvpn/hook_verdicts.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "hook/verdict_file.hpp"
#include "sources/openvpn/testing/hook_folder_fixture.hpp"

namespace davylamp::openvpn {
namespace {

const base::Time now = base::from_unix_seconds(1'795'000'000);
constexpr std::int64_t now_ms = 1'795'000'000'000;

class HookVerdictsTest : public ::testing::Test {
 protected:
  std::optional<hook::Verdict> on(const std::string& user) const {
    return hook::find_verdict(testing::text_of(folder / "verdicts"), user, now_ms);
  }
  testing::TemporaryFolder folder;
  HookVerdicts verdicts{folder.path()};
};

TEST_F(HookVerdictsTest, WritesWhoIsRefusedWhyAndUntilWhen) {
  verdicts.want({{"anna", model::RefusalReason::quota, now + base::Seconds{60}},
                 {"marco", model::RefusalReason::blocked, std::nullopt},
                 {"past", model::RefusalReason::quota, now - base::Seconds{1}}});
  ASSERT_TRUE(verdicts.keep(now));
  EXPECT_EQ(on("anna")->until_ms, now_ms + 60'000);
  EXPECT_EQ(on("marco")->reason, hook::Reason::blocked);
  EXPECT_FALSE(on("past"));
  EXPECT_FALSE(on("emma"));
}

TEST_F(HookVerdictsTest, LeavesTheFileOfAnEarlierRunUntilItIsToldSomething) {
  testing::append(folder / "verdicts", "earlier");
  ASSERT_TRUE(verdicts.keep(now));
  EXPECT_EQ(testing::text_of(folder / "verdicts"), "earlier");
  verdicts.want({});
  ASSERT_TRUE(verdicts.keep(now));
  EXPECT_TRUE(hook::verdict_header(testing::text_of(folder / "verdicts")));
}

TEST_F(HookVerdictsTest, WritesOnlyWhatChangedOrVanished) {
  verdicts.want({{"anna", model::RefusalReason::quota, std::nullopt}});
  ASSERT_TRUE(verdicts.keep(now));
  const auto first = testing::text_of(folder / "verdicts");
  verdicts.want({{"anna", model::RefusalReason::quota, std::nullopt}});
  ASSERT_TRUE(verdicts.keep(now));
  EXPECT_EQ(testing::text_of(folder / "verdicts"), first);
  std::filesystem::remove(folder / "verdicts");
  ASSERT_TRUE(verdicts.keep(now));
  EXPECT_TRUE(on("anna"));
  EXPECT_NE(testing::text_of(folder / "verdicts"), first) << "the salt is a new one";
}

TEST_F(HookVerdictsTest, AnErrorLeavesTheOldListAndIsTriedAgain) {
  verdicts.want({{"anna", model::RefusalReason::quota, std::nullopt}});
  std::filesystem::create_directories(folder / "verdicts.new/x");
  const auto kept = verdicts.keep(now);
  ASSERT_FALSE(kept);
  EXPECT_NE(kept.error().message.find("verdicts"), std::string::npos);
  std::filesystem::remove_all(folder / "verdicts.new");
  ASSERT_TRUE(verdicts.keep(now));
  EXPECT_TRUE(on("anna"));
}

}  // namespace
}  // namespace davylamp::openvpn
