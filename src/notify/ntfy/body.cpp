#include "notify/ntfy/body.hpp"

#include <boost/describe.hpp>
#include <vector>

#include "base/codec.hpp"
#include "base/text.hpp"
#include "notify/shorten.hpp"

namespace davylamp::notify {
namespace {

struct Body {
  std::string topic;
  std::string title;
  std::string message;
  int priority = 3;
  std::vector<std::string> tags;
};
BOOST_DESCRIBE_STRUCT(Body, (), (topic, title, message, priority, tags))

// 1 (lowest) to 5 (highest, which may break through "do not disturb").
int priority_of(const contract::Message& message) {
  if (message.notice == model::NoticeKind::resolved || message.notice == model::NoticeKind::test) return 3;
  switch (message.severity) {
    case model::Severity::critical:
      return 5;
    case model::Severity::warning:
      return 4;
    case model::Severity::notice:
      break;
  }
  return 3;
}

// Short codes of emojis, shown before the title (docs.ntfy.sh/emojis).
std::string tag_of(const contract::Message& message) {
  if (message.notice == model::NoticeKind::resolved) return "white_check_mark";
  if (message.notice == model::NoticeKind::test) return "wave";
  switch (message.severity) {
    case model::Severity::critical:
      return "rotating_light";
    case model::Severity::warning:
      return "warning";
    case model::Severity::notice:
      break;
  }
  return "information_source";
}

}  // namespace

NtfyTarget ntfy_target(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  const auto slash = url.rfind('/');
  if (slash == std::string_view::npos) return {std::string(url), {}};
  return {std::string(url.substr(0, slash + 1)), std::string(url.substr(slash + 1))};
}

std::string ntfy_body(const contract::Message& message, const std::string& topic) {
  return base::json::write(Body{.topic = topic,
                                .title = base::to_utf8(message.title),
                                .message = shortened(base::to_utf8(message.text), longest_ntfy_bytes),
                                .priority = priority_of(message),
                                .tags = {tag_of(message)}});
}

}  // namespace davylamp::notify
