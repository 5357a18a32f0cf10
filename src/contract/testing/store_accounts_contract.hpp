// What every store must do with accounts, second factors, tokens for programs, server groups and the chain of the audit
// log.
#pragma once

#include "contract/testing/store_limits_contract.hpp"

namespace davylamp::contract::testing {

class StoreAccountsContract : public StoreLimitsContract {
 protected:
  void add(const std::string& name, model::Role role = model::Role::viewer) {
    base::value_or_throw(
        accounts->add_account({.name = name, .role = role, .password_hash = "hash", .created_at = at(1)}));
  }
  void sign_in(const std::string& name, const std::string& token) {
    accounts->add_refresh_token({token, "family of " + token, name, at(9'000), std::nullopt});
  }
  bool signed_in(const std::string& token) { return accounts->use_refresh_token(token, at(2)).has_value(); }
  std::vector<std::string> actions() {
    std::vector<std::string> found;
    for (const auto& line : accounts->audit(100)) found.push_back(line.action);
    return found;
  }
};

using Strings = std::vector<std::string>;

TEST_P(StoreAccountsContract, KeepsWhereAnAccountComesFromAndWhatItSees) {
  base::value_or_throw(accounts->add_account({.name = "ann",
                                              .role = model::Role::auditor,
                                              .created_at = at(1),
                                              .origin = model::AccountOrigin::ldap,
                                              .scope = {"north", "so\"uth"}}));
  const auto ann = accounts->account("ann");
  ASSERT_TRUE(ann);
  EXPECT_EQ(ann->role, model::Role::auditor);
  EXPECT_EQ(ann->origin, model::AccountOrigin::ldap);
  EXPECT_EQ(ann->scope, (Strings{"north", "so\"uth"}));
  EXPECT_TRUE(ann->password_hash.empty());
  EXPECT_FALSE(ann->second_factor);
  EXPECT_EQ(accounts->accounts().at(0).scope, ann->scope);
}

TEST_P(StoreAccountsContract, ChangesAnAccountAndSignsItOutWhenRoleOrPasswordChange) {
  add("ann");
  sign_in("ann", "one");
  auto ann = *accounts->account("ann");
  ann.scope = {"north"};
  ann.password_hash.clear();
  EXPECT_TRUE(accounts->change_account(ann, done("account_changed", "ann")));
  EXPECT_EQ(accounts->account("ann")->scope, Strings{"north"});
  EXPECT_EQ(accounts->account("ann")->password_hash, "hash");
  EXPECT_TRUE(signed_in("one"));
  ann.role = model::Role::operator_;
  EXPECT_TRUE(accounts->change_account(ann, done("account_changed", "ann")));
  EXPECT_FALSE(signed_in("one"));
  sign_in("ann", "two");
  ann.password_hash = "another";
  EXPECT_TRUE(accounts->change_account(ann, done("account_changed", "ann")));
  EXPECT_FALSE(signed_in("two"));
  EXPECT_EQ(accounts->account("ann")->password_hash, "another");
  ann.name = "nobody";
  EXPECT_EQ(accounts->change_account(ann, done("account_changed", "nobody")).error().code, "not_found");
  EXPECT_EQ(actions(), (Strings{"account_changed", "account_changed", "account_changed"}));
}

TEST_P(StoreAccountsContract, RemovesAnAccountWithItsTokens) {
  add("ann");
  add("bob");
  sign_in("ann", "one");
  accounts->add_api_token({.name = "cron", .account = "ann", .token_hash = "a", .created_at = at(1)}, done("added"));
  accounts->add_api_token({.name = "cron", .account = "bob", .token_hash = "b", .created_at = at(1)}, done("added"));
  EXPECT_TRUE(accounts->remove_account("ann", done("account_removed", "ann")));
  EXPECT_FALSE(accounts->account("ann"));
  EXPECT_FALSE(signed_in("one"));
  EXPECT_FALSE(accounts->api_token("a"));
  EXPECT_TRUE(accounts->api_token("b"));
  EXPECT_EQ(accounts->remove_account("ann", done("account_removed", "ann")).error().code, "not_found");
  EXPECT_EQ(actions(), (Strings{"account_removed", "added", "added"}));
}

TEST_P(StoreAccountsContract, TakesEachStepAndEachRecoveryCodeOnce) {
  add("ann");
  EXPECT_FALSE(accounts->use_code_step("ann", 7));
  const model::SecondFactor factor{"SECRET", true, 5, {"one", "two"}};
  EXPECT_TRUE(accounts->set_second_factor("ann", factor, done("second_factor_added", "ann")));
  EXPECT_EQ(accounts->account("ann")->second_factor, factor);
  EXPECT_FALSE(accounts->use_code_step("ann", 5));
  EXPECT_TRUE(accounts->use_code_step("ann", 7));
  EXPECT_FALSE(accounts->use_code_step("ann", 7));
  EXPECT_FALSE(accounts->use_code_step("ann", 6));
  EXPECT_FALSE(accounts->use_code_step("nobody", 9));
  EXPECT_TRUE(accounts->use_recovery_code("ann", "one"));
  EXPECT_FALSE(accounts->use_recovery_code("ann", "one"));
  EXPECT_FALSE(accounts->use_recovery_code("ann", "three"));
  EXPECT_EQ(accounts->account("ann")->second_factor->recovery_hashes, Strings{"two"});
  EXPECT_TRUE(accounts->set_second_factor("ann", std::nullopt, done("second_factor_removed", "ann")));
  EXPECT_FALSE(accounts->account("ann")->second_factor);
  EXPECT_EQ(accounts->set_second_factor("nobody", factor, done("x")).error().code, "not_found");
}

TEST_P(StoreAccountsContract, KeepsTokensOfPrograms) {
  add("ann");
  const model::ApiToken token{.name = "cron",
                              .account = "ann",
                              .token_hash = "hash",
                              .role = model::Role::operator_,
                              .created_at = at(1),
                              .expires_at = at(100),
                              .last_used_at = std::nullopt};
  const auto id = accounts->add_api_token(token, done("api_token_added", "ann"));
  accounts->note_api_token_used(id, at(60));
  const auto stored = accounts->api_token("hash");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->id, id);
  EXPECT_EQ(stored->name, "cron");
  EXPECT_EQ(stored->account, "ann");
  EXPECT_EQ(stored->role, model::Role::operator_);
  EXPECT_EQ(stored->expires_at, at(100));
  EXPECT_EQ(stored->last_used_at, at(60));
  EXPECT_EQ(accounts->api_tokens().size(), 1U);
  EXPECT_FALSE(accounts->api_token("another"));
  EXPECT_TRUE(accounts->remove_api_token(id, done("api_token_removed", "ann")));
  EXPECT_EQ(accounts->remove_api_token(id, done("api_token_removed", "ann")).error().code, "not_found");
  EXPECT_FALSE(accounts->api_token("hash"));
  EXPECT_EQ(actions(), (Strings{"api_token_removed", "api_token_added"}));
}

TEST_P(StoreAccountsContract, KeepsServerGroupsWhileAScopeNamesThem) {
  accounts->put_server_group({"north", {"oslo-*", "kiel-1"}}, done("server_group_added", "north"));
  accounts->put_server_group({"east", {"riga-1"}}, done("server_group_added", "east"));
  accounts->put_server_group({"north", {"oslo-1"}}, done("server_group_changed", "north"));
  const std::vector<model::ServerGroup> expected{{"east", {"riga-1"}}, {"north", {"oslo-1"}}};
  EXPECT_EQ(accounts->server_groups(), expected);
  base::value_or_throw(accounts->add_account({.name = "ann", .created_at = at(1), .scope = {"north"}}));
  EXPECT_EQ(accounts->remove_server_group("north", done("x")).error().code, "in_use");
  EXPECT_TRUE(accounts->remove_server_group("east", done("server_group_removed", "east")));
  EXPECT_EQ(accounts->remove_server_group("east", done("x")).error().code, "not_found");
  EXPECT_EQ(accounts->server_groups().size(), 1U);
}

TEST_P(StoreAccountsContract, ChainsTheLinesOfEveryChange) {
  EXPECT_EQ(accounts->check_audit().lines, 0U);
  accounts->append_audit(done("login"));
  add("ann");
  EXPECT_TRUE(accounts->remove_account("ann", done("account_removed", "ann")));
  limits->block({.user = "anna", .reason = "why"}, done("user_blocked"));
  store->agents()->put_agent({.name = "kitchen"}, done("agent_added", "kitchen"));
  store->alerts()->add_silence({}, done("silence_added", "x"));
  const auto lines = accounts->audit(10);
  ASSERT_EQ(lines.size(), 5U);
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(lines[i].number, 5 - i);
  const auto check = accounts->check_audit();
  EXPECT_EQ(check.lines, 5U);
  EXPECT_EQ(check.first_number, 1U);
  EXPECT_EQ(check.last_hash, lines[0].hash);
  EXPECT_FALSE(check.broken_at);
}

TEST_P(StoreAccountsContract, PagesTheAuditLogByNumber) {
  for (int i = 0; i < 5; ++i) accounts->append_audit(done("login"));
  const auto page = accounts->audit(2, 4);
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].number, 3U);
  EXPECT_EQ(page[1].number, 2U);
  EXPECT_TRUE(accounts->audit(2, 1).empty());
}

TEST_P(StoreAccountsContract, KeepsTheChainWhenAUserIsErased) {
  accounts->append_audit(done("user_blocked"));
  accounts->append_audit(done("user_blocked", "bert"));
  EXPECT_TRUE(limits->erase_user("anna", done("user_erased")));
  const auto lines = accounts->audit(10);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_NE(lines[2].subject, "anna");
  EXPECT_TRUE(lines[2].reason.empty());
  EXPECT_LT(lines[2].detail_hash.size(), lines[1].detail_hash.size());
  EXPECT_FALSE(accounts->check_audit().broken_at);
}

TEST_P(StoreAccountsContract, KeepsTheChainWhenTheOldestLinesAreForgotten) {
  for (int i = 0; i < 4; ++i) {
    auto line = done("login");
    line.at = at(i * 3'600);
    accounts->append_audit(line);
  }
  Retention retention{};
  retention.audit = base::Seconds(3'600);
  EXPECT_EQ(writer->forget(at(3 * 3'600), retention, 100), 2U);
  const auto check = accounts->check_audit();
  EXPECT_EQ(check.lines, 2U);
  EXPECT_EQ(check.first_number, 3U);
  EXPECT_FALSE(check.broken_at);
  EXPECT_EQ(writer->forget(at(30 * 3'600), retention, 100), 2U);
  EXPECT_FALSE(accounts->check_audit().broken_at);
  accounts->append_audit(done("login"));
  EXPECT_EQ(accounts->audit(1).at(0).number, 5U);
  EXPECT_FALSE(accounts->check_audit().broken_at);
}

}  // namespace davylamp::contract::testing
