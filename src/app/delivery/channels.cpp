#include "app/delivery/channels.hpp"

#include "app/config/quiet_hours.hpp"
#include "notify/email/notifier.hpp"
#include "notify/ntfy/notifier.hpp"
#include "notify/telegram/notifier.hpp"
#include "notify/webhook/notifier.hpp"

namespace davylamp::app {
namespace {

using Windows = std::vector<RateCap::Window>;

// https://core.telegram.org/bots/faq: one message a second in a chat, 20 a minute in a group.
Windows telegram_windows(const std::string& chat) {
  const Windows chat_windows = {{1, base::Milliseconds{1'050}}};
  const bool is_group = chat.starts_with('-') || chat.starts_with('@');
  return is_group ? Windows{chat_windows.front(), {20, base::Milliseconds{61'000}}} : chat_windows;
}
// ntfy.sh: 60 at once, then one in five seconds (docs.ntfy.sh/publish, "Limitations").
Windows ntfy_windows() {
  return {{60, base::Milliseconds{300'000}}};
}
// Ours: a receiver or a mail server should not take us for an attacker.
Windows webhook_windows() {
  return {{10, base::Milliseconds{1'000}}};
}
Windows email_windows() {
  return {{30, base::Milliseconds{60'000}}};
}

template <class T>
Channel channel(const T& config, const Windows& windows, const ChannelNeeds& needs,
                std::unique_ptr<contract::Notifier> notifier) {
  core::AlertChannel rules;
  rules.name = config.name;
  rules.least = config.least;
  rules.zone = config.zone;
  rules.group_seconds = config.group_seconds;
  if (config.quiet) {
    if (const auto quiet = parse_quiet_hours(*config.quiet)) {
      rules.quiet_from = quiet->from;
      rules.quiet_to = quiet->to;
    }
  }
  return {std::move(rules), notify::Composer(config.language, config.zone, needs.zones), RateCap(windows),
          std::move(notifier)};
}

}  // namespace

std::vector<Channel> open_channels(const NotifyConfig& config, const ChannelNeeds& needs) {
  std::vector<Channel> channels;
  for (const auto& item : config.telegram) {
    const auto chat = item.chats.empty() ? std::string{} : item.chats.front();
    notify::TelegramSettings settings{.access = {.api = item.api, .token = item.token_file}, .chat = chat};
    channels.push_back(channel(item, telegram_windows(chat), needs,
                               std::make_unique<notify::TelegramNotifier>(std::move(settings), needs.stopping)));
  }
  for (const auto& item : config.webhook) {
    notify::WebhookSettings settings{.url = item.url, .secret = item.secret_file, .ca_file = item.ca_file};
    channels.push_back(
        channel(item, webhook_windows(), needs,
                std::make_unique<notify::WebhookNotifier>(std::move(settings), needs.clock, needs.stopping)));
  }
  for (const auto& item : config.email) {
    notify::EmailSettings settings{.server = item.server,
                                   .tls_required = item.tls_required,
                                   .user = item.user,
                                   .password = item.password_file,
                                   .ca_file = item.ca_file,
                                   .from = item.from,
                                   .to = item.to};
    channels.push_back(channel(item, email_windows(), needs,
                               std::make_unique<notify::EmailNotifier>(std::move(settings), needs.stopping)));
  }
  for (const auto& item : config.ntfy) {
    notify::NtfySettings settings{.url = item.url, .token = item.token_file, .ca_file = item.ca_file};
    channels.push_back(channel(item, ntfy_windows(), needs,
                               std::make_unique<notify::NtfyNotifier>(std::move(settings), needs.stopping)));
  }
  return channels;
}

}  // namespace davylamp::app
