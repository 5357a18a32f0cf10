#include "enrich/geoip/ranges.hpp"

#include <functional>
#include <unordered_map>
#include <vector>

#include "enrich/geoip/record.hpp"

namespace davylamp::geoip {
namespace {

// What a record is to the caller: the number of a list, or nothing.
using Classify = std::function<std::optional<std::size_t>(const MMDB_entry_s&)>;

constexpr std::size_t known_list = 0;  // every classified address is in this one too

class Walk {
 public:
  Walk(const Database& database, std::size_t lists, Classify classify)
      : database_(database), mmdb_(database.native()), classify_(std::move(classify)), sets_(lists) {}

  base::Result<std::vector<AddressSet>> run() {
    const bool six = mmdb_.metadata.ip_version == 6;
    if (six) {
      find_ipv4();
      from_root(128);
    }
    if (!failed_) {
      v4_ = true;
      if (!six) from_root(32);
      if (six) follow(ipv4_, {0, 32});
    }
    if (failed_) return std::unexpected(*failed_);
    return std::move(sets_);
  }

 private:
  struct Record {
    std::uint8_t type = MMDB_RECORD_TYPE_EMPTY;
    std::uint64_t node = 0;
    MMDB_entry_s entry{};
  };
  // The network that is looked at: its first address, and how many bits are still open.
  struct Here {
    Number first;
    unsigned open;
  };

  void fail(std::string code, const std::string& what) {
    if (failed_) return;
    failed_ = base::Error{std::move(code), "the GeoIP database " + database_.path() + " " + what};
  }

  void find_ipv4() {
    ipv4_ = {MMDB_RECORD_TYPE_SEARCH_NODE, 0, {}};
    for (unsigned depth = 0; depth < 96 && ipv4_.type == MMDB_RECORD_TYPE_SEARCH_NODE; ++depth) {
      MMDB_search_node_s node{};
      if (!read(ipv4_.node, node)) return;
      ipv4_ = {node.left_record_type, node.left_record, node.left_record_entry};
    }
  }

  void from_root(unsigned open) { follow({MMDB_RECORD_TYPE_SEARCH_NODE, 0, {}}, {0, open}); }

  bool read(std::uint64_t number, MMDB_search_node_s& node) {
    const bool inside = number < mmdb_.metadata.node_count;
    if (inside && MMDB_read_node(&mmdb_, static_cast<std::uint32_t>(number), &node) == MMDB_SUCCESS) return true;
    fail("damaged", "is damaged: its tree leaves the file; fetch it again");
    return false;
  }

  // Not recursive without bound: `open` counts down.
  void follow(const Record& record, Here here) {  // NOLINT(misc-no-recursion)
    if (failed_ || record.type == MMDB_RECORD_TYPE_EMPTY) return;
    if (record.type == MMDB_RECORD_TYPE_DATA) return take(record.entry, here);
    if (record.type != MMDB_RECORD_TYPE_SEARCH_NODE || here.open == 0) {
      return fail("damaged", "is damaged: its tree does not end; fetch it again");
    }
    // Here the IPv4 tree hangs in an IPv6 file: at ::/96, and wherever it is repeated.
    if (!v4_ && here.open <= 112 && record.node == ipv4_.node && ipv4_.type == MMDB_RECORD_TYPE_SEARCH_NODE) return;
    // Every node of a tree is met once: more than there are means circles.
    if (++met_ > mmdb_.metadata.node_count) {
      return fail("damaged", "is damaged: its tree runs in circles; fetch it again");
    }
    MMDB_search_node_s node{};
    if (!read(record.node, node)) return;
    const unsigned open = here.open - 1;
    follow({node.left_record_type, node.left_record, node.left_record_entry}, {here.first, open});
    follow({node.right_record_type, node.right_record, node.right_record_entry},
           {here.first | (Number{1} << open), open});
  }

  void take(const MMDB_entry_s& entry, Here here) {
    const auto [found, fresh] = classes_.try_emplace(entry.offset);
    if (fresh) found->second = classify_(entry);
    if (!found->second) return;
    // A file without an IPv4 tree of its own, whose record at the top stands for both.
    if (!v4_ && here.first == 0 && here.open == 32) return;
    const Number span = here.open == 128 ? ~Number{0} : (Number{1} << here.open) - 1;
    const Interval interval{here.first, here.first + span};
    append(sets_[known_list], interval);
    if (*found->second != known_list) append(sets_[*found->second], interval);
  }

  // Networks are met in the order of their addresses.
  void append(AddressSet& set, const Interval& interval) {
    auto& list = v4_ ? set.v4 : set.v6;
    if (!list.empty() && interval.first != 0 && list.back().last == interval.first - 1) {
      list.back().last = interval.last;
      return;
    }
    if (++intervals_ > most_intervals) return fail("too_many", "names more networks than can be used");
    list.push_back(interval);
  }

  const Database& database_;
  const MMDB_s& mmdb_;
  Classify classify_;
  std::vector<AddressSet> sets_;
  std::unordered_map<std::uint32_t, std::optional<std::size_t>> classes_;  // by the record's place in the file
  Record ipv4_;
  bool v4_ = false;
  std::uint64_t met_ = 0;
  std::size_t intervals_ = 0;
  std::optional<base::Error> failed_;
};

// `key_of` reads from a record what `keys` are compared with.
template <class Key, class KeyOf>
base::Result<std::pair<std::map<Key, AddressSet>, AddressSet>> ranges(const Database& database,
                                                                      const std::set<Key>& keys, KeyOf key_of) {
  std::map<Key, std::size_t> lists;
  for (const auto& key : keys) lists.emplace(key, lists.size() + 1);
  auto sets = Walk(database, lists.size() + 1, [&](const MMDB_entry_s& entry) -> std::optional<std::size_t> {
                const auto key = key_of(entry);
                if (!key) return std::nullopt;
                const auto list = lists.find(*key);
                return list == lists.end() ? known_list : list->second;
              }).run();
  if (!sets) return std::unexpected(sets.error());
  std::map<Key, AddressSet> found;
  for (const auto& [key, list] : lists) found.emplace(key, std::move((*sets)[list]));
  return std::pair{std::move(found), std::move((*sets)[known_list])};
}

}  // namespace

base::Result<CountryRanges> country_ranges(const Database& database, const std::set<std::string>& codes) {
  auto found = ranges(database, codes, [](const MMDB_entry_s& entry) { return read_country_code(entry); });
  if (!found) return std::unexpected(found.error());
  return CountryRanges{std::move(found->first), std::move(found->second)};
}

base::Result<NetworkRanges> network_ranges(const Database& database, const std::set<std::uint32_t>& numbers) {
  auto found = ranges(database, numbers, [](const MMDB_entry_s& entry) { return read_network(entry).asn; });
  if (!found) return std::unexpected(found.error());
  return NetworkRanges{std::move(found->first), std::move(found->second)};
}

}  // namespace davylamp::geoip
