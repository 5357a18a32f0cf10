#include "notify/ntfy/notifier.hpp"

#include <boost/json.hpp>

#include "contract/testing/http_bench.hpp"
#include "notify/ntfy/body.hpp"

namespace davylamp::contract::testing {

class NtfyBench : public HttpBench {
 public:
  static constexpr bool can_ask_pause = true;
  NtfyBench()
      : HttpBench({http_answer("200 OK", "", R"({"id":"x","event":"message"})"),
                   http_answer("500 Internal Server Error", "", "echo: 123456:tOpSeCrEt"),
                   http_answer("429 Too Many Requests", "Retry-After: 7\r\n", R"({"code":42901})"),
                   http_answer("403 Forbidden", "", R"({"code":40301,"error":"forbidden 123456:tOpSeCrEt"})")}) {}
  std::unique_ptr<Notifier> notifier() { return make(base()); }
  std::unique_ptr<Notifier> notifier_to_nobody() { return make(nobody()); }
  std::vector<std::string> taken() {
    std::vector<std::string> texts;
    for (const auto& request : requests()) {
      const auto body = boost::json::parse(request.body).as_object();
      EXPECT_EQ(body.at("topic"), "davylamp");
      texts.push_back(std::string(body.at("title").as_string()) + "\n" + std::string(body.at("message").as_string()));
    }
    return texts;
  }

 private:
  std::unique_ptr<Notifier> make(const std::string& base) {
    return std::make_unique<notify::NtfyNotifier>(
        notify::NtfySettings{.url = base + "/davylamp", .token = secret_file(), .ca_file = {}, .limit = limit()});
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Ntfy, NotifierContract, NtfyBench);

TEST(NtfyNotifier, SaysWhoItIsAndHowGraveItIs) {
  NtfyBench bench;
  Message message;
  message.title = "Утечка DNS";
  message.severity = model::Severity::critical;
  EXPECT_EQ(bench.notifier()->send(message).outcome, Receipt::Outcome::delivered);
  ASSERT_EQ(bench.requests().size(), 1U);
  EXPECT_THAT(bench.requests()[0].head, ::testing::HasSubstr("Authorization: Bearer 123456:tOpSeCrEt\r\n"));
  const auto body = boost::json::parse(bench.requests()[0].body).as_object();
  EXPECT_EQ(body.at("title"), "Утечка DNS");
  EXPECT_EQ(body.at("priority"), 5);
}

TEST(NtfyNotifier, AMissingTokenIsSaidAndTriedAgain) {
  notify::NtfyNotifier notifier({.url = "http://127.0.0.1:1/t", .token = "/nowhere/token"});
  const auto receipt = notifier.send({});
  EXPECT_EQ(receipt.outcome, Receipt::Outcome::try_again);
  EXPECT_THAT(receipt.text, ::testing::HasSubstr("/nowhere/token cannot be read"));
}

TEST(NtfyTarget, SplitsServerAndTopic) {
  EXPECT_EQ(notify::ntfy_target("https://push.example.org/base/topic/").server, "https://push.example.org/base/");
  EXPECT_EQ(notify::ntfy_target("https://push.example.org/base/topic/").topic, "topic");
}

}  // namespace davylamp::contract::testing
