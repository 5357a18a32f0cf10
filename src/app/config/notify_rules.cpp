#include <algorithm>
#include <map>

#include "app/config/quiet_hours.hpp"
#include "app/config/rules.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::size_t longest_name_bytes = 64;
constexpr std::size_t most_chats = 50;
constexpr std::size_t most_recipients = 50;
constexpr std::uint32_t longest_group_seconds = 3'600;

std::optional<std::uint16_t> minute_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = base::parse_number<std::uint16_t>(text.substr(0, 2));
  const auto minute = base::parse_number<std::uint16_t>(text.substr(3));
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  return static_cast<std::uint16_t>((*hour * 60) + *minute);
}

// The host of "scheme://host:port/path"; empty when it is not such a URL, or has a user or odd characters in it.
std::string_view host_of(std::string_view url, std::string_view scheme) {
  if (!url.starts_with(scheme)) return {};
  const bool is_plain = std::ranges::all_of(url, [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; });
  url.remove_prefix(scheme.size());
  const auto host = url.substr(0, url.find_first_of("/?#"));
  return is_plain && !host.contains('@') ? host : std::string_view{};
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.starts_with("localhost:") || host.starts_with("127.") || host.starts_with("[::1]");
}

bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos && std::ranges::all_of(text, [](char c) {
           return c > 0x20 && c < 0x7f && !std::string_view("<>()[]\\,;:\"").contains(c);
         });
}

class NotifyRules {
 public:
  explicit NotifyRules(const NotifyConfig& notify) : notify_(notify) {}

  std::vector<std::string> check() {
    each("telegram", notify_.telegram, [this](const auto& key, const auto& item) { telegram(key, item); });
    each("webhook", notify_.webhook, [this](const auto& key, const auto& item) { webhook(key, item); });
    each("email", notify_.email, [this](const auto& key, const auto& item) { email(key, item); });
    each("ntfy", notify_.ntfy, [this](const auto& key, const auto& item) { ntfy(key, item); });
    return std::move(problems_);
  }

 private:
  void add(const std::string& key, const std::string& what) { problems_.push_back(key + ": " + what); }

  template <class T, class Check>
  void each(const std::string& kind, const std::vector<T>& items, Check check) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto key = "notify." + kind + "[" + std::to_string(i) + "]";
      const auto& item = items[i];
      name(key, item.name);
      if (!is_zone_name(item.zone)) add(key + ".zone", "is not the name of a time zone, such as Europe/Berlin or UTC");
      if (item.quiet && !parse_quiet_hours(*item.quiet)) {
        add(key + ".quiet", "must be two times of the day, such as 22:00-07:00");
      }
      if (item.group_seconds > longest_group_seconds) add(key + ".group_seconds", "must be at most 3600");
      check(key, item);
    }
  }

  void name(const std::string& key, const std::string& name) {
    if (name.empty()) return add(key + ".name", "is needed: a short name, as rules and the page use it");
    if (name.size() > longest_name_bytes) add(key + ".name", "is longer than 64 bytes");
    if (base::printable(name) != name) add(key + ".name", "holds control characters");
    const auto [first, fresh] = names_.try_emplace(name, key);
    if (!fresh) add(key + ".name", "\"" + base::printable(name) + "\" is the name of " + first->second + " already");
  }

  void secret(const std::string& key, const std::optional<std::string>& place) {
    if (!place || place->starts_with('/')) return;
    if (place->starts_with("env:") && place->size() > 4) return;
    add(key,
        "must be the path of a file that holds the secret, beginning with /, or env:NAME; never the secret itself");
  }

  void ca(const std::string& key, const std::optional<std::string>& file) {
    if (file && !file->starts_with('/')) add(key, "must be an absolute path: it begins with /");
  }

  void telegram(const std::string& key, const TelegramConfig& item) {
    secret(key + ".token_file", item.token_file);
    const auto plain = host_of(item.api, "http://");
    if (host_of(item.api, "https://").empty() && !is_loopback(plain)) {
      add(key + ".api", "must be an https URL, or an http URL of this host: the token is a part of every request");
    }
    if (item.api.ends_with('/')) add(key + ".api", "must not end in /");
    if (item.chats.empty()) add(key + ".chats", "is needed: the number of a chat, or @name of a public one");
    if (item.chats.size() > most_chats) add(key + ".chats", "has more than 50 chats");
    for (const auto& chat : item.chats) {
      const bool is_name = chat.starts_with('@') && chat.size() > 1 && base::printable(chat) == chat;
      if (!is_name && !base::parse_number<std::int64_t>(chat)) {
        add(key + ".chats", "\"" + base::printable(chat) + "\" is neither a number nor @name");
      }
    }
  }

  void url(const std::string& key, const std::string& url) {
    if (host_of(url, "https://").empty() && host_of(url, "http://").empty()) {
      add(key, "must be a URL of http or https, without a user and password in it");
    }
  }

  void webhook(const std::string& key, const WebhookConfig& item) {
    url(key + ".url", item.url);
    secret(key + ".secret_file", item.secret_file);
    ca(key + ".ca_file", item.ca_file);
  }

  void ntfy(const std::string& key, const NtfyConfig& item) {
    url(key + ".url", item.url);
    const auto scheme = item.url.find("://");
    const auto slash = scheme == std::string::npos ? scheme : item.url.find('/', scheme + 3);
    if (slash == std::string::npos || slash + 1 == item.url.size() || item.url.contains('?')) {
      add(key + ".url", "must end in the topic, such as https://ntfy.sh/my-topic");
    }
    secret(key + ".token_file", item.token_file);
    ca(key + ".ca_file", item.ca_file);
  }

  void email(const std::string& key, const EmailConfig& item) {
    if (host_of(item.server, "smtp://").empty() && host_of(item.server, "smtps://").empty()) {
      add(key + ".server", "must be smtp://HOST:PORT (STARTTLS) or smtps://HOST");
    }
    if (item.user.has_value() != item.password_file.has_value()) {
      add(key + (item.user ? ".user" : ".password_file"), "user and password_file go together");
    }
    secret(key + ".password_file", item.password_file);
    ca(key + ".ca_file", item.ca_file);
    if (!is_mail_address(item.from)) add(key + ".from", "must be a mail address, such as davylamp@example.org");
    if (item.to.empty()) add(key + ".to", "is needed: who gets the letters");
    if (item.to.size() > most_recipients) add(key + ".to", "has more than 50 addresses");
    for (const auto& to : item.to) {
      if (!is_mail_address(to)) add(key + ".to", "\"" + base::printable(to) + "\" is not a mail address");
    }
  }

  const NotifyConfig& notify_;
  std::map<std::string, std::string> names_;  // and the key of who has it
  std::vector<std::string> problems_;
};

}  // namespace

std::optional<QuietHours> parse_quiet_hours(std::string_view text) {
  const auto parts = base::split(text, '-');
  if (parts.size() != 2) return std::nullopt;
  const auto from = minute_of(base::trim(parts[0]));
  const auto to = minute_of(base::trim(parts[1]));
  if (!from || !to || *from == *to) return std::nullopt;
  return QuietHours{*from, *to};
}

std::vector<std::string> broken_notify_rules(const NotifyConfig& notify) {
  return NotifyRules(notify).check();
}

}  // namespace davylamp::app
