#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/api_under_test.hpp"
#include "base/codec_read.hpp"

namespace davylamp::api {
namespace {

using testing::ApiUnderTest;
using ::testing::HasSubstr;
using ::testing::Not;

class NodesRoutes : public ::testing::Test {
 protected:
  NodesRoutes() { api_.become(model::Role::admin); }
  std::string token_hash() { return api_.nodes->nodes["berlin"].token_hash; }
  ApiUnderTest api_;
};

}  // namespace

TEST_F(NodesRoutes, AnotherTokenIsMadeOnlyWhenThatIsWished) {
  EXPECT_EQ(api_.post("/api/v1/nodes/berlin/enrol").status, 201U);
  const auto first = token_hash();
  api_.nodes->nodes["berlin"].connected_to = "hub-1";
  const auto refused = api_.post("/api/v1/nodes/berlin/enrol");
  EXPECT_EQ(refused.status, 409U);
  EXPECT_THAT(refused.body, HasSubstr("connected to hub-1"));
  EXPECT_THAT(refused.body, HasSubstr("would end"));
  EXPECT_EQ(token_hash(), first);
  EXPECT_EQ(api_.nodes->audit.size(), 1U);
  EXPECT_EQ(api_.post("/api/v1/nodes/berlin/enrol", R"({"replace":true,"reason":"lost"})").status, 201U);
  EXPECT_NE(token_hash(), first);
  EXPECT_EQ(api_.nodes->audit.back().reason, "lost");
}

TEST_F(NodesRoutes, ANameIsOneThatAHostCanHave) {
  const std::string longest(64, 'x');
  EXPECT_EQ(api_.post("/api/v1/nodes/" + longest + "/enrol").status, 201U);
  for (const auto& name : {longest + "x", std::string("a\x01"), std::string(" a")}) {
    const auto refused = api_.post("/api/v1/nodes/" + name + "/enrol");
    EXPECT_EQ(refused.status, 422U) << name;
    EXPECT_THAT(refused.body, HasSubstr("must be 1 to 64 bytes"));
  }
}

TEST_F(NodesRoutes, WhereToConnectIsForAdmins) {
  EXPECT_THAT(api_.get("/api/v1/nodes").body,
              HasSubstr(R"("uplink":{"listen_port":7555,"fingerprint_sha256":"AB:CD"})"));
  for (const auto role : {model::Role::viewer, model::Role::auditor, model::Role::operator_}) {
    api_.become(role);
    const auto answer = api_.get("/api/v1/nodes");
    EXPECT_EQ(answer.status, 200U);
    EXPECT_THAT(answer.body, Not(HasSubstr("uplink")));
  }
  api_.accounts->groups["north"] = {"north", {"oslo-*"}};
  api_.become(model::Role::admin);
  api_.accounts->accounts["a-admin"].scope = {"north"};
  EXPECT_THAT(api_.get("/api/v1/nodes").body, Not(HasSubstr("uplink")));
}

}  // namespace davylamp::api
