#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config/rules.hpp"

namespace davylamp::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

StoreConfig at(std::string url) {
  StoreConfig store;
  store.url = std::move(url);
  return store;
}

TEST(StoreRules, TakeWhatPostgresqlIsReachedBy) {
  EXPECT_THAT(broken_store_rules({}), IsEmpty());
  for (const std::string url :
       {"postgresql://davylamp@db.example.org:5432/davylamp?sslmode=verify-full", "postgres://h/d",
        "postgresql:///davylamp?host=/run/postgresql", "postgresql://davylamp@[2001:db8::1]:5432/davylamp"}) {
    EXPECT_THAT(broken_store_rules(at(url)), IsEmpty()) << url;
  }
}

TEST(StoreRules, RefuseAPasswordThatEverybodySees) {
  for (const std::string url :
       {"postgresql://davylamp:secret@db/davylamp", "postgresql://db/davylamp?password=secret"}) {
    EXPECT_THAT(broken_store_rules(at(url)), ElementsAre(HasSubstr("store.password_file"))) << url;
  }
}

TEST(StoreRules, RefuseWhatDoesNotGoTogether) {
  EXPECT_THAT(broken_store_rules(at("mysql://db/davylamp")), ElementsAre(HasSubstr("postgresql://")));
  auto store = at("postgresql://db/davylamp");
  store.backup_directory = "/var/backups";
  EXPECT_THAT(broken_store_rules(store), ElementsAre(HasSubstr("pg_dump")));
  StoreConfig file;
  file.password_file = "/etc/davylamp/secret";
  EXPECT_THAT(broken_store_rules(file), ElementsAre(HasSubstr("store.url")));
}

}  // namespace
}  // namespace davylamp::app
