#include "app/config/reference.hpp"

#include <algorithm>
#include <iterator>

#include "app/config/schema.hpp"
#include "app/config/seed_variables.hpp"

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
    {"store.url",
     "A PostgreSQL database in place of the file: \"postgresql://davylamp@db.example.org/davylamp\". See "
     "docs/operate/postgresql.md."},
    {"store.password_file", "Its first line is the password of the user in `url`; or \"env:NAME\"."},
    {"store.timescale", "Use the extension TimescaleDB where that server has it."},
    {"store.commit_seconds",
     "How often what was counted is written: 0.05 to 60. Left out, Davylamp writes every second, and what opens or "
     "closes at once."},
    {"store.backup_directory", "A folder that gets a copy of the database every day. Left out: none is made."},
    {"store.backup_keep", "How many of those copies are kept; older ones are removed."},
    {"bus", "How the roles meet: within one process, or over Redis between many daemons."},
    {"bus.url",
     "`loopback:` is one process. `redis://USER@HOST:6379/0`, `rediss://...` with TLS, or "
     "`unix:///run/redis/redis.sock?db=0`: Redis 7.0 or newer, the same for every daemon."},
    {"bus.password_file", "A file whose first line is the password of Redis's user, or `env:NAME`."},
    {"bus.ca_file", "PEM: whose certificates are trusted. Left out: those that the host trusts."},
    {"bus.certificate_file", "PEM: our own, for a Redis that asks for one."},
    {"bus.key_file", "PEM: the key of that certificate."},
    {"bus.prefix", "What every key in Redis begins with: two installations may share one."},
    {"bus.shards",
     "Into how many parts the work of the process role is divided, by node: 1 to 64, the same in every daemon. More "
     "than there are workers, so that it can be shared out evenly."},
    {"bus.lease_seconds", "A worker that is silent for so long loses its parts to the others: 3 to 300."},
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
    {"serve.control_socket",
     "The socket that the commands on this host use, open to root and the daemon's own user. Left out: `control.sock` "
     "in the state directory."},
    {"serve.base_path",
     "Where a proxy shows the page, as in `/davylamp`; the proxy may take it away from what it passes on, or leave it. "
     "Empty: at the top."},
    {"serve.trusted_proxies",
     "Blocks of addresses, such as `192.0.2.7/32`, of the proxies whose `X-Forwarded-For`, `-Proto` and `-Host`, or "
     "`Forwarded`, are believed. From anybody else they are passed over."},
    {"serve.proxy_socket",
     "A Unix socket besides `listen`, for a proxy on this host, which is trusted. Open to the daemon's user and "
     "group."},
    {"serve.tls",
     "Whether other hosts are answered over TLS. `false` is for a trusted proxy that speaks TLS itself: nobody else is "
     "answered then."},
    {"serve.allow",
     "Blocks of addresses that may ask at all; everybody else gets 403. Empty: everybody may. The commands on this "
     "host "
     "always may."},
    {"serve.cors_origins",
     "Origins whose pages may read the API, as browsers send them: `https://status.example.org`."},
    {"rate",
     "How often somebody may ask the API: so many a minute, and so many at once. Counted over all daemons when the bus "
     "is "
     "Redis."},
    {"rate.address_per_minute", "Calls of one address; of an IPv6 address its /64."},
    {"rate.address_burst", "How many of them at once."},
    {"rate.token_per_minute", "Calls of one login or API token."},
    {"rate.token_burst", "How many of them at once."},
    {"rate.login_per_minute", "Calls of one address that take a password or a code."},
    {"rate.login_burst", "How many of them at once."},
    {"rate.heavy_per_minute", "Exports, and histories of more than a week, of one login or API token."},
    {"rate.heavy_burst", "How many of them at once."},
    {"uplink",
     "Collectors of other hosts: `listen` and what follows it is the daemon's end, `connect` and what follows it the "
     "collector's. See docs/operate/nodes.md."},
    {"uplink.listen", "Where collectors may connect, as in `0.0.0.0:7443`; always with TLS. Left out: nobody may."},
    {"uplink.tls_certificate", "A PEM file. Left out: Davylamp makes one, in `uplink` in the state directory."},
    {"uplink.tls_key", "Its key, a PEM file."},
    {"uplink.client_ca_file",
     "A PEM file: collectors must show a certificate that it signed, besides their token. Left out: the token is "
     "enough."},
    {"uplink.connect",
     "Where the collector delivers, as in `hub.example.org:7443`; several are separated by commas and tried in turn. "
     "Left out: to the daemon of this host."},
    {"uplink.token_file",
     "A file with the token that `davylamp node enrol` printed. Only the collector should be able to read it."},
    {"uplink.ca_file",
     "A PEM file: who must have signed the daemon's certificate. Left out: one whom the host trusts."},
    {"uplink.fingerprint",
     "The SHA-256 of the daemon's certificate, which it logs when it starts: then neither its name nor who signed it "
     "matters."},
    {"uplink.certificate_file", "A certificate that the collector shows, a PEM file."},
    {"uplink.key_file", "Its key, a PEM file."},
    {"uplink.spool_directory",
     "Where the collector keeps what it could not deliver. Left out: `spool` in the state directory, with `connect`; "
     "in memory only otherwise."},
    {"uplink.spool_bytes", "How much it keeps there at most. Then what later reports say again goes first."},
    {"ldap",
     "A directory whose people may sign in, besides local accounts. Nobody gets in without a group that `ldap.groups` "
     "maps to a role. See docs/operate/ldap.md."},
    {"ldap.url", "As in `ldap://ldap.example.org` or `ldaps://ldap.example.org`. Left out: no directory."},
    {"ldap.start_tls",
     "Over ldap://, go over to TLS before anything is said. Without it passwords travel in the clear."},
    {"ldap.ca_file", "A PEM file: who must have signed the server's certificate. Left out: one whom the host trusts."},
    {"ldap.bind_dn", "Who looks for people. Left out: nobody in particular, if the server lets nobody look."},
    {"ldap.bind_password_file", "A file whose first line is its password, or `env:NAME`."},
    {"ldap.user_base", "Below which entry people are looked for, as in `ou=people,dc=example,dc=org`."},
    {"ldap.user_filter", "How one is found: `{name}` stands for what was typed. Exactly one entry must fit."},
    {"ldap.group_base",
     "Below which entry groups are looked for. Left out: the person's attribute memberOf names them."},
    {"ldap.group_filter",
     "Which groups are the person's: `{dn}` stands for the person's entry, `{name}` for the name."},
    {"ldap.groups", "Which group gives what. The first whose group the person is in counts."},
    {"ldap.groups[].group", "The group's entry, as in `cn=vpn-admins,ou=groups,dc=example,dc=org`."},
    {"ldap.groups[].role", "`viewer`, `auditor`, `operator` or `admin`."},
    {"ldap.groups[].scope", "The server groups that its people see. Left out: every server."},
    {"oidc",
     "An identity provider whose people may sign in (OpenID Connect). Nobody gets in without a group that "
     "`oidc.groups` maps to a role. See docs/operate/single-sign-on.md."},
    {"oidc.issuer", "As in `https://id.example.org/realms/main`. Left out: no provider."},
    {"oidc.client_id", "What the provider calls this Davylamp."},
    {"oidc.client_secret_file",
     "A file whose first line is the secret that the provider gave, or `env:NAME`. Left out: it gave none."},
    {"oidc.name", "What the page's button calls the provider."},
    {"oidc.name_claim", "The claim of the ID token that names the account."},
    {"oidc.groups_claim", "The claim that lists the groups."},
    {"oidc.ca_file",
     "A PEM file: who must have signed the provider's certificate. Left out: one whom the host trusts."},
    {"oidc.redirect_url",
     "Where the provider leads back to, as in `https://vpn.example.org/api/v1/oidc/callback`. Left out: the address "
     "that the page was asked at."},
    {"oidc.groups", "Which group gives what. The first whose group the person is in counts."},
    {"oidc.groups[].group", "The group as the claim has it."},
    {"oidc.groups[].role", "`viewer`, `auditor`, `operator` or `admin`."},
    {"oidc.groups[].scope", "The server groups that its people see. Left out: every server."},
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
    {"privacy", "What is kept of the addresses that clients connect from. Place and network are found first."},
    {"privacy.mode",
     "`full` keeps the address; `truncated` its network, /24 or /48; `keyed_hash` a code in place of it, the same for "
     "the same address until the key changes; `country_only` neither address nor place, only the country."},
    {"privacy.key_rotation_hours", "How long a key of `keyed_hash` is used before a new one replaces it: 1 to 8760."},
    {"quota", "What a new limit has where nothing else is said."},
    {"quota.zone", "The time zone whose midnight begins a day, a week and a month, as in `Europe/Berlin`."},
    {"quota.buffer_bytes", "A user is stopped when so little is left."},
    {"enforce", "How limits are made to hold."},
    {"enforce.nftables",
     "Let limits that ask for it also be stopped by the kernel, in an nftables table of Davylamp's own. Needs the "
     "right to change it (CAP_NET_ADMIN)."},
    {"hub", "Where agents inside tunnels report to: the address that the page has."},
    {"hub.agents", "Take reports. `false` refuses them all."},
    {"hub.shared_key_file",
     "A file with one key for all who report, of at least 16 characters. Whoever shows it may report under any name "
     "that "
     "is not an agent's with a token of its own. Left out, every agent needs its own token."},
    {"hub.allow", "Blocks of addresses that reports may come from, such as `192.0.2.0/24`. Left out: from everywhere."},
    {"hub.per_minute", "How many reports a minute one token may send, and one address without a good key."},
    {"hub.burst", "How many of them at once."},
    {"hub.journal_days", "How long whole reports are kept. What is made of them stays. 0 keeps for ever."},
    {"canary", "A small name server for a zone of its own: it shows which resolver a tunnel really uses."},
    {"canary.zone", "The zone that is delegated to it, as in `canary.example.org`. Left out, there is none."},
    {"canary.listen", "Address and port, UDP and TCP."},
    {"canary.name_server", "What the zone's NS record says, as in `ns1.example.org`. Left out: `ns.` and the zone."},
    {"canary.address", "What the zone's names stand for. Left out: an address for documentation, which is nobody's."},
    {"log", "The daemon's log."},
    {"log.level", "The least important message that is written."},
    {"log.file", "A file for the log. Left out, it goes to standard error, which is the journal under systemd."},
    {"log.max_bytes", "The size at which `file` is renamed to end in `.1`, replacing the one before: at least 4096."},
    {"notify", "Who is told of incidents, and how. Each channel is a table of its own."},
    {"notify.telegram", "A Telegram chat, and a bot that answers there."},
    {"notify.telegram[].name",
     "Its name, as rules, the page and `davylamp` use it; must differ from the other channels'."},
    {"notify.telegram[].token_file",
     "The bot's token, from @BotFather. The path of a file whose first line it is, or `env:NAME` for a variable of the "
     "daemon."},
    {"notify.telegram[].chats",
     "Chats by number, or `@name` of public ones. Messages go to the first; in all of them the bot answers, in no "
     "other."},
    {"notify.telegram[].api", "Where the Bot API is: https, or a server of your own on this host."},
    {"notify.telegram[].bot",
     "Whether commands are answered (`/status`, `/who` ...). Only one program may do that with one token."},
    {"notify.telegram[].language", "In which words: `en`, `fa` or `ru`."},
    {"notify.telegram[].zone",
     "The receiver's time zone, as in `Europe/Berlin`: for the times in messages and for `quiet`."},
    {"notify.telegram[].least", "The least grave incident that is told here: `notice`, `warning` or `critical`."},
    {"notify.telegram[].quiet",
     "Hours in which only what is critical is told, as in `22:00-07:00`; the rest comes at their end, if it is still "
     "true."},
    {"notify.telegram[].group_seconds",
     "Incidents that begin within so many seconds are one message; 0 tells each at once."},
    {"notify.webhook", "A URL that gets each message as JSON."},
    {"notify.webhook[].name",
     "Its name, as rules, the page and `davylamp` use it; must differ from the other channels'."},
    {"notify.webhook[].url", "http or https. Redirects are not followed."},
    {"notify.webhook[].secret_file",
     "The secret that signs what is sent (HMAC-SHA256). The path of a file whose first line it is, or `env:NAME` for a "
     "variable of the daemon. Left out: nothing is signed."},
    {"notify.webhook[].ca_file", "A PEM file with the certificates that are trusted there, in place of the host's."},
    {"notify.webhook[].language", "In which words: `en`, `fa` or `ru`."},
    {"notify.webhook[].zone",
     "The receiver's time zone, as in `Europe/Berlin`: for the times in messages and for `quiet`."},
    {"notify.webhook[].least", "The least grave incident that is told here: `notice`, `warning` or `critical`."},
    {"notify.webhook[].quiet",
     "Hours in which only what is critical is told, as in `22:00-07:00`; the rest comes at their end, if it is still "
     "true."},
    {"notify.webhook[].group_seconds",
     "Incidents that begin within so many seconds are one message; 0 tells each at once."},
    {"notify.email", "E-mail by a mail server."},
    {"notify.email[].name",
     "Its name, as rules, the page and `davylamp` use it; must differ from the other channels'."},
    {"notify.email[].server", "`smtp://HOST:PORT` (STARTTLS) or `smtps://HOST`."},
    {"notify.email[].tls_required", "Nothing is sent in clear. `false` allows it where the server offers no TLS."},
    {"notify.email[].user", "Who signs in there. Goes together with `password_file`."},
    {"notify.email[].password_file",
     "The password. The path of a file whose first line it is, or `env:NAME` for a variable of the daemon."},
    {"notify.email[].ca_file", "A PEM file with the certificates that are trusted there, in place of the host's."},
    {"notify.email[].from", "The sender's address."},
    {"notify.email[].to", "The receivers' addresses."},
    {"notify.email[].language", "In which words: `en`, `fa` or `ru`."},
    {"notify.email[].zone",
     "The receiver's time zone, as in `Europe/Berlin`: for the times in messages and for `quiet`."},
    {"notify.email[].least", "The least grave incident that is told here: `notice`, `warning` or `critical`."},
    {"notify.email[].quiet",
     "Hours in which only what is critical is told, as in `22:00-07:00`; the rest comes at their end, if it is still "
     "true."},
    {"notify.email[].group_seconds",
     "Incidents that begin within so many seconds are one message; 0 tells each at once."},
    {"notify.ntfy", "Push messages by ntfy."},
    {"notify.ntfy[].name", "Its name, as rules, the page and `davylamp` use it; must differ from the other channels'."},
    {"notify.ntfy[].url",
     "The topic's URL, as in `https://ntfy.sh/my-topic`. Who knows a topic of a public server can read it."},
    {"notify.ntfy[].token_file",
     "An access token. The path of a file whose first line it is, or `env:NAME` for a variable of the daemon."},
    {"notify.ntfy[].ca_file", "A PEM file with the certificates that are trusted there, in place of the host's."},
    {"notify.ntfy[].language", "In which words: `en`, `fa` or `ru`."},
    {"notify.ntfy[].zone",
     "The receiver's time zone, as in `Europe/Berlin`: for the times in messages and for `quiet`."},
    {"notify.ntfy[].least", "The least grave incident that is told here: `notice`, `warning` or `critical`."},
    {"notify.ntfy[].quiet",
     "Hours in which only what is critical is told, as in `22:00-07:00`; the rest comes at their end, if it is still "
     "true."},
    {"notify.ntfy[].group_seconds",
     "Incidents that begin within so many seconds are one message; 0 tells each at once."},
    {"source", "What is watched."},
    {"node.collector",
     "`daemon`: this program looks at the VPN servers itself. `agent`: davylamp-agent does, on the same host, with the "
     "privileges it needs, and the daemon has none."},
    {"node.agent_socket", "Where the two meet. Left out: `agent.sock` in the state directory."},
    {"node.agent_user",
     "The user whose davylamp-agent is let in there, by name or number; besides root and the daemon's own user."},
    {"source.wireguard", "A WireGuard interface, in the kernel or in a userspace program."},
    {"source.wireguard[].name", "Its name on the page; the interface's name when empty."},
    {"source.wireguard[].interface", "The interface's name, such as `wg0`. Needed."},
    {"source.wireguard[].socket",
     "The socket of a userspace program. Left out: `/var/run/wireguard/INTERFACE.sock` where it is, else the kernel."},
    {"source.wireguard[].config_file",
     "A configuration whose comments name the peers. Left out: `/etc/wireguard/INTERFACE.conf` where it is."},
    {"source.wireguard[].poll_seconds", "How often the peers are asked for: 1 to 60."},
    {"source.wireguard[].address", "The server's public IP address: where it stands on the map."},
    {"source.wireguard[].lab", "It belongs to the built-in lab; the page says so."},
    {"source.ipsec", "strongSwan, asked by the VICI socket of its charon: IPsec with IKEv2 or IKEv1."},
    {"source.ipsec[].name", "The server's name on the page; must differ from the others."},
    {"source.ipsec[].socket", "The socket of strongSwan's vici plugin."},
    {"source.ipsec[].poll_seconds",
     "How often the counters are asked for: 1 to 60. Who comes and leaves is told at once."},
    {"source.ipsec[].address", "The server's public IP address: where it stands on the map."},
    {"source.ipsec[].lab", "It belongs to the built-in lab; the page says so."},
    {"source.watch",
     "A service of whatever kind, seen from outside: who connects, from where, how much. `davylamp discover` proposes "
     "them."},
    {"source.watch[].name", "The service's name on the page; must differ from the others."},
    {"source.watch[].udp", "UDP ports it serves."},
    {"source.watch[].tcp", "TCP ports it serves."},
    {"source.watch[].process", "The name of its program: the ports that it listens on, looked up now and then."},
    {"source.watch[].interfaces",
     "Interfaces that belong to it, such as `tun0` or `ppp*`: their totals, and the quality of what runs inside."},
    {"source.watch[].uplinks", "Where its clients come in, for eBPF. Left out: every interface that is up."},
    {"source.watch[].witnesses",
     "Which evidence is used: `ebpf`, `conntrack`, `sockets`. The bytes of the first that works count, the others are "
     "compared with it. Left out: all three, in this order."},
    {"source.watch[].server",
     "The name of a server that another source reads: its sessions get the evidence and the quality, and none are made "
     "of what is seen. Left out: every peer's address is a session."},
    {"source.watch[].idle_seconds", "A peer that was silent so long has gone: 10 to 3600."},
    {"source.watch[].most_peers", "So many flows are kept apart, more are counted and told: 64 to 1048576."},
    {"source.watch[].address", "The service's public IP address: where it stands on the map."},
    {"source.watch[].lab", "It belongs to the built-in lab; the page says so."},
    {"source.firewall", "Logs that tell of attempts at this host's services: let in, refused, failed."},
    {"source.firewall[].name", "Its name on the page; must differ from the others."},
    {"source.firewall[].nflog_group", "The group of `nft ... log group N`, or of `-j NFLOG --nflog-group N`."},
    {"source.firewall[].kernel_log", "Lines of the LOG target, from `/dev/kmsg`."},
    {"source.firewall[].file", "A file that holds such lines, such as `/var/log/kern.log`."},
    {"source.firewall[].accepted", "Prefixes that mark what was let pass, such as `[VPN-CONN]`."},
    {"source.firewall[].refused",
     "Prefixes that mark what was not, such as `[UFW BLOCK]`. With neither list every line is a refusal."},
    {"source.firewall[].openvpn_log",
     "OpenVPN's own log file: clients that failed at its door (TLS errors, wrong passwords)."},
    {"source.firewall[].server", "The name of the server that these are attempts at."},
    {"source.openvpn",
     "One table per OpenVPN server; `davylamp discover --toml` writes them for the servers of this host."},
    {"source.openvpn[].name", "The server's name on the page; must differ from the others."},
    {"source.openvpn[].management",
     "OpenVPN's management interface: the path of its Unix socket, or `address:port`. OpenVPN "
     "serves one client at a time there. It or `status_file` is needed; without it nobody can be disconnected."},
    {"source.openvpn[].password_file", "A file whose first line is the management password."},
    {"source.openvpn[].status_file",
     "The file that OpenVPN's own `status` line names, version 1, 2 or 3. Read where no "
     "`management` is given; beside one, compared with what that lists."},
    {"source.openvpn[].status_zone",
     "The time zone of the times in a status file of version 1, as in `Europe/Berlin`; this host's when left out."},
    {"source.openvpn[].hook_directory",
     "The folder that Davylamp shares with the hooks of this server; `davylamp setup openvpn` makes it."},
    {"source.openvpn[].config_file",
     "The server's own configuration, read for its certificates' expiry, its address pool, and the account whose hooks "
     "are believed."},
    {"source.openvpn[].poll_seconds", "How often the list of clients is asked for: 0.2 to 60."},
    {"source.openvpn[].bytecount_seconds",
     "How often OpenVPN reports byte counts in between: whole seconds up to 60, 0 for never."},
    {"source.openvpn[].address", "The server's public IP address: where it stands on the map."},
    {"source.openvpn[].public_address",
     "The address that clients connect to, as its card on the page shows it; `address` when left out."},
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
    case KeyType::list_of_numbers:
      return "list of whole numbers";
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
  out += seed_variable_reference();
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
