#include "app/privacy/statement.hpp"

#include <algorithm>

namespace davylamp::app {
namespace {

std::string for_days(std::uint32_t days) {
  return days == 0 ? "for ever" : "for " + std::to_string(days) + (days == 1 ? " day" : " days");
}

std::string addresses(const PrivacyConfig& privacy) {
  switch (privacy.mode) {
    case PrivacyMode::full:
      return "The addresses that users connect from are kept whole, with port, place and network.";
    case PrivacyMode::truncated:
      return "Of the addresses that users connect from the first 24 bits (IPv4) or 48 bits (IPv6) are kept, without "
             "port; place and network are found before that and kept.";
    case PrivacyMode::keyed_hash:
      return "The addresses that users connect from are never kept: a pseudonym is, made with a key that is thrown "
             "away every " +
             std::to_string(privacy.key_rotation_hours) +
             " hours. The same address is recognisable until then and not after. Place and network are found before "
             "that and kept.";
    case PrivacyMode::country_only:
      return "Of the addresses that users connect from only the country is kept.";
  }
  return {};
}

std::string hook_files(const Config& config) {
  const bool hooks =
      std::ranges::any_of(config.source.openvpn, [](const auto& server) { return server.hook_directory.has_value(); });
  if (!hooks || config.privacy.mode == PrivacyMode::full) return {};
  return " What a hook of OpenVPN writes for Davylamp holds whole addresses: it is kept, in files that only OpenVPN's "
         "account and Davylamp's may read, until Davylamp has read it and ten minutes longer.";
}

std::string state_files(const Config& config) {
  if (config.privacy.mode == PrivacyMode::full) return {};
  std::string text;
  const bool watches =
      std::ranges::any_of(config.source.watch, [](const auto& watch) { return !watch.server.has_value(); });
  if (watches) {
    text +=
        " A watched service's file in the state directory holds the whole addresses of those who are connected now, so "
        "that nothing counts twice after a restart; who has left is wiped from it.";
  }
  if (!config.source.firewall.empty()) {
    text += " The logs that attempts are read from are not Davylamp's, and stay as they are.";
  }
  return text;
}

std::string attempts(const Config& config) {
  return "Attempts to get in are kept by the hour with their address as above, " +
         for_days(config.retention.events_days) + ".";
}

}  // namespace

std::vector<std::string> privacy_statement(const Config& config) {
  const auto& keep = config.retention;
  return {
      addresses(config.privacy),
      "This is applied where addresses are first read, before anything is stored or sent on." + hook_files(config) +
          state_files(config),
      "Of every session its user, server, virtual addresses, client program, times, end and bytes are kept " +
          for_days(keep.sessions_days) + " after it ended.",
      "Bytes per session and minute are kept " + for_days(keep.minutes_days) + ", per user, server and hour " +
          for_days(keep.hours_days) + ", per user, server and day " + for_days(keep.days_days) + ".",
      "The event feed is kept " + for_days(keep.events_days) + ", the audit log " + for_days(keep.audit_days) + ".",
      attempts(config),
      "The contents of traffic, and where users go, are never read.",
      "Nothing leaves this machine unless it is asked for here.",
      "`davylamp privacy export USER` gives all that is kept of a user, `davylamp privacy erase USER` removes it.",
  };
}

}  // namespace davylamp::app
