#include <gtest/gtest.h>

#include "api/testing/api_under_test.hpp"

namespace davylamp::api {
namespace {

using base::Seconds;
using testing::ApiUnderTest;
using testing::header;

class AuthRoutes : public ::testing::Test {
 protected:
  AuthRoutes() { api_.add_account("ann", model::Role::operator_); }
  Response login() { return api_.login("ann", api_.password); }
  Response refresh() { return api_.post("/api/v1/auth/refresh"); }
  std::vector<std::string> audited() const {
    std::vector<std::string> actions;
    for (const auto& entry : api_.accounts->audit) actions.push_back(entry.action);
    return actions;
  }
  ApiUnderTest api_;
};

using Actions = std::vector<std::string>;

}  // namespace

TEST_F(AuthRoutes, SignsInWithTheRightPassword) {
  const auto response = login();
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body, R"({"account":"ann","role":"operator","expires_at":1795000600,"origin":"local","scope":[],)"
                           R"("second_factor":false})");
  EXPECT_EQ(api_.get("/api/v1/me").body, response.body);
  EXPECT_EQ(audited(), (Actions{"login"}));
  EXPECT_TRUE(api_.accounts->accounts["ann"].last_login_at);
}

TEST_F(AuthRoutes, SetsCookiesThatScriptsAndOtherSitesCannotUse) {
  const auto cookies = header(login(), "Set-Cookie");
  EXPECT_NE(cookies.find("; Path=/api; Max-Age=600; HttpOnly; SameSite=Strict\n"), std::string::npos) << cookies;
  EXPECT_TRUE(cookies.ends_with("; Path=/api/v1/auth; Max-Age=2592000; HttpOnly; SameSite=Strict")) << cookies;
  auto request = api_.request(Method::post, "/api/v1/auth/refresh");
  request.secure = true;
  const auto secure = header(api_.send(request), "Set-Cookie");
  EXPECT_NE(secure.find("SameSite=Strict; Secure\n"), std::string::npos);
  EXPECT_TRUE(secure.ends_with("SameSite=Strict; Secure"));
}

TEST_F(AuthRoutes, AnswersUnknownAccountsAndWrongPasswordsAlike) {
  const auto wrong = api_.login("ann", "not the one");
  const auto unknown = api_.login("nobody", "not the one");
  EXPECT_EQ(wrong.status, 401U);
  EXPECT_EQ(wrong.body, unknown.body);
  EXPECT_TRUE(api_.cookies.empty());
  EXPECT_EQ(audited(), (Actions{"login_refused", "login_refused"}));
}

TEST_F(AuthRoutes, LocksOutWithBackOffEvenTheRightPassword) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(api_.login("ann", "not the one").status, 401U);
  const auto locked = login();
  EXPECT_EQ(locked.status, 429U);
  EXPECT_EQ(header(locked, "Retry-After"), "30");
  EXPECT_NE(locked.body.find(R"("retry_after_seconds":30)"), std::string::npos);
  api_.clock.advance(Seconds(30));
  EXPECT_EQ(login().status, 200U);
  EXPECT_EQ(login().status, 200U);
}

TEST_F(AuthRoutes, WritesDownOnlySomeRefusals) {
  for (int i = 0; i < 200; ++i) api_.login("ann", "not the one");
  EXPECT_EQ(audited().size(), 30U);
  EXPECT_EQ(api_.service.auth_stats().audit_dropped, 170U);
}

TEST_F(AuthRoutes, TakesJsonOnly) {
  auto request = api_.request(Method::post, "/api/v1/auth/login");
  request.body = base::json::write(LoginRequest{"ann", api_.password});
  for (const auto* type : {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"}) {
    request.headers["content-type"] = type;
    EXPECT_EQ(api_.send(request).status, 415U) << type;
  }
  request.headers["content-type"] = "Application/JSON; charset=utf-8";
  EXPECT_EQ(api_.send(request).status, 200U);
}

TEST_F(AuthRoutes, NamesWhatIsWrongWithABody) {
  const auto response = api_.post("/api/v1/auth/login", R"({"account":1,"pasword":"x"})");
  EXPECT_EQ(response.status, 400U);
  EXPECT_NE(response.body.find("account"), std::string::npos);
  EXPECT_NE(response.body.find("pasword: unknown key"), std::string::npos) << response.body;
  EXPECT_EQ(api_.post("/api/v1/auth/login", "{").status, 400U);
  EXPECT_EQ(api_.login("", "x").status, 400U);
}

TEST_F(AuthRoutes, RefusesAPasswordThatIsTooLongToHash) {
  EXPECT_EQ(api_.login("ann", std::string(1025, 'x')).status, 401U);
}

TEST_F(AuthRoutes, RotatesTheRefreshToken) {
  login();
  const auto first = api_.cookies;
  api_.clock.advance(Seconds(900));
  EXPECT_EQ(api_.get("/api/v1/me").status, 401U);
  EXPECT_EQ(refresh().status, 200U);
  EXPECT_NE(api_.cookies["davylamp_refresh"], first.at("davylamp_refresh"));
  EXPECT_EQ(api_.get("/api/v1/me").status, 200U);
  EXPECT_EQ(refresh().status, 200U);
}

TEST_F(AuthRoutes, StoresNoTokenInTheClear) {
  login();
  ASSERT_EQ(api_.accounts->tokens.size(), 1U);
  EXPECT_EQ(api_.accounts->tokens.begin()->first, fingerprint(api_.cookies["davylamp_refresh"]));
}

TEST_F(AuthRoutes, AnswersASecondTabThatRefreshesAtOnceWithAnAccessTokenOnly) {
  login();
  const auto before = api_.cookies;
  EXPECT_EQ(refresh().status, 200U);
  const auto after = api_.cookies;
  api_.cookies = before;
  api_.clock.advance(Seconds(10));
  const auto second = refresh();
  EXPECT_EQ(second.status, 200U);
  EXPECT_EQ(header(second, "Set-Cookie").find("davylamp_refresh"), std::string::npos);
  api_.cookies = after;
  EXPECT_EQ(refresh().status, 200U);
}

TEST_F(AuthRoutes, RevokesTheWholeFamilyWhenAUsedTokenComesBack) {
  login();
  const auto stolen = api_.cookies;
  refresh();
  const auto owner = api_.cookies;
  api_.clock.advance(Seconds(11));
  api_.cookies = stolen;
  const auto thief = refresh();
  EXPECT_EQ(thief.status, 401U);
  EXPECT_NE(header(thief, "Set-Cookie").find("davylamp_refresh=; Path=/api/v1/auth; Max-Age=0"), std::string::npos);
  api_.cookies = owner;
  EXPECT_EQ(refresh().status, 401U);
  EXPECT_EQ(audited(), (Actions{"login", "refresh_reused"}));
}

TEST_F(AuthRoutes, LeavesOtherLoginsAloneWhenAFamilyIsRevoked) {
  login();
  const auto other_browser = api_.cookies;
  login();
  api_.post("/api/v1/auth/logout");
  api_.cookies = other_browser;
  EXPECT_EQ(refresh().status, 200U);
}

TEST_F(AuthRoutes, RefusesUnknownAndExpiredRefreshTokens) {
  EXPECT_EQ(refresh().status, 401U);
  api_.cookies["davylamp_refresh"] = "made-up";
  EXPECT_EQ(refresh().status, 401U);
  login();
  api_.clock.advance(Seconds(30 * 86'400));
  EXPECT_EQ(refresh().status, 401U);
}

TEST_F(AuthRoutes, SignsOut) {
  login();
  const auto before = api_.cookies;
  const auto response = api_.post("/api/v1/auth/logout");
  EXPECT_EQ(response.status, 204U);
  EXPECT_TRUE(api_.cookies["davylamp_access"].empty());
  api_.cookies = before;
  EXPECT_EQ(refresh().status, 401U);
  EXPECT_EQ(audited(), (Actions{"login", "logout"}));
}

TEST_F(AuthRoutes, TakesANewRoleAndARemovedAccountInAtRefresh) {
  login();
  api_.accounts->accounts["ann"].role = model::Role::viewer;
  EXPECT_NE(refresh().body.find(R"("role":"viewer")"), std::string::npos);
  api_.accounts->accounts.clear();
  EXPECT_EQ(refresh().status, 401U);
}

TEST_F(AuthRoutes, KeepsTokensValidOverARestart) {
  login();
  ApiUnderTest again;
  again.accounts->key = api_.accounts->key;
  again.accounts->accounts = api_.accounts->accounts;
  again.cookies = api_.cookies;
  EXPECT_EQ(again.get("/api/v1/me").status, 200U);
}

TEST_F(AuthRoutes, SaysThatSetupIsNeededWhileThereIsNoAccount) {
  EXPECT_NE(api_.get("/api/v1/about").body.find(R"("setup_needed":false)"), std::string::npos);
  api_.accounts->accounts.clear();
  EXPECT_NE(api_.get("/api/v1/about").body.find(R"("setup_needed":true)"), std::string::npos);
}

}  // namespace davylamp::api
