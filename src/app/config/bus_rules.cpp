// What must hold of [bus].
#include <algorithm>

#include "app/config/rules.hpp"
#include "bus/redis/address.hpp"
#include "model/shard.hpp"

namespace davylamp::app {
namespace {

constexpr std::size_t longest_prefix = 100;

bool is_prefix(std::string_view prefix) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == ':';
  };
  return !prefix.empty() && prefix.size() <= longest_prefix && std::ranges::all_of(prefix, plain);
}

void check_files(const BusConfig& bus, bool is_secure, std::vector<std::string>& problems) {
  if (bus.certificate_file.has_value() != bus.key_file.has_value())
    problems.emplace_back("bus.certificate_file: a certificate and its key go together; bus.key_file names the other");
  if (!is_secure && (bus.ca_file || bus.certificate_file))
    problems.emplace_back("bus.url: must begin with rediss:// when certificates are given: nothing else speaks TLS");
}

}  // namespace

std::vector<std::string> broken_bus_rules(const BusConfig& bus) {
  std::vector<std::string> problems;
  if (bus.shards < 1 || bus.shards > model::most_shards)
    problems.push_back("bus.shards: must be between 1 and " + std::to_string(model::most_shards));
  if (bus.lease_seconds < 3 || bus.lease_seconds > 300)
    problems.emplace_back("bus.lease_seconds: must be between 3 and 300");
  if (bus.url == "loopback:") return problems;
  const auto address = redis::Address::parse(bus.url);
  if (!address) problems.push_back("bus.url: " + address.error().message + "; leave bus.url out for one process alone");
  if (!is_prefix(bus.prefix))
    problems.emplace_back("bus.prefix: must be letters, digits and any of - _ . : , at most 100 of them");
  check_files(bus, address && address->tls, problems);
  return problems;
}

}  // namespace davylamp::app
