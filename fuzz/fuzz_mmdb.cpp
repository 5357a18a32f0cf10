// Databases: no file crashes the lookup, and what it answers is a place that the page can show.
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "enrich/geoip/enricher.hpp"

namespace {

using namespace davylamp;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const geoip::Enricher& enricher, const char* text) {
  const auto place = enricher.place(*model::Address::parse(text));
  require(!place.country_code || place.country_code->size() == 2);
  require(place.latitude.has_value() == place.longitude.has_value());
  require(!place.latitude || (std::abs(*place.latitude) <= 90 && std::abs(*place.longitude) <= 180));
}

}  // namespace

// libmaxminddb 1.7.1 itself loses some memory when it refuses a file whose metadata is damaged: not ours to mend.
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string path = "/tmp/davylamp-fuzz-mmdb-XXXXXX";
  const int file = mkstemp(path.data());
  require(file >= 0 && write(file, bytes, size) == static_cast<ssize_t>(size));
  close(file);
  {
    const geoip::Enricher enricher({{path}, {path}, {path}});
    for (const auto* text : {"1.1.1.1", "2.125.160.216", "81.2.69.160", "8.8.8.8", "2001:252::1", "2a02:cf40::"})
      check(enricher, text);
  }
  unlink(path.c_str());
  return 0;
}
