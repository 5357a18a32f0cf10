#include "app/geofence/compile.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "enrich/geoip/countries.hpp"
#include "enrich/geoip/ranges.hpp"
#include "enrich/geoip/search.hpp"

namespace davylamp::app {
namespace {

using geoip::AddressSet;

// An interval is two nodes of the kernel's tree.
constexpr std::uint64_t bytes_per_interval_v4 = 208;
constexpr std::uint64_t bytes_per_interval_v6 = 240;

void open_all(const std::vector<std::string>& paths, std::vector<std::unique_ptr<geoip::Database>>& opened,
              std::vector<std::string>& problems) {
  for (const auto& path : paths) {
    auto database = geoip::Database::open(path);
    if (database) {
      opened.push_back(std::move(*database));
    } else {
      problems.push_back(database.error().message);
    }
  }
}

base::Error no_database(std::string_view what, const FenceDatabases& databases) {
  std::string why = "there is no GeoIP database that names " + std::string(what);
  for (const auto& problem : databases.problems) why += "; " + problem;
  return {"no_database", why + "; put one into /usr/share/GeoIP or name it under [geoip] in the configuration"};
}

// What several files say together: the first that knows an address decides.
template <class Key, class Ranges, class Read, class Pick>
base::Result<std::map<Key, AddressSet>> from_files(const std::vector<std::unique_ptr<geoip::Database>>& files,
                                                   Read read, Pick pick, AddressSet& known) {
  std::map<Key, AddressSet> all;
  for (const auto& file : files) {
    base::Result<Ranges> ranges = read(*file);
    file->let_go();
    if (!ranges) return std::unexpected(ranges.error());
    for (auto& [key, set] : pick(*ranges)) {
      all[key] = united(all[key], known.empty() ? std::move(set) : without(set, known));
    }
    known = united(known, ranges->known);
  }
  return all;
}

std::set<std::string> joined(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::set<std::string> all(a.begin(), a.end());
  all.insert(b.begin(), b.end());
  return all;
}

struct Found {
  std::map<std::string, AddressSet> sets;  // "IR", "AS64500"
  AddressSet known;
};

base::Result<Found> find_sets(const FenceRequest& request, const FenceDatabases& databases) {
  Found found;
  const auto codes = joined(request.allow, request.deny);
  if (!codes.empty()) {
    if (databases.countries.empty()) return std::unexpected(no_database("countries", databases));
    auto sets = from_files<std::string, geoip::CountryRanges>(
        databases.countries, [&](const geoip::Database& file) { return country_ranges(file, codes); },
        [](geoip::CountryRanges& ranges) -> auto& { return ranges.by_code; }, found.known);
    if (!sets) return std::unexpected(sets.error());
    if (found.known.empty()) return std::unexpected(no_database("countries", databases));
    found.sets = std::move(*sets);
  }
  std::set<std::uint32_t> numbers(request.asn.begin(), request.asn.end());
  numbers.insert(request.deny_asn.begin(), request.deny_asn.end());
  if (numbers.empty()) return found;
  if (databases.networks.empty()) return std::unexpected(no_database("networks (ASN)", databases));
  AddressSet known;
  auto sets = from_files<std::uint32_t, geoip::NetworkRanges>(
      databases.networks, [&](const geoip::Database& file) { return network_ranges(file, numbers); },
      [](geoip::NetworkRanges& ranges) -> auto& { return ranges.by_number; }, known);
  if (!sets) return std::unexpected(sets.error());
  if (known.empty()) return std::unexpected(no_database("networks (ASN)", databases));
  for (auto& [number, set] : *sets) found.sets["AS" + std::to_string(number)] = std::move(set);
  found.known = united(found.known, known);
  return found;
}

AddressSet sum(const std::map<std::string, AddressSet>& sets, const std::vector<std::string>& countries,
               const std::vector<std::uint32_t>& networks) {
  AddressSet all;
  for (const auto& code : countries) all = united(all, sets.at(code));
  for (const auto number : networks) all = united(all, sets.at("AS" + std::to_string(number)));
  return all;
}

void note_families(CompiledFence& fence, const AddressSet& known) {
  const auto note = [&](const char* family, const geoip::Intervals& listed, const geoip::Intervals& all) {
    if (!listed.empty()) return;
    if (fence.allows) {
      fence.notes.push_back(std::string("No ") + family + " network is let in" +
                            (all.empty() ? std::string("; the databases hold no ") + family + " at all" : "") +
                            ": every " + family + " client from outside is refused.");
    } else if (all.empty()) {
      fence.notes.push_back(std::string("The databases hold no ") + family + ": nobody is refused there.");
    }
  };
  note("IPv4", fence.listed.v4, known.v4);
  note("IPv6", fence.listed.v6, known.v6);
}

// One edit away: a letter changed, or two swapped.
std::string nearest_country(const std::string& code) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> habits{
      {{"UK", "GB"}, {"EN", "GB"}, {"EL", "GR"}, {"SU", "RU"}, {"USA", "US"}}};
  for (const auto& [habit, meant] : habits) {
    if (code == habit) return std::string(meant);
  }
  const std::string swapped(code.rbegin(), code.rend());
  if (code.size() == 2 && geoip::country_by_code(swapped)) return swapped;
  const auto start = code.substr(0, std::min<std::size_t>(code.size(), 2));
  return geoip::country_by_code(start) ? start : "";
}

template <class T>
void sort_unique(std::vector<T>& list) {
  std::ranges::sort(list);
  list.erase(std::ranges::unique(list).begin(), list.end());
}

}  // namespace

bool CompiledFence::lets_in(const model::Address& address) const {
  return always.contains(address) || listed.contains(address) == allows;
}

FenceDatabases open_databases(const geoip::Config& config) {
  const auto files = geoip::with_found_files(config, geoip::default_directories());
  FenceDatabases databases;
  open_all(files.city, databases.countries, databases.problems);
  open_all(files.country, databases.countries, databases.problems);
  open_all(files.asn, databases.networks, databases.problems);
  return databases;
}

base::Result<std::vector<std::string>> read_countries(std::string_view text) {
  std::vector<std::string> codes;
  for (const auto part : base::split(text, ',')) {
    std::string code(base::trim(part));
    for (auto& c : code) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (!geoip::country_by_code(code)) {
      const auto nearest = nearest_country(code);
      return base::fail(
          "usage",
          "\"" + base::printable(code.substr(0, 40)) + "\" is no country's code; codes are ISO 3166-1, as in IR,DE" +
              (nearest.empty() ? "" : "; " + nearest + " is " + std::string(geoip::country_by_code(nearest)->name)));
    }
    codes.push_back(std::move(code));
  }
  sort_unique(codes);
  return codes;
}

base::Result<std::vector<std::uint32_t>> read_networks(std::string_view text) {
  std::vector<std::uint32_t> numbers;
  for (auto part : base::split(text, ',')) {
    part = base::trim(part);
    if (part.starts_with("AS") || part.starts_with("as")) part.remove_prefix(2);
    const auto number = base::parse_number<std::uint32_t>(part);
    if (!number || *number == 0) {
      return base::fail("usage", "\"" + base::printable(part.substr(0, 40)) +
                                     "\" is no network's number; write them as in 64500,64501");
    }
    numbers.push_back(*number);
  }
  sort_unique(numbers);
  return numbers;
}

base::Result<std::vector<std::string>> read_addresses(std::string_view text) {
  std::vector<std::string> all;
  for (auto part : base::split(text, ',')) {
    part = base::trim(part);
    AddressSet set;
    if (!geoip::add_network(set, part)) {
      return base::fail("usage",
                        "\"" + base::printable(part.substr(0, 60)) +
                            "\" is neither an address nor a network; write them as in 192.0.2.7,2001:db8::/32");
    }
    all.emplace_back(part);
  }
  sort_unique(all);
  return all;
}

AddressSet private_addresses() {
  AddressSet set;
  for (const auto* text : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
                           "127.0.0.0/8", "::1", "fc00::/7", "fe80::/10"}) {
    geoip::add_network(set, text);
  }
  return set;
}

base::Result<CompiledFence> compile_fence(const FenceRequest& request, const FenceDatabases& databases) {
  auto found = find_sets(request, databases);
  if (!found) return std::unexpected(found.error());
  CompiledFence fence;
  for (const auto* files : {&databases.countries, &databases.networks}) {
    for (const auto& file : *files) fence.databases.push_back(file->path());
  }
  for (const auto& [name, set] : found->sets) {
    if (set.empty()) {
      return base::fail("empty",
                        "the databases know no address of " + name + "; leave it out, or use a fuller database");
    }
    fence.shares.push_back({name, set.v4.size(), set.v6.size()});
  }
  fence.allows = !request.allow.empty() || !request.asn.empty();
  const auto named = sum(found->sets, request.allow, request.asn);
  const auto denied = sum(found->sets, request.deny, request.deny_asn);
  if (!request.strict) fence.always = private_addresses();
  for (const auto& network : request.also) geoip::add_network(fence.always, network);
  fence.listed = without(fence.allows ? without(named, denied) : denied, fence.always);
  if (fence.listed.empty()) {
    return base::fail("empty", fence.allows ? "nobody from outside would be left to let in"
                                            : "nobody would be refused; there is nothing to do");
  }
  note_families(fence, found->known);
  for (const auto& problem : databases.problems) fence.notes.push_back(problem);
  return fence;
}

std::uint64_t memory_bytes(const CompiledFence& fence) {
  return (fence.listed.v4.size() + fence.always.v4.size()) * bytes_per_interval_v4 +
         (fence.listed.v6.size() + fence.always.v6.size()) * bytes_per_interval_v6;
}

}  // namespace davylamp::app
