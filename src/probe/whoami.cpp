#include "probe/whoami.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace davylamp::probe {
namespace {

constexpr std::string_view subnet_mark = "edns0-client-subnet ";
constexpr std::size_t most_sightings = 8;

void add(std::vector<model::ResolverSighting>& seen, std::string_view method, const model::Address& address) {
  if (address.kind() != model::AddressKind::public_ || seen.size() == most_sightings) return;
  if (std::ranges::find(seen, std::optional(address), &model::ResolverSighting::address) != seen.end()) return;
  model::ResolverSighting sighting;
  sighting.method = method;
  sighting.address = address;
  seen.push_back(std::move(sighting));
}

std::optional<std::string> subnet(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = model::Address::parse(text.substr(0, slash));
  const auto bits = base::parse_number<unsigned>(text.substr(slash + 1));
  if (!address || !bits || *bits > (address->is_v4() ? 32U : 128U)) return std::nullopt;
  return address->to_string() + "/" + std::to_string(*bits);
}

}  // namespace

std::vector<model::ResolverSighting> read_google_whoami(const DnsAnswer& answer) {
  std::vector<model::ResolverSighting> seen;
  std::optional<std::string> client;
  for (const std::string_view text : answer.texts) {
    if (text.starts_with(subnet_mark)) {
      client = subnet(base::trim(text.substr(subnet_mark.size())));
    } else if (const auto address = model::Address::parse(base::trim(text))) {
      add(seen, "whoami_google", *address);
    }
  }
  for (auto& sighting : seen) sighting.client_subnet = client;
  return seen;
}

std::vector<model::ResolverSighting> read_akamai_whoami(const DnsAnswer& answer) {
  std::vector<model::ResolverSighting> seen;
  for (const auto& address : answer.addresses) add(seen, "whoami_akamai", address);
  return seen;
}

}  // namespace davylamp::probe
