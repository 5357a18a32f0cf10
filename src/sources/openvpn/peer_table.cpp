#include "sources/openvpn/peer_table.hpp"

#include <utility>

#include "base/text.hpp"

namespace davylamp::openvpn {
namespace {

// Facts are repeated every so many listings, so that a receiver that lost them is healed.
constexpr std::uint64_t repeat_facts_every = 60;
constexpr std::size_t most_programs = 100'000;

std::optional<std::string> text_of(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

std::optional<model::Address> address_of(std::string_view text) {
  auto address = model::Address::parse(text);
  return address ? std::optional(*address) : std::nullopt;
}

std::optional<std::string> name_of(std::string_view text) {
  return text == "UNDEF" ? std::nullopt : text_of(text);
}

}  // namespace

void PeerTable::begin_epoch(std::uint64_t process_id, std::int64_t connected_at) {
  auto epoch = std::to_string(process_id) + "-" + std::to_string(connected_at);
  if (epoch == epoch_) return;
  epoch_ = std::move(epoch);
  by_client_id_.clear();
  peers_.clear();
  programs_.clear();
  emit_(model::EpochStarted{epoch_});
}

std::string PeerTable::key_of(const StatusClient& client) const {
  auto key = epoch_ + "/" + std::to_string(client.connected_at.value_or(0)) + "/";
  // Before 2.4, and in version 1, there is no client id; then the address must do.
  return key + (client.row.client_id ? std::to_string(*client.row.client_id) : std::string(client.row.real_address));
}

model::PeerFacts PeerTable::facts_of(const StatusClient& client) const {
  model::PeerFacts facts;
  facts.connected_at = base::from_unix_seconds(client.connected_at.value_or(0));
  facts.common_name = name_of(client.row.common_name);
  if (client.username) facts.username = std::string(*client.username);
  facts.user = facts.username.value_or(facts.common_name.value_or("UNDEF"));
  facts.transport = client.real.transport == Transport::udp   ? "udp"
                    : client.real.transport == Transport::tcp ? "tcp"
                                                              : transport_;
  if (const auto address = address_of(client.real.address)) facts.real = model::Endpoint{*address, client.real.port};
  facts.virtual_address = address_of(client.virtual_address);
  facts.virtual_address6 = address_of(client.virtual_address6);
  facts.cipher = text_of(client.row.cipher);
  if (!client.row.client_id) return facts;
  const auto program = programs_.find(*client.row.client_id);
  if (program == programs_.end()) return facts;
  facts.client_version = program->second.version;
  facts.platform = program->second.platform;
  return facts;
}

// Everything that facts_of() reads, and the program, which may be learnt later.
std::size_t PeerTable::fingerprint_of(const StatusClient& client) const {
  const std::hash<std::string_view> hash;
  std::size_t sum = static_cast<std::size_t>(client.connected_at.value_or(0));
  const auto mix = [&](std::string_view text) { sum = (sum ^ hash(text)) * 0x9E3779B97F4A7C15U; };
  for (const auto text :
       {client.row.common_name, client.row.real_address, client.virtual_address, client.virtual_address6,
        client.username.value_or(std::string_view{}), client.row.cipher, std::string_view(transport_)}) {
    mix(text);
  }
  const auto program =
      programs_.empty() || !client.row.client_id ? programs_.end() : programs_.find(*client.row.client_id);
  if (program != programs_.end()) {
    mix(program->second.version.value_or(""));
    mix(program->second.platform.value_or(""));
  }
  return sum;
}

void PeerTable::emit_row(const StatusClient& client, std::uint64_t now_listing) {
  const auto [entry, is_new] = peers_.try_emplace(key_of(client));
  auto& peer = entry->second;
  model::PeerSeen seen{.peer = entry->first,
                       .counters = {client.row.rx_bytes, client.row.tx_bytes},
                       .listing = now_listing,
                       .facts = {}};
  const auto fingerprint = fingerprint_of(client);
  if (is_new || fingerprint != peer.fingerprint || now_listing % repeat_facts_every == 0) seen.facts = facts_of(client);
  peer = {fingerprint, now_listing};
  if (client.row.client_id) by_client_id_.insert_or_assign(*client.row.client_id, &*entry);
  emit_(std::move(seen));
}

ListingReport PeerTable::listing(std::string_view text) {
  StatusDocument document;
  read_status_document(text, zone_, KeepRoutes::where_needed, document);
  ListingReport report;
  report.complete = document.summary.complete;
  report.client_mode = document.summary.format == StatusFormat::statistics;
  report.dco = document.summary.dco_enabled;
  report.problems = document.summary.problems;
  if (!document.problems.empty()) {
    report.first_problem = "line " + std::to_string(document.problems[0].line) + ": " + document.problems[0].what;
  }
  report.format = document.summary.format;
  report.version = document.summary.version;
  report.made_at =
      document.summary.made_at ? document.summary.made_at : parse_status_time(document.summary.made_text, zone_);
  if (report.client_mode) return report;
  const auto now_listing = ++listing_;
  for (const auto& client : document.clients) {
    if (client.session) {
      ++report.sessions;
      if (client.virtual_address.contains('.')) ++report.pool_used;
      emit_row(client, now_listing);
    } else {
      ++report.waiting;
    }
  }
  // A listing with a defect proves presence, never absence.
  if (!report.complete) return report;
  emit_(model::PeersListed{now_listing, report.sessions});
  forget_absent();
  return report;
}

void PeerTable::end_all(model::EndReason reason) {
  by_client_id_.clear();
  for (const auto& [key, peer] : std::exchange(peers_, {})) emit_(model::PeerGone{key, {}, reason});
}

void PeerTable::forget_absent() {
  boost::unordered::erase_if(by_client_id_,
                             [&](const auto& entry) { return entry.second->second.listing != listing_; });
  std::erase_if(peers_, [&](const auto& entry) { return entry.second.listing != listing_; });
  // Programs of clients that never became a session; those of live ones are few against the limit.
  if (programs_.size() > most_programs)
    std::erase_if(programs_, [&](const auto& entry) { return !by_client_id_.contains(entry.first); });
}

void PeerTable::bytes(const ClientBytes& bytes) {
  const auto peer = by_client_id_.find(bytes.client_id);
  if (peer == by_client_id_.end()) return;
  emit_(model::PeerSeen{
      .peer = peer->second->first, .counters = {bytes.rx_bytes, bytes.tx_bytes}, .listing = 0, .facts = {}});
}

std::optional<std::uint64_t> PeerTable::client_id_of(std::string_view key) const {
  const auto id = base::parse_number<std::uint64_t>(key.substr(key.rfind('/') + 1));
  const auto peer = id ? by_client_id_.find(*id) : by_client_id_.end();
  if (peer == by_client_id_.end() || peer->second->first != key) return std::nullopt;
  return peer->second->second.listing == listing_ ? id : std::nullopt;
}

void PeerTable::established(const ClientEvent& event) {
  if (programs_.size() > 2 * most_programs) return;
  auto& program = programs_[event.client_id];
  const auto find = [&](std::string_view name) { return event.find(name).value_or(std::string_view{}); };
  const auto shown = find("IV_GUI_VER");
  const auto core = find("IV_VER");
  program.version = text_of(shown.empty() ? core : shown);
  program.platform = text_of(find("IV_PLAT"));
  const auto protocol = find("proto_1");
  if (transport_.empty() && protocol.starts_with("udp")) transport_ = "udp";
  if (transport_.empty() && protocol.starts_with("tcp")) transport_ = "tcp";
}

}  // namespace davylamp::openvpn
