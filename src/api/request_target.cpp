#include "api/request_target.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace davylamp::api {
namespace {

constexpr std::size_t max_query_names = 64;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::unexpected<base::Error> bad_target(std::string why) {
  return base::fail("bad_target", std::move(why));
}

// The part of an absolute-form target after its authority; other targets as they are.
std::string_view without_authority(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (base::to_lower(text.substr(0, scheme.size())) != scheme) continue;
    const auto slash = text.find_first_of("/?", scheme.size());
    return slash == std::string_view::npos ? std::string_view("/") : text.substr(slash);
  }
  return text;
}

bool has_dot_segment(std::string_view path) {
  const auto segments = base::split(path, '/');
  return std::ranges::any_of(segments, [](std::string_view segment) { return segment == "." || segment == ".."; });
}

base::Result<std::string> parse_path(std::string_view text) {
  const auto path = percent_decode(text, PercentContext::path);
  if (!path) return bad_target("the path has a broken percent-encoding");
  const bool names_a_file = !path->starts_with("/api/");
  if (text.contains('\\') || (names_a_file && path->contains('\\'))) return bad_target("the path has a backslash");
  if (std::ranges::any_of(*path, is_control)) return bad_target("the path has a control character");
  if (!base::is_utf8(*path)) return bad_target("the path is not UTF-8");
  if (has_dot_segment(*path)) return bad_target("the path has a \".\" or \"..\" segment");
  return *path;
}

// Of a path that parse_path() took.
std::vector<std::string> segments_of(std::string_view text) {
  std::vector<std::string> segments;
  for (const auto part : base::split(text.substr(1), '/')) {
    segments.push_back(percent_decode(part, PercentContext::path).value_or(""));
  }
  return segments;
}

base::Result<std::map<std::string, std::string>> parse_query(std::string_view text) {
  std::map<std::string, std::string> query;
  for (const auto pair : base::split(text, '&')) {
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const auto name = percent_decode(pair.substr(0, equals), PercentContext::query);
    const auto value =
        percent_decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1), PercentContext::query);
    if (!name || !value) return bad_target("the query has a broken percent-encoding");
    if (!base::is_utf8(*name) || !base::is_utf8(*value)) return bad_target("the query is not UTF-8");
    query.insert_or_assign(*name, *value);
    if (query.size() > max_query_names) return bad_target("the query has more than 64 names");
  }
  return query;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_address6_character(char c) {
  return hex_value(c) >= 0 || c == ':' || c == '.';
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, PercentContext context) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' && context == PercentContext::query ? ' ' : text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

base::Result<RequestTarget> parse_target(std::string_view text) {
  if (text == "*") text = "/";
  text = without_authority(text);
  if (text.starts_with('?')) return bad_target("the path is empty");
  if (!text.starts_with('/')) return bad_target("the target does not begin with \"/\"");
  if (text.contains('#')) return bad_target("the target has a fragment");
  const auto question = text.find('?');
  auto path = parse_path(text.substr(0, question));
  if (!path) return std::unexpected(path.error());
  auto query = parse_query(question == std::string_view::npos ? "" : text.substr(question + 1));
  if (!query) return std::unexpected(query.error());
  return RequestTarget{std::move(*path), segments_of(text.substr(0, question)), std::move(*query)};
}

std::map<std::string, std::string> parse_cookies(std::string_view header) {
  std::map<std::string, std::string> cookies;
  for (const auto part : base::split(header, ';')) {
    const auto pair = base::trim(part);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    auto value = base::trim(pair.substr(equals + 1));
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
    cookies.try_emplace(std::string(base::trim(pair.substr(0, equals))), value);
  }
  return cookies;
}

base::Result<Authority> parse_authority(std::string_view text) {
  const auto bad = [] { return base::fail("bad_host", "the host is not a name or an address with an optional port"); };
  const auto lower = base::to_lower(text);
  std::string_view host = lower;
  std::string_view rest;
  if (host.starts_with('[')) {
    const auto close = host.find(']');
    if (close == std::string_view::npos) return bad();
    rest = host.substr(close + 1);
    host = host.substr(1, close - 1);
    if (!std::ranges::all_of(host, is_address6_character)) return bad();
  } else {
    const auto colon = std::min(host.find(':'), host.size());
    rest = host.substr(colon);
    host = host.substr(0, colon);
    if (!std::ranges::all_of(host, is_host_character)) return bad();
    if (host.ends_with('.')) host.remove_suffix(1);
  }
  if (host.empty()) return bad();
  Authority authority{std::string(host), std::nullopt};
  if (rest.empty()) return authority;
  if (!rest.starts_with(':')) return bad();
  authority.port = base::parse_number<std::uint16_t>(rest.substr(1));
  if (!authority.port && rest != ":") return bad();
  return authority;
}

}  // namespace davylamp::api
