#include "probe/lookup_answer.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/codec_read.hpp"
#include "base/text.hpp"

namespace davylamp::probe {
namespace {

constexpr unsigned ok = 200;
constexpr std::size_t longest_text = 100;

model::LookupAnswer failed(Provider provider, std::string error) {
  model::LookupAnswer answer;
  answer.provider = provider_name(provider);
  answer.error = std::move(error);
  return answer;
}

std::optional<std::string> text_of(const boost::json::object& members, std::string_view name) {
  const auto* const member = members.if_contains(name);
  if (member == nullptr || !member->is_string() || member->get_string().empty()) return std::nullopt;
  const std::string_view text = member->get_string();
  return text.size() > longest_text ? std::nullopt : std::optional(std::string(text));
}

// ISO 3166-1 alpha-2. Cloudflare says XX for an unknown country and T1 for Tor.
std::optional<std::string> country_code(std::optional<std::string> text) {
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (!text || text->size() != 2 || !std::ranges::all_of(*text, is_letter) || *text == "XX") return std::nullopt;
  return text;
}

// "AS16276 OVH SAS" is a number and a name.
void take_network(const std::optional<std::string>& text, model::LookupAnswer& answer) {
  if (!text || !text->starts_with("AS")) return;
  const auto space = std::min(text->find(' '), text->size());
  answer.asn = base::parse_number<std::uint32_t>(std::string_view(*text).substr(2, space - 2));
  if (answer.asn && space + 1 < text->size()) answer.network = text->substr(space + 1);
}

model::LookupAnswer with_address(Provider provider, Family family, const std::optional<std::string>& text) {
  if (!text) return failed(provider, "the answer names no address");
  const auto address = model::Address::parse(*text);
  if (!address) return failed(provider, "\"" + base::printable(*text) + "\" is not an address");
  if (address->kind() != model::AddressKind::public_) {
    return failed(provider, address->to_string() + " is not a public address (" +
                                std::string(base::json::enum_name(address->kind())) + ")");
  }
  if (address->is_v4() != (family == Family::v4))
    return failed(provider, address->to_string() + " is of the other IP version than the question");
  model::LookupAnswer answer;
  answer.provider = provider_name(provider);
  answer.address = *address;
  return answer;
}

model::LookupAnswer read_ipinfo(Family family, const boost::json::object& members) {
  if (const auto* const bogon = members.if_contains("bogon"); bogon != nullptr && *bogon == true)
    return failed(Provider::ipinfo, "the provider calls the address a bogon");
  auto answer = with_address(Provider::ipinfo, family, text_of(members, "ip"));
  if (!answer.address) return answer;
  answer.country_code = country_code(text_of(members, "country"));
  answer.city = text_of(members, "city");
  take_network(text_of(members, "org"), answer);
  return answer;
}

model::LookupAnswer read_ip_api(Family family, const boost::json::object& members) {
  if (text_of(members, "status") != "success") {
    return failed(Provider::ip_api,
                  "the provider says: " + base::printable(text_of(members, "message").value_or("failed")));
  }
  auto answer = with_address(Provider::ip_api, family, text_of(members, "query"));
  if (!answer.address) return answer;
  answer.country_code = country_code(text_of(members, "countryCode"));
  answer.city = text_of(members, "city");
  take_network(text_of(members, "as"), answer);
  return answer;
}

// Lines of "name=value".
model::LookupAnswer read_trace(Family family, std::string_view body) {
  std::optional<std::string> address;
  std::optional<std::string> location;
  for (const auto line : base::split(body, '\n')) {
    const auto text = base::trim(line);
    if (text.starts_with("ip=") && text.size() <= longest_text) address = text.substr(3);
    if (text.starts_with("loc=") && text.size() <= longest_text) location = text.substr(4);
  }
  auto answer = with_address(Provider::cloudflare, family, address);
  if (answer.address) answer.country_code = country_code(std::move(location));
  return answer;
}

}  // namespace

std::string_view provider_name(Provider provider) {
  return provider == Provider::ip_api ? "ip-api" : base::json::enum_name(provider);
}

model::LookupAnswer read_lookup(Provider provider, Family family, unsigned status, std::string_view body) {
  if (status != ok) return failed(provider, "the provider answers with HTTP status " + std::to_string(status));
  if (provider == Provider::cloudflare) return read_trace(family, body);
  const auto value = base::json::parse(body);
  if (!value || !value->is_object()) return failed(provider, "the answer is not a JSON object");
  const auto& members = value->get_object();
  if (provider == Provider::ipinfo) return read_ipinfo(family, members);
  if (provider == Provider::ip_api) return read_ip_api(family, members);
  return with_address(provider, family, text_of(members, "address"));
}

}  // namespace davylamp::probe
