#include <gtest/gtest.h>

#include "api/auth/totp.hpp"
#include "api/dto/accounts.hpp"
#include "api/testing/api_under_test.hpp"
#include "base/codec_read.hpp"

namespace davylamp::api {
namespace {

using model::Role;
using testing::ApiUnderTest;

class AccountsRoutes : public ::testing::Test {
 protected:
  AccountsRoutes() {
    api_.add_account("second", Role::admin);
    api_.become(Role::admin);
  }
  template <class T>
  static T read(const Response& response) {
    return base::value_or_throw(base::json::read<T>(response.body));
  }
  unsigned add(const std::string& name, const std::string& role, const std::string& scope = "[]") {
    return api_
        .post("/api/v1/accounts", R"({"name":")" + name + R"(","role":")" + role + R"(","scope":)" + scope +
                                      R"(,"password":"long enough"})")
        .status;
  }
  Response with_token(Method method, const std::string& path, const std::string& token, const std::string& body = {}) {
    auto request = api_.request(method, path);
    request.cookies.clear();
    request.headers["authorization"] = "Bearer " + token;
    request.headers["content-type"] = "application/json";
    request.body = body;
    return testing::run(api_.loop, api_.service.answer(std::move(request)));
  }
  std::string last_action() const { return api_.accounts->audit.back().action; }
  ApiUnderTest api_;
};

}  // namespace

TEST_F(AccountsRoutes, AddChangeAndRemoveAnAccount) {
  EXPECT_EQ(add("ann", "viewer"), 201U);
  EXPECT_EQ(last_action(), "account_added");
  EXPECT_EQ(add("ann", "viewer"), 409U);
  EXPECT_EQ(add("", "viewer"), 422U);
  EXPECT_EQ(add("bob", "viewer", R"(["nowhere"])"), 422U);
  EXPECT_EQ(api_.put("/api/v1/accounts/ann", R"({"role":"auditor"})").status, 200U);
  EXPECT_EQ(api_.accounts->accounts["ann"].role, Role::auditor);
  EXPECT_FALSE(api_.accounts->accounts["ann"].password_hash.empty());
  EXPECT_EQ(api_.put("/api/v1/accounts/ann", "{}").status, 422U);
  EXPECT_EQ(api_.put("/api/v1/accounts/nobody", R"({"role":"viewer"})").status, 404U);
  EXPECT_EQ(api_.get("/api/v1/accounts").body.find("password"), std::string::npos);
  EXPECT_EQ(api_.remove("/api/v1/accounts/ann").status, 204U);
  EXPECT_EQ(last_action(), "account_removed");
}

TEST_F(AccountsRoutes, NobodyRaisesThemselvesAndTheLastAdminStays) {
  EXPECT_EQ(api_.put("/api/v1/accounts/a-admin", R"({"scope":[]})").status, 409U);
  EXPECT_EQ(api_.remove("/api/v1/accounts/a-admin").status, 409U);
  EXPECT_EQ(api_.remove("/api/v1/accounts/second").status, 204U);
  auto local = api_.request(Method::delete_, "/api/v1/accounts/a-admin");
  local.local_account = "local:root";
  EXPECT_EQ(api_.send(local).status, 409U);
}

TEST_F(AccountsRoutes, AdminsOfSomeServersManageNobody) {
  api_.accounts->groups["north"] = {"north", {"oslo-*"}};
  api_.accounts->accounts["a-admin"].scope = {"north"};
  EXPECT_EQ(add("ann", "viewer"), 403U);
  EXPECT_EQ(api_.put("/api/v1/server-groups/north", R"({"servers":["*"]})").status, 403U);
  EXPECT_EQ(api_.get("/api/v1/audit").status, 403U);
  EXPECT_NE(api_.get("/api/v1/me").body.find(R"("scope":["north"])"), std::string::npos);
}

TEST_F(AccountsRoutes, ARoleCountsAtOnceForEveryToken) {
  api_.become(Role::operator_);
  EXPECT_EQ(api_.get("/api/v1/audit").status, 403U);
  api_.accounts->accounts["a-operator"].role = Role::auditor;
  EXPECT_EQ(api_.get("/api/v1/audit").status, 200U);
  api_.accounts->accounts.erase("a-operator");
  EXPECT_EQ(api_.get("/api/v1/me").status, 401U);
}

TEST_F(AccountsRoutes, KeepServerGroups) {
  EXPECT_EQ(api_.put("/api/v1/server-groups/north", R"({"servers":["oslo-*"]})").status, 201U);
  EXPECT_EQ(api_.put("/api/v1/server-groups/north", R"({"servers":["oslo-1"]})").status, 200U);
  EXPECT_EQ(api_.put("/api/v1/server-groups/east", R"({"servers":[]})").status, 422U);
  EXPECT_EQ(add("ann", "viewer", R"(["north"])"), 201U);
  EXPECT_EQ(api_.remove("/api/v1/server-groups/north").status, 409U);
  EXPECT_EQ(api_.remove("/api/v1/server-groups/east").status, 404U);
}

TEST_F(AccountsRoutes, ATokenMayWhatBothItAndItsAccountMay) {
  api_.become(Role::operator_);
  EXPECT_EQ(api_.post("/api/v1/api-tokens", R"({"name":"cron","role":"auditor"})").status, 422U);
  const auto made = read<IssuedApiToken>(api_.post("/api/v1/api-tokens", R"({"name":"cron"})"));
  EXPECT_TRUE(made.token.starts_with("dvl_"));
  EXPECT_NE(api_.accounts->api_tokens.at(0).token_hash, made.token);
  EXPECT_EQ(with_token(Method::get, "/api/v1/me", made.token).status, 200U);
  EXPECT_EQ(with_token(Method::post, "/api/v1/api-tokens", made.token, R"({"name":"more"})").status, 403U);
  EXPECT_EQ(api_.accounts->api_tokens.at(0).last_used_at, api_.clock.now());
  api_.accounts->accounts["a-operator"].role = Role::viewer;
  EXPECT_NE(with_token(Method::get, "/api/v1/me", made.token).body.find(R"("role":"viewer")"), std::string::npos);
  EXPECT_EQ(api_.remove("/api/v1/api-tokens/" + std::to_string(made.api_token.id)).status, 204U);
  EXPECT_EQ(with_token(Method::get, "/api/v1/me", made.token).status, 401U);
}

TEST_F(AccountsRoutes, ATokenRunsOut) {
  const auto made = read<IssuedApiToken>(
      api_.post("/api/v1/api-tokens", R"({"name":"cron","role":"viewer","expires_at":1795000060})"));
  EXPECT_EQ(with_token(Method::get, "/api/v1/me", made.token).status, 200U);
  api_.clock.advance(base::Seconds(60));
  EXPECT_EQ(with_token(Method::get, "/api/v1/me", made.token).status, 401U);
}

TEST_F(AccountsRoutes, OthersSeeNothingOfSomebodysTokens) {
  const auto made = read<IssuedApiToken>(api_.post("/api/v1/api-tokens", R"({"name":"cron"})"));
  api_.become(Role::viewer);
  EXPECT_EQ(api_.get("/api/v1/api-tokens").body, R"({"items":[]})");
  EXPECT_EQ(api_.remove("/api/v1/api-tokens/" + std::to_string(made.api_token.id)).status, 404U);
  EXPECT_EQ(api_.post("/api/v1/api-tokens", R"({"name":"x","account":"a-admin"})").status, 403U);
}

TEST_F(AccountsRoutes, ASecondFactorIsAskedForOnceItIsConfirmed) {
  const auto body = R"({"password":")" + api_.password + R"("})";
  const auto begun = read<Enrolment>(api_.post("/api/v1/me/second-factor", body));
  EXPECT_EQ(api_.login("a-admin", api_.password).status, 200U);
  const auto secret = *from_base32(begun.secret);
  const auto code = [&](std::uint64_t ahead) { return one_time_code(secret, step_of(api_.clock.now()) + ahead); };
  EXPECT_EQ(api_.post("/api/v1/me/second-factor/confirm", R"({"code":"000000"})").status, 403U);
  const auto codes =
      read<RecoveryCodes>(api_.post("/api/v1/me/second-factor/confirm", R"({"code":")" + code(0) + R"("})"));
  EXPECT_EQ(codes.items.size(), 10U);
  EXPECT_EQ(api_.post("/api/v1/me/second-factor", body).status, 409U);
  const auto refused = api_.login("a-admin", api_.password);
  EXPECT_EQ(refused.status, 401U);
  const auto problem = read<Problem>(refused);
  ASSERT_TRUE(problem.challenge);
  const auto answer = [&](const std::string& with) {
    return api_.post("/api/v1/auth/second-factor", base::json::write(SecondFactorAnswer{*problem.challenge, with}));
  };
  EXPECT_EQ(answer(code(0)).status, 401U);  // it confirmed the factor, and counts once
  EXPECT_EQ(answer(code(1)).status, 200U);
  EXPECT_EQ(answer(code(1)).status, 401U);
  EXPECT_EQ(answer(codes.items[3]).status, 200U);
  EXPECT_EQ(answer(codes.items[3]).status, 401U);
  api_.clock.advance(base::Seconds(300));
  EXPECT_EQ(answer(code(0)).status, 401U);  // the challenge is over
  EXPECT_EQ(last_action(), "second_factor_refused");
}

TEST_F(AccountsRoutes, WrongCodesLockTheSecondStepFromEverywhere) {
  api_.accounts->accounts["second"].second_factor = model::SecondFactor{to_base32("12345678901234567890"), true, 0, {}};
  const auto problem = read<Problem>(api_.login("second", api_.password));
  const auto answer = [&](const std::string& from, const std::string& code) {
    auto request = api_.request(Method::post, "/api/v1/auth/second-factor");
    request.headers["content-type"] = "application/json";
    request.body = base::json::write(SecondFactorAnswer{*problem.challenge, code});
    request.remote_address = testing::address(from);
    return api_.send(request).status;
  };
  for (int i = 1; i <= 5; ++i) EXPECT_EQ(answer("192.0.2." + std::to_string(i), "000000"), 401U);
  const auto right = one_time_code("12345678901234567890", step_of(api_.clock.now()));
  EXPECT_EQ(answer("192.0.2.6", right), 429U);
  api_.clock.advance(base::Seconds(30));
  EXPECT_EQ(answer("192.0.2.6", one_time_code("12345678901234567890", step_of(api_.clock.now()))), 200U);
}

TEST_F(AccountsRoutes, PeopleChangeTheirOwnPassword) {
  api_.become(Role::viewer);
  EXPECT_EQ(api_.post("/api/v1/me/password", R"({"password":"wrong","new_password":"long enough"})").status, 403U);
  EXPECT_EQ(
      api_.post("/api/v1/me/password", R"({"password":")" + api_.password + R"(","new_password":"short"})").status,
      422U);
  EXPECT_EQ(api_.post("/api/v1/me/password", R"({"password":")" + api_.password + R"(","new_password":"long enough"})")
                .status,
            204U);
  EXPECT_EQ(api_.login("a-viewer", "long enough").status, 200U);
}

TEST_F(AccountsRoutes, TheAuditLogIsPagedFilteredAndExported) {
  for (const auto* name : {"ann", "bob", "cid"}) add(name, "viewer");
  const auto page = read<AuditList>(api_.get("/api/v1/audit", {{"limit", "1"}, {"action", "account_added"}}));
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].subject, "cid");
  ASSERT_TRUE(page.next_before);
  const auto next =
      read<AuditList>(api_.get("/api/v1/audit", {{"limit", "1"}, {"before", std::to_string(*page.next_before)}}));
  EXPECT_EQ(next.items[0].subject, "bob");
  const auto whole = api_.get("/api/v1/audit/export");
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(whole.body, '\n')), api_.accounts->audit.size());
  api_.accounts->audit[0].reason = "=1+1\"";
  EXPECT_NE(api_.get("/api/v1/audit/export", {{"format", "csv"}}).body.find(R"("'=1+1""")"), std::string::npos);
  EXPECT_EQ(api_.get("/api/v1/audit/check").status, 200U);
  api_.become(Role::operator_);
  EXPECT_EQ(api_.get("/api/v1/audit/export").status, 403U);
}

}  // namespace davylamp::api
