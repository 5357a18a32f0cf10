#include "notify/http_receipt.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace davylamp::notify {
namespace {

using contract::Receipt;

constexpr base::Seconds longest_pause{3'600};

std::optional<base::Seconds> pause_of(const io::HttpAnswer& answer) {
  const auto found = answer.headers.find("retry-after");
  if (found == answer.headers.end()) return std::nullopt;
  const auto seconds = base::parse_number<std::uint32_t>(found->second);
  if (!seconds) return std::nullopt;
  return std::min(base::Seconds{*seconds}, longest_pause);
}

bool may_pass(long status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

}  // namespace

Receipt receipt_of(const base::Result<io::HttpAnswer>& answer, const std::string& whom) {
  if (!answer) {
    const bool never = answer.error().code == "bad_request";
    return {.outcome = never ? Receipt::Outcome::refused : Receipt::Outcome::try_again,
            .text = whom + ": " + answer.error().message,
            .retry_after = std::nullopt};
  }
  const auto said = whom + " answered " + std::to_string(answer->status);
  if (answer->status >= 200 && answer->status < 300) return {.text = said, .retry_after = std::nullopt};
  const auto words = answer->body.empty() ? said : said + ": " + quoted(answer->body);
  if (may_pass(answer->status)) {
    return {.outcome = Receipt::Outcome::try_again, .text = words, .retry_after = pause_of(*answer)};
  }
  return {.outcome = Receipt::Outcome::refused, .text = words, .retry_after = std::nullopt};
}

std::string quoted(std::string_view words, std::size_t most_bytes) {
  auto text = base::to_utf8(base::trim(words.substr(0, most_bytes)));
  std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return base::printable(text);
}

std::string host_of(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
  return std::string(url);
}

}  // namespace davylamp::notify
