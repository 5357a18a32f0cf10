#include "notify/email/notifier.hpp"

#include <atomic>
#include <fstream>
#include <mutex>

#include "base/testing/temporary_directory.hpp"
#include "base/text.hpp"
#include "contract/testing/notifier_contract.hpp"
#include "contract/testing/played_host.hpp"
#include "notify/email/letter.hpp"

namespace davylamp::contract::testing {
namespace {

std::string from_base64(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) continue;
    bits = (bits << 6U) | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xffU);
  }
  return out;
}

std::string readable(const std::string& letter) {
  const auto head = letter.substr(0, letter.find("\r\n\r\n"));
  std::string title;
  for (auto at = head.find("=?UTF-8?B?"); at != std::string::npos; at = head.find("=?UTF-8?B?", at + 1)) {
    title += from_base64(head.substr(at + 10, head.find("?=", at + 10) - at - 10));
  }
  return title + "\n" + from_base64(letter.substr(head.size()));
}

}  // namespace

// A mail server of few words.
class EmailBench {
 public:
  static constexpr bool can_ask_pause = false;
  EmailBench() { std::ofstream(directory_.file("password")) << secret() << "\n"; }
  void set(ProviderMood mood) { mood_ = mood; }
  std::string secret() const { return "tOpSeCrEt"; }
  std::unique_ptr<Notifier> notifier() { return make(host_.port()); }
  std::unique_ptr<Notifier> notifier_to_nobody() { return make(1); }
  std::vector<std::string> taken() {
    const std::lock_guard lock(mutex_);
    return taken_;
  }

 private:
  std::unique_ptr<Notifier> make(std::uint16_t port) {
    return std::make_unique<notify::EmailNotifier>(
        notify::EmailSettings{.server = "smtp://127.0.0.1:" + std::to_string(port),
                              .tls_required = false,
                              .user = "davy",
                              .password = directory_.file("password"),
                              .ca_file = {},
                              .from = "davylamp@example.org",
                              .to = {"ops@example.org", "night@example.org"},
                              .limit = limit_in(mood_)});
  }
  void play(PlayedConnection& connection) {
    const auto mood = mood_.load();
    if (mood == ProviderMood::silent) return connection.stay_silent();
    if (mood == ProviderMood::babbles) return connection.write("HTTP/1.1 200 OK\r\n\r\n");
    connection.write("220 mail.example.org ESMTP\r\n");
    for (auto line = connection.read_until("\r\n"); !line.empty(); line = connection.read_until("\r\n")) {
      if (line.starts_with("EHLO")) {
        connection.write("250-mail.example.org\r\n250 AUTH PLAIN\r\n");
      } else if (line.starts_with("AUTH")) {
        connection.write("334 \r\n");
        connection.read_until("\r\n");
        connection.write("235 welcome\r\n");
      } else if (line.starts_with("MAIL") && mood == ProviderMood::fails) {
        connection.write("451 later, tOpSeCrEt\r\n");
      } else if (line.starts_with("MAIL") && mood == ProviderMood::refuses) {
        connection.write("550 never, tOpSeCrEt\r\n");
      } else if (line.starts_with("DATA")) {
        connection.write("354 go on\r\n");
        const auto letter = connection.read_until("\r\n.\r\n");
        if (mood == ProviderMood::hangs_up) return;
        const std::lock_guard lock(mutex_);
        taken_.push_back(readable(letter));
        connection.write("250 queued as 1\r\n");
      } else if (line.starts_with("QUIT")) {
        return connection.write("221 bye\r\n");
      } else {
        connection.write("250 ok\r\n");
      }
    }
  }
  std::atomic<ProviderMood> mood_ = ProviderMood::works;
  std::mutex mutex_;
  std::vector<std::string> taken_;
  base::TemporaryDirectory directory_;
  PlayedHost host_{[this](PlayedConnection& connection) { play(connection); }};
};
INSTANTIATE_TYPED_TEST_SUITE_P(Email, NotifierContract, EmailBench);

TEST(EmailNotifier, NeverSpeaksInClearUnlessItMay) {
  std::atomic<bool> told = false;
  PlayedHost host([&](PlayedConnection& connection) {
    connection.write("220 mail ESMTP\r\n");
    while (true) {
      const auto line = connection.read_until("\r\n");
      if (line.empty()) return;
      if (line.starts_with("MAIL") || line.starts_with("AUTH")) told = true;
      connection.write(line.starts_with("EHLO") ? "250 AUTH PLAIN\r\n" : "502 no\r\n");
    }
  });
  notify::EmailNotifier notifier({.server = "smtp://127.0.0.1:" + std::to_string(host.port()),
                                  .from = "a@example.org",
                                  .to = {"b@example.org"},
                                  .limit = base::Milliseconds{60'000}});
  const auto receipt = notifier.send({});
  EXPECT_NE(receipt.outcome, Receipt::Outcome::delivered);
  EXPECT_THAT(receipt.text, ::testing::HasSubstr("nothing is sent in clear"));
  EXPECT_FALSE(told);
}

TEST(Letter, HoldsNoHeaderButItsOwn) {
  Message message;
  message.title = "x\r\nBcc: all@example.org\r\n\r\nbody";
  message.text = "line\n.\nline";
  const auto text = notify::letter(message, {.from = "a@example.org", .to = {"b@example.org", "c@d\r\nBcc: e@f"}});
  const auto head = text.substr(0, text.find("\r\n\r\n"));
  EXPECT_THAT(head, ::testing::Not(::testing::HasSubstr("Bcc")));
  EXPECT_THAT(head, ::testing::HasSubstr("To: b@example.org\r\n"));
  for (const auto line : base::split(text, '\n')) EXPECT_LE(line.size(), 79U) << line;
}

TEST(Letter, KeepsItsNameOverTries) {
  Message message;
  message.delivery_id = 42;
  message.incident_id = 7;
  message.at = base::from_unix_seconds(1'795'000'000);
  const auto text = notify::letter(message, {.from = "a@example.org", .to = {"b@example.org"}});
  EXPECT_THAT(text, ::testing::HasSubstr("Message-ID: <davylamp.delivery.42.1795000000000@example.org>\r\n"));
  EXPECT_THAT(text, ::testing::HasSubstr("References: <davylamp.incident.7."));
  EXPECT_THAT(text, ::testing::HasSubstr("Date: Wed, 18 Nov 2026 11:06:40 +0000\r\n"));
  EXPECT_EQ(text, notify::letter(message, {.from = "a@example.org", .to = {"b@example.org"}}));
}

TEST(EncodedWords, AreShortAndCutBetweenCharacters) {
  std::string title;
  for (int i = 0; i < 60; ++i) title += "Я";
  std::string joined;
  for (const auto word : base::split(notify::encoded_words(title), '\n')) {
    EXPECT_LE(word.size(), 78U);
    const auto decoded = from_base64(base::trim(word).substr(10, base::trim(word).size() - 12));
    EXPECT_TRUE(base::is_utf8(decoded));
    joined += decoded;
  }
  EXPECT_EQ(joined, title);
}

TEST(MailAddress, HasOneAtAndNothingThatMisleads) {
  EXPECT_TRUE(notify::is_mail_address("ops@example.org"));
  for (const auto* wrong : {"", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\r\n", "<a@b>", "ä@b"}) {
    EXPECT_FALSE(notify::is_mail_address(wrong)) << wrong;
  }
}

}  // namespace davylamp::contract::testing
