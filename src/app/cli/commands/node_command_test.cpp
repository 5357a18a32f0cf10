#include "app/cli/cli_fixture.hpp"

namespace davylamp::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class NodeCommand : public CliTest {
 protected:
  NodeCommand() {
    answers["POST /api/v1/nodes/berlin/enrol"] = {201, R"({"token":"dn_secret"})"};
    knows("", R"(,"uplink":{"listen_port":7555,"fingerprint_sha256":"AB:CD"})");
  }
  void knows(const std::string& node, const std::string& more = "") {
    answers["GET /api/v1/nodes"] = {200, "{\"items\":[" + node + "]" + more + "}"};
  }
  std::size_t posted() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(asked, [](const ControlRequest& request) { return request.method == "POST"; }));
  }
  const std::string berlin =
      R"({"name":"berlin","enrolled_at":1795000000,"enrolled_by":"local:root","connected_to":"hub-1"})";
};

}  // namespace

TEST_F(NodeCommand, EnrolPrintsTheTokenAloneAndTheWholeLinesBesideIt) {
  EXPECT_EQ(run({"node", "enrol", "berlin"}), 0) << err;
  EXPECT_EQ(out, "dn_secret\n");
  EXPECT_THAT(err, AllOf(HasSubstr("name = \"berlin\""), HasSubstr("connect = \"THIS_HOST:7555\""),
                         HasSubstr("fingerprint = \"AB:CD\"\n"), Not(HasSubstr("does not listen"))));
}

TEST_F(NodeCommand, EnrolSaysWhereToLookWhenThisDaemonDoesNotListen) {
  knows("");
  EXPECT_EQ(run({"node", "enrol", "berlin"}), 0) << err;
  EXPECT_THAT(err, AllOf(HasSubstr("connect = \"HOST:PORT\""), HasSubstr("does not listen for collectors")));
}

TEST_F(NodeCommand, ATokenThatIsThereEndsOnlyWhenThatIsWished) {
  knows(berlin);
  EXPECT_EQ(run({"node", "enrol", "berlin"}), 1);
  EXPECT_THAT(
      err, AllOf(HasSubstr("berlin is enrolled already"), HasSubstr("connected to hub-1"), HasSubstr("add --replace")));
  EXPECT_EQ(posted(), 0U);
  EXPECT_EQ(run({"node", "enrol", "berlin", "--replace"}), 0) << err;
  EXPECT_EQ(asked.back().body, R"({"replace":true})");
  EXPECT_THAT(err, HasSubstr("counts no more"));
}

TEST_F(NodeCommand, ANameThatNoHostCanHaveIsRefusedHere) {
  for (const std::string name : {"a/b", " a", "a\nb", ""}) {
    EXPECT_EQ(run({"node", "enrol", name}), 2) << name;
    EXPECT_THAT(err, HasSubstr("cannot be its name: it must be 1 to 64 bytes"));
  }
  EXPECT_TRUE(asked.empty());
}

}  // namespace davylamp::app
