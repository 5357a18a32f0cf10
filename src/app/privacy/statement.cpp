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

}  // namespace

std::vector<std::string> privacy_statement(const Config& config) {
  const auto& keep = config.retention;
  return {
      addresses(config.privacy),
      "This is applied where addresses are first read, before anything is stored or sent on." + hook_files(config),
      "Of every session its user, server, virtual addresses, client program, times, end and bytes are kept " +
          for_days(keep.sessions_days) + " after it ended.",
      "Bytes per session and minute are kept " + for_days(keep.minutes_days) + ", per user, server and hour " +
          for_days(keep.hours_days) + ", per user, server and day " + for_days(keep.days_days) + ".",
      "The event feed is kept " + for_days(keep.events_days) + ", the audit log " + for_days(keep.audit_days) + ".",
      "The contents of traffic, and where users go, are never read.",
      "Nothing leaves this machine unless it is asked for here.",
      "`davylamp privacy export USER` gives all that is kept of a user, `davylamp privacy erase USER` removes it.",
  };
}

}  // namespace davylamp::app
