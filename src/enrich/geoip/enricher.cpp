#include "enrich/geoip/enricher.hpp"

#include <algorithm>

#include "enrich/geoip/countries.hpp"
#include "enrich/geoip/record.hpp"
#include "enrich/geoip/search.hpp"

namespace davylamp::geoip {
namespace {

// RFC 6052: 64:ff9b::/96 carries an IPv4 address in its last four bytes, and that is where the client is.
model::Address behind_nat64(const model::Address& address) {
  constexpr std::array<std::uint8_t, 12> prefix{0x00, 0x64, 0xFF, 0x9B};
  const auto& bytes = address.bytes();
  if (address.is_v4() || !std::equal(prefix.begin(), prefix.end(), bytes.begin())) return address;
  return model::Address::from_v4({bytes[12], bytes[13], bytes[14], bytes[15]});
}

void take_place(model::Place& place, Record record) {
  if (!record.country_code) return;
  place.country_code = std::move(record.country_code);
  place.country = std::move(record.country);
  place.city = std::move(record.city);
  if (!record.latitude) return;
  place.latitude = record.latitude;
  place.longitude = record.longitude;
  place.precision = place.city ? model::Precision::city : model::Precision::country;
}

// The same of a record that was read before; the country's name is ours and comes later.
void take_place(model::Place& place, const KnownPlace& known) {
  place.country_code.emplace(known.country_code.data(), known.country_code.size());
  if (known.city_bytes != 0) place.city.emplace(known.city.data(), known.city_bytes);
  if (!known.has_point) return;
  place.latitude = known.latitude;
  place.longitude = known.longitude;
  place.precision = place.city ? model::Precision::city : model::Precision::country;
}

void take_network(model::Place& place, Record record) {
  place.asn = record.asn;
  place.network = std::move(record.network);
}

void take_network(model::Place& place, const KnownNetwork& known) {
  place.asn.reset();
  place.network.reset();
  if (known.has_asn) place.asn = known.asn;
  if (known.network_bytes != 0) place.network.emplace(known.network.data(), known.network_bytes);
}

// One name per country whatever the database calls it, and a point when it gave none.
void complete_from_country(model::Place& place) {
  if (!place.country_code) return;
  const auto country = country_by_code(*place.country_code);
  if (!country) return;
  place.country = std::string(country->name);
  if (place.latitude) return;
  place.latitude = country->latitude;
  place.longitude = country->longitude;
  place.precision = model::Precision::country;
}

}  // namespace

Enricher::Enricher(Config config, std::vector<std::string> directories)
    : config_(std::move(config)), directories_(std::move(directories)) {
  reload_if_changed();
}

template <class Read>
void Enricher::ask(const Slots& slots, const model::Address& address, Read read) const {
  for (const auto& slot : slots) {
    if (!slot.database) continue;
    const auto found = slot.database->lookup(address);
    if (found.fault) ++faults_;
    if (found.entry && read(slot, *found.entry)) return;
  }
}

template <class Visit>
void Enricher::each_slot(Visit visit) const {
  for (const auto* slots : {&city_, &country_, &asn_}) {
    for (const auto& slot : *slots) visit(slot);
  }
}

model::Place Enricher::place(const model::Address& given) const {
  const auto address = behind_nat64(given);
  model::Place place;
  place.kind = address.kind();
  if (place.kind != model::AddressKind::public_) return place;
  // Which country decides nothing about the network: both files' memory is waited for at once.
  each_slot([&address](const Slot& slot) {
    if (slot.database) slot.database->prefetch(address);
  });
  const auto read = [&place](const Slot& slot, const MMDB_entry_s& entry) {
    if (const auto* known = slot.places.find(entry.offset)) {
      take_place(place, *known);
    } else {
      auto record = read_place(entry);
      slot.places.keep(entry.offset, record);
      take_place(place, std::move(record));
    }
    return place.country_code.has_value();
  };
  ask(city_, address, read);
  if (!place.country_code) ask(country_, address, read);
  ask(asn_, address, [&place](const Slot& slot, const MMDB_entry_s& entry) {
    if (const auto* known = slot.networks.find(entry.offset)) {
      take_network(place, *known);
    } else {
      auto record = read_network(entry);
      slot.networks.keep(entry.offset, record);
      take_network(place, std::move(record));
    }
    return place.asn.has_value();
  });
  complete_from_country(place);
  return place;
}

// Keeps the slots whose path stays, in the new order.
void Enricher::adopt(Slots& slots, const std::vector<std::string>& paths) {
  Slots kept;
  for (const auto& path : paths) {
    const auto found = std::ranges::find(slots, path, &Slot::path);
    if (found != slots.end()) {
      kept.push_back(std::move(*found));
    } else {
      kept.emplace_back().path = path;
    }
  }
  slots = std::move(kept);
}

void Enricher::refresh(Slot& slot, std::vector<std::string>& told) {
  const auto stamp = FileStamp::of(slot.path);
  if (slot.database && stamp == slot.database->stamp()) {
    slot.problem.clear();
    return;
  }
  if (!slot.problem.empty() && stamp == slot.refused) return;
  auto opened = Database::open(slot.path);
  if (opened) {
    slot.database = std::move(*opened);
    slot.places.forget();
    slot.networks.forget();
    slot.problem.clear();
    told.push_back("GeoIP database " + slot.path + " (" + slot.database->type() + ") is in use");
    return;
  }
  slot.refused = stamp;
  slot.problem = opened.error().message + (slot.database ? "; the old one stays in use" : "");
  told.push_back(slot.problem);
}

std::vector<std::string> Enricher::reload_if_changed() {
  const auto files = with_found_files(config_, directories_);
  adopt(city_, files.city);
  adopt(country_, files.country);
  adopt(asn_, files.asn);
  std::vector<std::string> told;
  for (auto* slots : {&city_, &country_, &asn_}) {
    for (auto& slot : *slots) refresh(slot, told);
  }
  return told;
}

std::vector<std::string> Enricher::problems() const {
  std::vector<std::string> all;
  each_slot([&](const Slot& slot) {
    if (!slot.problem.empty()) all.push_back(slot.problem);
  });
  return all;
}

void Enricher::let_go() const {
  each_slot([](const Slot& slot) {
    if (slot.database) slot.database->let_go();
    slot.places.forget();
    slot.networks.forget();
  });
}

std::vector<Attribution> Enricher::attribution() const {
  std::vector<Attribution> all;
  each_slot([&](const Slot& slot) {
    if (!slot.database) return;
    auto attribution = attribution_for(slot.database->type(), slot.path);
    if (attribution && std::ranges::find(all, *attribution) == all.end()) all.push_back(std::move(*attribution));
  });
  return all;
}

std::vector<std::string> Enricher::files() const {
  std::vector<std::string> all;
  each_slot([&](const Slot& slot) {
    if (slot.database) all.push_back(slot.path);
  });
  return all;
}

}  // namespace davylamp::geoip
