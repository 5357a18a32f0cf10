#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hook/verdict_table.hpp"

namespace davylamp::hook {
namespace {

constexpr SipKey salt{0x1122334455667788U, 0x99aabbccddeeff00U};
constexpr std::int64_t now = 1'795'000'000'000;

std::string file_of(const std::vector<Refused>& refused) {
  return verdict_table(refused, salt, 7);
}

TEST(VerdictFile, FindsWhoIsRefusedAndNobodyElse) {
  const auto file = file_of({{"marco.rossi", Reason::quota}, {"anna.berg", Reason::blocked}, {"Zoë 你好"}});
  ASSERT_TRUE(find_verdict(file, "anna.berg", now));
  EXPECT_EQ(find_verdict(file, "anna.berg", now)->reason, Reason::blocked);
  EXPECT_EQ(find_verdict(file, "marco.rossi", now)->reason, Reason::quota);
  EXPECT_TRUE(find_verdict(file, "Zoë 你好", now));
  EXPECT_FALSE(find_verdict(file, "anna.ber", now));
  EXPECT_FALSE(find_verdict(file, "", now));
}

TEST(VerdictFile, ARefusalEndsByItself) {
  const auto file = file_of({{"anna", Reason::quota, now}});
  EXPECT_TRUE(find_verdict(file, "anna", now - 1));
  EXPECT_FALSE(find_verdict(file, "anna", now));
}

TEST(VerdictFile, FindsEveryOneOfManyAndHostileNames) {
  std::vector<std::string> names;
  for (int i = 0; i < 5000; ++i) names.push_back("user" + std::to_string(i));
  names.emplace_back(440, 'n');
  names.emplace_back("\xff\xfe'; DROP TABLE\n\t%00");
  std::vector<Refused> refused;
  for (const auto& name : names) refused.push_back({name});
  const auto file = file_of(refused);
  for (const auto& name : names) EXPECT_TRUE(find_verdict(file, name, now)) << name;
  for (int i = 5000; i < 9000; ++i) EXPECT_FALSE(find_verdict(file, "user" + std::to_string(i), now));
}

TEST(VerdictFile, TellsNoNames) {
  const auto file = file_of({{"anna.berg"}});
  EXPECT_EQ(file.find("anna"), std::string::npos);
  EXPECT_NE(file.substr(sizeof(VerdictHeader)),
            verdict_table(std::vector<Refused>{{"anna.berg"}}, {1, 2}, 7).substr(sizeof(VerdictHeader)));
}

TEST(VerdictFile, AnEmptyListIsAFile) {
  const auto file = file_of({});
  ASSERT_TRUE(verdict_header(file));
  EXPECT_EQ(verdict_header(file)->generation, 7U);
  EXPECT_FALSE(find_verdict(file, "anna", now));
}

TEST(VerdictFile, ATornFileRefusesNobody) {
  const auto file = file_of({{"anna"}, {"marco"}});
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(find_verdict(std::string_view(file).substr(0, size), "anna", now)) << size;
  }
  EXPECT_FALSE(find_verdict(file + "x", "anna", now));
}

TEST(VerdictFile, ADamagedHeaderRefusesNobody) {
  const auto file = file_of({{"anna"}, {"marco"}});
  for (std::size_t at = 0; at < sizeof(VerdictHeader); ++at) {
    auto damaged = file;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_FALSE(find_verdict(damaged, "anna", now)) << at;
  }
}

TEST(VerdictFile, AnUnknownReasonRefusesNobody) {
  auto file = file_of({{"anna"}});
  file[sizeof(VerdictHeader) + 16] = 99;
  EXPECT_FALSE(find_verdict(file, "anna", now));
}

}  // namespace
}  // namespace davylamp::hook
