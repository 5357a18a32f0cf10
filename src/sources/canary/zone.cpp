#include "sources/canary/zone.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::canary {
namespace {

constexpr std::uint16_t internet = 1;
constexpr std::uint32_t apex_ttl_seconds = 3'600;
constexpr std::size_t shortest_id = 6;
constexpr std::size_t longest_id = 40;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_canary(std::string_view label) {
  const auto dash = label.find('-');
  if (dash == std::string_view::npos || dash == 0 || dash > 2) return false;
  const auto id = label.substr(dash + 1);
  return std::ranges::all_of(label.substr(0, dash), is_digit) && id.size() >= shortest_id && id.size() <= longest_id &&
         std::ranges::all_of(id, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); });
}

void put32(std::vector<std::byte>& out, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out.push_back(static_cast<std::byte>(value >> shift & 0xffU));
}

std::vector<std::byte> address_bytes(const model::Address& address) {
  std::vector<std::byte> out;
  const std::size_t width = address.is_v4() ? 4 : 16;
  for (std::size_t i = 0; i < width; ++i) out.push_back(static_cast<std::byte>(address.bytes().at(i)));
  return out;
}

}  // namespace

Zone::Zone(ZoneFacts facts) : facts_(std::move(facts)) {}

std::optional<std::string_view> Zone::inside(std::string_view name) const {
  if (name == facts_.zone) return "";
  if (!name.ends_with("." + facts_.zone)) return std::nullopt;
  return name.substr(0, name.size() - facts_.zone.size() - 1);
}

std::optional<std::string> Zone::canary_of(const Query& query) const {
  const auto label = inside(query.name);
  if (!label || query.class_ != internet || query.opcode != 0 || !is_canary(*label)) return std::nullopt;
  return std::string(*label);
}

// Nothing is to be kept for a name that is asked once: the last number is 0 (RFC 2308).
Record Zone::start_of_authority() const {
  auto content = name_bytes(facts_.name_server);
  for (const auto byte : name_bytes("hostmaster." + facts_.zone)) content.push_back(byte);
  for (const std::uint32_t number : {1U, 3'600U, 600U, 86'400U, 0U}) put32(content, number);
  return {facts_.zone, record_type::soa, 0, std::move(content)};
}

Record Zone::name_server() const {
  return {facts_.zone, record_type::ns, apex_ttl_seconds, name_bytes(facts_.name_server)};
}

Answer Zone::answer(const Query& query) const {
  if (query.edns && query.edns->version != 0) return {ResponseCode::bad_version, false, {}, {}};
  if (query.opcode != 0) return {ResponseCode::not_implemented, false, {}, {}};
  const auto label = inside(query.name);
  if (!label || query.class_ != internet) return {ResponseCode::refused, false, {}, {}};
  Answer answer;
  if (label->empty()) {
    if (query.type == record_type::ns || query.type == record_type::any) answer.answers.push_back(name_server());
    if (query.type == record_type::soa || query.type == record_type::any)
      answer.answers.push_back(start_of_authority());
  } else if (is_canary(*label)) {
    const auto v4 =
        facts_.address && facts_.address->is_v4() ? *facts_.address : model::Address::from_v4({192, 0, 2, 1});
    const auto v6 = facts_.address && !facts_.address->is_v4()
                        ? *facts_.address
                        : model::Address::from_v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    if (query.type == record_type::a) answer.answers.push_back({query.name, query.type, 0, address_bytes(v4)});
    if (query.type == record_type::aaaa) answer.answers.push_back({query.name, query.type, 0, address_bytes(v6)});
  } else {
    answer.code = ResponseCode::name_error;
  }
  if (answer.answers.empty()) answer.authorities.push_back(start_of_authority());
  return answer;
}

}  // namespace davylamp::canary
