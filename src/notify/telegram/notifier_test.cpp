#include "notify/telegram/notifier.hpp"

#include <boost/json.hpp>

#include "contract/testing/http_bench.hpp"
#include "notify/telegram/text.hpp"

namespace davylamp::contract::testing {

class TelegramBench : public HttpBench {
 public:
  static constexpr bool can_ask_pause = true;
  TelegramBench()
      : HttpBench({http_answer("200 OK", "", R"({"ok":true,"result":{"message_id":5}})"),
                   http_answer("502 Bad Gateway", "", "<html>/bot123456:tOpSeCrEt/sendMessage</html>"),
                   http_answer("429 Too Many Requests", "",
                               R"({"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7",)"
                               R"("parameters":{"retry_after":7}})"),
                   http_answer("403 Forbidden", "",
                               R"({"ok":false,"error_code":403,"description":"bot 123456:tOpSeCrEt was blocked"})")}) {}
  std::unique_ptr<Notifier> notifier() { return make(base()); }
  std::unique_ptr<Notifier> notifier_to_nobody() { return make(nobody()); }
  std::vector<std::string> taken() {
    std::vector<std::string> texts;
    for (const auto& request : requests()) {
      const auto body = boost::json::parse(request.body).as_object();
      texts.emplace_back(body.at("text").as_string());
    }
    return texts;
  }

 private:
  std::unique_ptr<Notifier> make(const std::string& api) {
    return std::make_unique<notify::TelegramNotifier>(
        notify::TelegramSettings{.access = {.api = api, .token = secret_file()}, .chat = "-100", .limit = limit()});
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Telegram, NotifierContract, TelegramBench);

TEST(TelegramNotifier, FollowsAGroupThatBecameASupergroup) {
  const base::TemporaryDirectory directory;
  std::ofstream(directory.file("token")) << "123:abc\n";
  std::vector<std::string> chats;
  std::mutex mutex;
  PlayedHost host([&](PlayedConnection& connection) {
    const auto chat = boost::json::parse(read_request(connection).body).at("chat_id").as_string();
    const std::lock_guard lock(mutex);
    chats.emplace_back(chat);
    connection.write(chat == "-100" ? http_answer("400 Bad Request", "",
                                                  R"({"ok":false,"error_code":400,"description":"upgraded",)"
                                                  R"("parameters":{"migrate_to_chat_id":-100200}})")
                                    : http_answer("200 OK", "", R"({"ok":true,"result":{}})"));
  });
  notify::TelegramNotifier notifier(
      {.access = {.api = "http://127.0.0.1:" + std::to_string(host.port()), .token = directory.file("token")},
       .chat = "-100"});
  const auto receipt = notifier.send({});
  EXPECT_EQ(receipt.outcome, Receipt::Outcome::delivered);
  EXPECT_THAT(receipt.text, ::testing::HasSubstr("is now -100200"));
  EXPECT_EQ(notifier.send({}).outcome, Receipt::Outcome::delivered);
  const std::lock_guard lock(mutex);
  EXPECT_THAT(chats, ::testing::ElementsAre("-100", "-100200", "-100200"));
}

TEST(TelegramText, HostileTextIsEscapedAndFits) {
  Message message;
  message.title = "<b>&\"x";
  message.text = std::string(3'000, '<') + std::string(3'000, 'y') + "😀";
  const auto html = notify::telegram_html(message);
  EXPECT_THAT(html, ::testing::HasSubstr("<b>&lt;b&gt;&amp;&quot;x</b>"));
  EXPECT_EQ(html.find("<<"), std::string::npos);
  EXPECT_EQ(notify::shortened_to_units("😀😀😀", 5), "😀😀…");
  EXPECT_EQ(notify::shortened_to_units("😀😀", 4), "😀😀");
}

TEST(TelegramText, AButtonOnlyWhereThereIsSomethingToAcknowledge) {
  Message message;
  message.incident_id = 9;
  message.acknowledge_label = "Take";
  EXPECT_THAT(notify::telegram_body(message, "1"),
              ::testing::HasSubstr(R"("inline_keyboard":[[{"text":"Take","callback_data":"ack:9"}]])"));
  message.notice = model::NoticeKind::resolved;
  EXPECT_THAT(notify::telegram_body(message, "1"), ::testing::Not(::testing::HasSubstr("callback_data")));
}

TEST(TelegramAnswer, OfAnyBytesIsNeverOkUnlessItSaysSo) {
  for (const auto* body : {"", "[]", "{", "null", "{\"ok\":1}", "{\"ok\":\"true\"}", "{\"parameters\":[]}"}) {
    EXPECT_FALSE(notify::parse_telegram_answer(200, body).ok) << body;
  }
  EXPECT_FALSE(notify::parse_telegram_answer(500, "{\"ok\":true}").ok);
  EXPECT_TRUE(notify::parse_telegram_answer(200, "{\"ok\":true}").ok);
}

}  // namespace davylamp::contract::testing
