// Thinks: from a request and the GeoIP databases to addresses.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/geofence/fence.hpp"
#include "enrich/geoip/config.hpp"
#include "enrich/geoip/database.hpp"

namespace davylamp::app {

struct FenceDatabases {
  // In the order in which they are asked, as geoip::Enricher does: an address belongs to the country that the first
  // file names for it.
  std::vector<std::unique_ptr<geoip::Database>> countries;  // city and country files
  std::vector<std::unique_ptr<geoip::Database>> networks;
  std::vector<std::string> problems;  // of files that cannot be read
};
FenceDatabases open_databases(const geoip::Config& config);

// "ir, de": upper case and sorted. Fails with "usage" for what is no country, with the nearest code.
base::Result<std::vector<std::string>> read_countries(std::string_view text);
// "64500,AS64501".
base::Result<std::vector<std::uint32_t>> read_networks(std::string_view text);
// "192.0.2.1,2001:db8::/32".
base::Result<std::vector<std::string>> read_addresses(std::string_view text);

// Fails with "no_database" when a database is missing for what is asked, "damaged" when one is broken, "empty" when
// a country or network has no address in them or nobody would be left to let in.
base::Result<CompiledFence> compile_fence(const FenceRequest& request, const FenceDatabases& databases);

// Loopback, private, shared (RFC 6598) and link-local addresses.
geoip::AddressSet private_addresses();

// What the kernel will need for its sets, roughly.
std::uint64_t memory_bytes(const CompiledFence& fence);

}  // namespace davylamp::app
