#include "app/cli/cli_fixture.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::app {
namespace {

using testing::HasSubstr;

class BackupCommand : public CliTest {
 protected:
  BackupCommand() {
    path_ = folder + "/davylamp.db";
    std::filesystem::remove(path_);
    add_account("anna");
  }
  void add_account(const std::string& name) {
    ASSERT_TRUE(sqlite::open({.path = path_})->accounts()->add_account({.name = name, .password_hash = "x"}));
  }
  std::vector<std::string> accounts() {
    std::vector<std::string> names;
    for (const auto& account : sqlite::open({.path = path_})->accounts()->accounts()) names.push_back(account.name);
    return names;
  }
  std::string path_;
};

TEST_F(BackupCommand, WhatWasSavedCanBePutBack) {
  const auto copy = folder + "/copy.db";
  EXPECT_EQ(run({"backup", copy}), 0) << err;
  add_account("bob");
  EXPECT_EQ(run({"restore", copy, "--json"}), 0) << err;
  EXPECT_THAT(accounts(), testing::ElementsAre("anna"));
}

TEST_F(BackupCommand, ReplacesNoFile) {
  const auto copy = folder + "/copy.db";
  std::ofstream(copy) << "mine";
  EXPECT_EQ(run({"backup", copy}), 1);
  EXPECT_THAT(err, HasSubstr(copy));
  EXPECT_EQ(std::filesystem::file_size(copy), 4U);
}

TEST_F(BackupCommand, WhatIsNoCopyIsRefused) {
  std::ofstream(folder + "/copy.db") << "mine";
  EXPECT_EQ(run({"restore", folder + "/copy.db"}), 1);
  EXPECT_THAT(accounts(), testing::ElementsAre("anna"));
  EXPECT_EQ(run({"restore"}), 2);
}

}  // namespace
}  // namespace davylamp::app
