#include "sources/openvpn/server_report.hpp"

#include "base/text.hpp"
#include "sources/openvpn/management_reply.hpp"

namespace davylamp::openvpn {
namespace {

std::string people(std::uint64_t count, std::string_view one) {
  return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

model::ServerState state_of(const base::Error& error) {
  if (error.code == "no_answer" || error.code == "not_openvpn") return model::ServerState::stale;
  return model::ServerState::down;
}

}  // namespace

void ServerReport::connected() {
  last_words_.reset();
  asks_for_approval_ = false;
  held_ = false;
  if (facts_.state == model::ServerState::up) facts_.state = model::ServerState::connecting;
  if (facts_.state == model::ServerState::connecting) facts_.health = "connected, waiting for the server's greeting";
}

void ServerReport::waits_busy() {
  facts_.state = model::ServerState::busy;
  facts_.health =
      "the management interface gives no greeting: another program holds it (it serves one at a time); stop that "
      "program, "
      "and Davylamp goes on by itself";
}

void ServerReport::failed(const base::Error& error, base::Seconds pause) {
  facts_.state = state_of(error);
  facts_.health =
      base::printable(last_words_.value_or(error.message)) + "; next try in " + std::to_string(pause.count()) + " s";
}

void ServerReport::version(std::string_view title) {
  const auto number = parse_version(title);
  if (number.empty()) return;
  facts_.version = std::string(number);
  const auto parts = base::split(number, '.');
  const auto major = base::parse_number<int>(parts[0]).value_or(0);
  const auto minor = parts.size() > 1 ? base::parse_number<int>(parts[1].substr(0, parts[1].find('_'))).value_or(0) : 0;
  knows_dco_counters_ = major > 2 || (major == 2 && minor >= 7);
}

void ServerReport::transport(const std::string& transport) {
  if (!transport.empty()) facts_.transport = transport;
}

void ServerReport::listed(base::Time at, const ListingReport& listing, std::uint64_t decode_problems) {
  dco_ = listing.dco.value_or(false);
  if (listing.dco) facts_.dco = listing.dco;
  listing_problems_ += listing.problems;
  facts_.problems = listing_problems_ + decode_problems;
  if (listing.client_mode) {
    facts_.state = model::ServerState::stale;
    facts_.health = "this OpenVPN process is a client, not a server: it has no sessions to show";
    return;
  }
  if (!listing.complete) {
    facts_.state = model::ServerState::stale;
    facts_.health = "its listing cannot be trusted (" + base::printable(listing.first_problem) +
                    "); sessions stay until a whole one comes";
    return;
  }
  facts_.state = model::ServerState::up;
  facts_.last_snapshot_at = at;
  facts_.pool_used = listing.pool_used;
  facts_.health = people(listing.sessions, "session");
  if (listing.waiting != 0) facts_.health += ", " + people(listing.waiting, "login") + " in progress";
  if (asks_for_approval_) {
    facts_.health +=
        "; management-client-auth is on: the server waits for an approval of every login that Davylamp does not give; "
        "remove that line";
  }
  if (bytecount_is_wrong()) facts_.health += "; data channel offload is on, so bytes come from the listings alone";
}

void ServerReport::status_refused(std::string_view why) {
  facts_.state = held_ ? model::ServerState::held : model::ServerState::connecting;
  facts_.health =
      held_ ? "the server is on hold and takes no clients until `hold release` is given on its management interface"
            : "the server is starting up (it answered: " + base::printable(why) + ")";
}

void ServerReport::heard(const ManagementMessage& message) {
  if (const auto* hold = std::get_if<Hold>(&message)) {
    held_ = true;
    status_refused(hold->text);
  } else if (const auto* fatal = std::get_if<Fatal>(&message)) {
    last_words_ = "the server ended: " + std::string(fatal->text);
  } else if (const auto* state = std::get_if<StateChange>(&message)) {
    if (state->state == "EXITING") last_words_ = "the server stopped (" + std::string(state->detail) + ")";
    if (state->state == "CONNECTED") held_ = false;
  } else if (const auto* event = std::get_if<ClientEvent>(&message)) {
    if (event->kind == ClientEventKind::connect || event->kind == ClientEventKind::reauth) asks_for_approval_ = true;
  } else if (std::holds_alternative<PasswordRequest>(message)) {
    facts_.state = model::ServerState::held;
    facts_.health = "the server waits for a secret to be typed in on its management interface";
  }
}

}  // namespace davylamp::openvpn
