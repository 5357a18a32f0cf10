// Whatever providers, resolvers, the kernel, the hub and a hand at the keyboard say to an agent in a tunnel: it is read
// without harm, no address is told that is not public, and no name or target that could not have been meant.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "probe/echo_message.hpp"
#include "probe/hub_answer.hpp"
#include "probe/lookup_answer.hpp"
#include "probe/path_target.hpp"
#include "probe/resolver_file.hpp"
#include "probe/route_messages.hpp"
#include "probe/web_address.hpp"
#include "probe/whoami.hpp"

namespace {

using namespace davylamp;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_lookups(std::string_view text) {
  for (const auto provider :
       {probe::Provider::ipinfo, probe::Provider::cloudflare, probe::Provider::ip_api, probe::Provider::hub}) {
    for (const auto family : {probe::Family::v4, probe::Family::v6}) {
      const auto answer = probe::read_lookup(provider, family, 200, text);
      require(answer.address.has_value() != answer.error.has_value());
      if (!answer.address) continue;
      require(answer.address->kind() == model::AddressKind::public_);
      require(answer.address->is_v4() == (family == probe::Family::v4));
    }
  }
}

void check_sightings(const std::vector<model::ResolverSighting>& seen) {
  for (const auto& sighting : seen)
    require(sighting.address && sighting.address->kind() == model::AddressKind::public_);
}

// The first bytes are made those of an answer to the question, so that the rest is read as well.
void check_dns(std::span<const std::byte> bytes) {
  const probe::DnsQuestion question{1, std::string(probe::google_whoami), probe::DnsType::txt};
  static_cast<void>(probe::read_dns_answer(bytes, question));
  auto message = probe::dns_question(question).value();
  message.resize(message.size() - 11);
  message[2] = std::byte{0x81};
  message[7] = std::byte{4};
  message.insert(message.end(), bytes.begin(), bytes.end());
  const auto answer = probe::read_dns_answer(message, question);
  if (!answer) return;
  check_sightings(probe::read_google_whoami(*answer));
  check_sightings(probe::read_akamai_whoami(*answer));
}

void check_kernel(std::span<const std::byte> bytes) {
  if (const auto link = probe::read_host_link(bytes)) require(!link->name.empty());
  probe::read_route(bytes);
  probe::read_echo_reply(probe::Family::v4, bytes, 0);
}

void check_words(std::string_view text) {
  if (const auto target = probe::PathTarget::parse(text)) require(!target->host.empty() && target->port != 0);
  if (const auto address = probe::WebAddress::parse(text)) {
    require(!address->host.empty() && address->port != 0 && address->path.starts_with('/'));
    require(address->path.find_first_of(" \r\n") == std::string::npos);
    require(address->host.find_first_of("\r\n") == std::string::npos);
  }
  require(!probe::read_resolver_file(text).empty() && probe::read_resolver_file(text).size() <= 3);
}

void check_hub(std::string_view text) {
  const auto answer = probe::read_hub_answer(text);
  require(!answer.next.interval_seconds || *answer.next.interval_seconds >= 5);
  probe::read_http_date(text.substr(0, 29));
  if (const auto enrolment = probe::read_enrolment(text))
    require(!enrolment->name.empty() && !enrolment->token.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto raw = std::as_bytes(std::span(bytes, size));
  check_lookups(text);
  check_dns(raw);
  check_kernel(raw);
  check_words(text);
  check_hub(text);
  return 0;
}
