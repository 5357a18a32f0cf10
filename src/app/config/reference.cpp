#include "app/config/reference.hpp"

#include <algorithm>
#include <iterator>

#include "app/config/schema.hpp"

namespace davylamp::app {
namespace {

struct Meaning {
  std::string_view path;
  std::string_view text;
};

constexpr Meaning meanings[] = {
    {"node", "This host."},
    {"node.name", "What this Davylamp is called; the host's name when empty."},
    {"node.state_directory", "Where Davylamp keeps what it makes itself, such as its own certificate."},
    {"store", "The database: sessions, traffic, accounts."},
    {"store.path", "The SQLite file; made when absent. Its folder must be writable."},
    {"serve", "The page and the API."},
    {"serve.listen",
     "Address and port. Beyond loopback it is served over TLS: with your certificate, or with one that Davylamp "
     "makes in the state directory."},
    {"serve.web_root", "The folder that holds the page."},
    {"serve.tls_certificate", "PEM file: certificate and chain. Goes together with `tls_key`."},
    {"serve.tls_key", "PEM file: the private key."},
    {"serve.host_names",
     "Names that browsers may use for this page besides the address it listens on, for the check of the "
     "Host and Origin headers behind a reverse proxy."},
    {"geoip",
     "MMDB files, MaxMind's or DB-IP's; several per list where IPv4 and IPv6 come apart. An empty list is filled from "
     "`/usr/share/GeoIP` and `/var/lib/GeoIP`. Files are read again when they change."},
    {"geoip.city", "City databases."},
    {"geoip.country", "Country databases, asked when no city database knows the country."},
    {"geoip.asn", "Network (ASN) databases."},
    {"retention", "How long each tier is kept, in days; 0 keeps for ever."},
    {"retention.minutes_days", "Traffic of each session per minute."},
    {"retention.hours_days", "Traffic of each user and server per hour."},
    {"retention.days_days", "Traffic of each user and server per day."},
    {"retention.sessions_days", "Closed sessions and the addresses they were seen at."},
    {"retention.events_days", "The event feed."},
    {"retention.audit_days", "Who did what in Davylamp."},
    {"log", "The daemon's log, on standard error."},
    {"log.level", "The least important message that is written."},
    {"source", "What is watched."},
    {"source.openvpn",
     "One table per OpenVPN server; `davylamp discover --toml` writes them for the servers of this host."},
    {"source.openvpn[].name", "The server's name on the page; must differ from the others."},
    {"source.openvpn[].management",
     "OpenVPN's management interface: the path of its Unix socket, or `address:port`. OpenVPN "
     "serves one client at a time there."},
    {"source.openvpn[].password_file", "A file whose first line is the management password."},
    {"source.openvpn[].poll_seconds", "How often the list of clients is asked for: 0.2 to 60."},
    {"source.openvpn[].bytecount_seconds",
     "How often OpenVPN reports byte counts in between: whole seconds up to 60, 0 for never."},
    {"source.openvpn[].address", "The server's public IP address: where it stands on the map."},
    {"source.openvpn[].transport",
     "What clients connect over, where OpenVPN's own status does not tell it (before 2.6)."},
    {"source.openvpn[].lab", "The server belongs to the built-in lab; the page says so."},
};

std::string_view meaning_of(std::string_view path) {
  const auto found = std::ranges::find(meanings, path, &Meaning::path);
  return found == std::end(meanings) ? "" : found->text;
}

bool is_table(const Key& key) {
  return key.type == KeyType::table || key.type == KeyType::list_of_tables;
}

std::string type_text(const Key& key) {
  switch (key.type) {
    case KeyType::text:
      return "text";
    case KeyType::list_of_text:
      return "list of text";
    case KeyType::whole_number:
      return "whole number";
    case KeyType::number:
      return "number";
    case KeyType::boolean:
      return "true or false";
    case KeyType::choice:
      break;
    case KeyType::table:
    case KeyType::list_of_tables:
      return "table";
  }
  std::string text;
  for (const auto& choice : key.choices) text += (text.empty() ? "\"" : ", \"") + choice + "\"";
  return text;
}

std::string heading(const Key& key) {
  const auto brackets = key.type == KeyType::list_of_tables ? "[[" + key.path + "]]" : "[" + key.path + "]";
  return "\n## `" + brackets + "`\n\n" + std::string(meaning_of(key.path)) +
         "\n\n| key | type | default | meaning |\n| --- | --- | --- | --- |\n";
}

std::string row(const Key& key) {
  const auto name = key.path.substr(key.path.rfind('.') + 1);
  const auto given = key.default_value.empty() || key.default_value == "\"\"" ? "" : "`" + key.default_value + "`";
  return "| `" + name + "` | " + type_text(key) + " | " + given + " | " + std::string(meaning_of(key.path)) + " |\n";
}

// A table that only holds lists of tables has no rows of its own.
bool has_rows(const std::vector<Key>& keys, const Key& table) {
  return std::ranges::any_of(keys, [&](const Key& key) {
    return !is_table(key) && key.path.starts_with(table.path) && key.path.rfind('.') == table.path.size();
  });
}

}  // namespace

std::string config_reference() {
  std::string out =
      "# Configuration reference\n\n"
      "Made by `davylamp dev config-reference`; do not edit by hand.\n\n"
      "The file is TOML, by default `/etc/davylamp/davylamp.toml`. Every key is optional unless its meaning says "
      "otherwise; an unknown "
      "key is an error. `davylamp check` tells everything that is wrong at once.\n\n"
      "Each key can be overridden by a variable: `DAVYLAMP__STORE__PATH` sets `path` in `[store]`, "
      "`DAVYLAMP__SOURCE__OPENVPN__0__NAME` the name of the first server. Lists of text take commas.\n";
  const auto keys = config_keys();
  for (const auto& key : keys) {
    if (!is_table(key)) {
      out += row(key);
    } else if (key.type == KeyType::list_of_tables || has_rows(keys, key)) {
      out += heading(key);
    }
  }
  return out;
}

std::vector<std::string> reference_gaps() {
  std::vector<std::string> gaps;
  const auto keys = config_keys();
  for (const auto& key : keys) {
    if (meaning_of(key.path).empty()) gaps.push_back("no meaning for " + key.path);
  }
  for (const auto& meaning : meanings) {
    if (std::ranges::find(keys, meaning.path, &Key::path) == keys.end())
      gaps.push_back("no key " + std::string(meaning.path));
  }
  return gaps;
}

}  // namespace davylamp::app
