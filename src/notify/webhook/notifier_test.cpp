#include "notify/webhook/notifier.hpp"

#include <boost/json.hpp>

#include "contract/testing/http_bench.hpp"
#include "notify/webhook/body.hpp"

namespace davylamp::contract::testing {

class WebhookBench : public HttpBench {
 public:
  static constexpr bool can_ask_pause = true;
  WebhookBench()
      : HttpBench({http_answer("204 No Content", "", ""), http_answer("503 Unavailable", "", "123456:tOpSeCrEt"),
                   http_answer("429 Too Many Requests", "Retry-After: 7\r\n", ""),
                   http_answer("302 Found", "Location: http://127.0.0.1:1/\r\n", "123456:tOpSeCrEt")}) {}
  std::unique_ptr<Notifier> notifier() { return make(base()); }
  std::unique_ptr<Notifier> notifier_to_nobody() { return make(nobody()); }
  std::vector<std::string> taken() {
    std::vector<std::string> texts;
    for (const auto& request : requests()) {
      const auto body = boost::json::parse(request.body).as_object();
      texts.push_back(std::string(body.at("title").as_string()) + "\n" + std::string(body.at("text").as_string()));
    }
    return texts;
  }
  base::ManualClock clock;

 private:
  std::unique_ptr<Notifier> make(const std::string& base) {
    return std::make_unique<notify::WebhookNotifier>(
        notify::WebhookSettings{.url = base + "/hook", .secret = secret_file(), .ca_file = {}, .limit = limit()},
        clock);
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Webhook, NotifierContract, WebhookBench);

TEST(WebhookNotifier, SignsTimeAndBodyAndNamesTheDelivery) {
  WebhookBench bench;
  Message message;
  message.delivery_id = 42;
  message.title = "x";
  EXPECT_EQ(bench.notifier()->send(message).outcome, Receipt::Outcome::delivered);
  ASSERT_EQ(bench.requests().size(), 1U);
  const auto request = bench.requests()[0];
  EXPECT_THAT(request.head, ::testing::HasSubstr("Idempotency-Key: 42\r\n"));
  EXPECT_THAT(request.head, ::testing::HasSubstr("X-Davylamp-Timestamp: 1795000000\r\n"));
  EXPECT_THAT(request.head,
              ::testing::HasSubstr("X-Davylamp-Signature: " +
                                   notify::webhook_signature(bench.secret(), "1795000000", request.body)));
}

// As `printf '1.{}' | openssl dgst -sha256 -hmac secret` says.
TEST(WebhookSignature, IsHmacSha256OverTimestampDotBody) {
  EXPECT_EQ(notify::webhook_signature("secret", "1", "{}"),
            "sha256=1122767b193110cfec322b6f199b599edbf608ed087f2d27afb0b97d99523908");
}

}  // namespace davylamp::contract::testing
