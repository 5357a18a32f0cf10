#include "app/doctor/checks.hpp"

#include <algorithm>

#include "app/doctor/conntrack_findings.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::uint64_t little_space_bytes = 500'000'000;
constexpr std::uint64_t no_space_bytes = 50'000'000;
constexpr std::chrono::days old_geoip{90};
// Nothing of this was written before that.
constexpr auto earliest_time = base::from_unix_seconds(1'760'000'000);

class Doctor {
 public:
  explicit Doctor(const HostFacts& facts) : facts_(facts) {}

  std::vector<Diagnosis> diagnose() {
    if (!configuration()) {
      strangers();
      clock();
      return std::move(lines_);
    }
    store();
    daemon();
    collector();
    permissions();
    for (const auto& server : facts_.servers) {
      for (auto& line : diagnose_server(server, facts_)) lines_.push_back(std::move(line));
    }
    strangers();
    page();
    geoip();
    kernel();
    if (facts_.conntrack) {
      for (auto& line : diagnose_conntrack(*facts_.conntrack)) lines_.push_back(std::move(line));
    }
    clock();
    return std::move(lines_);
  }

 private:
  void add(std::string topic, Health health, std::string text, std::string remedy = "") {
    lines_.push_back({std::move(topic), health, std::move(text), std::move(remedy)});
  }

  bool configuration() {
    if (facts_.config_missing) {
      add("configuration", Health::problem, "there is no " + facts_.config_path,
          "davylamp setup openvpn --dry-run shows one for the servers of this host");
      return false;
    }
    for (const auto& problem : facts_.config_problems) {
      add("configuration", Health::problem, problem, "davylamp check tells all at once");
    }
    if (!facts_.config_problems.empty()) return false;
    add("configuration", Health::ok, facts_.config_path + " is in order");
    if (facts_.config.source.openvpn.empty()) {
      add("configuration", Health::problem, "it names no VPN server", "davylamp setup openvpn --dry-run");
    }
    return true;
  }

  void store() {
    const bool is_file = !facts_.config.store.url;
    const auto name = is_file ? facts_.config.store.path : std::string("the database of store.url");
    if (facts_.store.problem) {
      add("store", Health::problem, name + ": " + *facts_.store.problem, "davylampd names it in its log, too");
    } else if (!facts_.store.exists) {
      add("store", Health::note, name + " is not there yet", "davylampd makes it when it starts");
    } else {
      add("store", Health::ok, name + " can be read and fits this version");
    }
    if (is_file) disk();
  }

  void disk() {
    const auto free = facts_.store.free_bytes;
    const auto text = std::to_string(free / 1'000'000) + " MB are free on its disk";
    add("store",
        free < no_space_bytes       ? Health::problem
        : free < little_space_bytes ? Health::note
                                    : Health::ok,
        text, free < little_space_bytes ? "make room, or keep less: [retention]" : "");
  }

  void daemon() {
    if (facts_.daemon.answers) return add("daemon", Health::ok, "davylampd runs and answers");
    add("daemon", Health::problem, facts_.daemon.problem,
        facts_.unit_installed ? "systemctl start davylampd; journalctl -u davylampd tells why it ended"
                              : "start davylampd");
  }

  void collector() {
    if (facts_.config.node.collector == Collector::daemon) {
      return add("collector", Health::ok, "davylampd looks at the VPN servers itself");
    }
    if (facts_.daemon.no_collector) {
      add("collector", Health::problem, *facts_.daemon.no_collector, "systemctl enable --now davylamp-agent");
    } else if (facts_.daemon.answers) {
      add("collector", Health::ok, "davylamp-agent is connected");
    } else {
      add("collector", Health::note,
          "davylamp-agent is to look at the VPN servers; whether it does davylampd will tell");
    }
  }

  void permissions() {
    for (const auto& text : facts_.unreachable) add("permissions", Health::problem, text);
    for (const auto& text : facts_.notices) add("permissions", Health::note, text);
    if (facts_.unreachable.empty()) {
      add("permissions", Health::ok, "the user " + facts_.user + " can use what the configuration names");
    }
  }

  void strangers() {
    for (const auto& server : facts_.strangers) {
      add("server " + server.name, Health::note, "it is on this host and not watched: " + server.sentence,
          "davylamp setup openvpn --dry-run " + server.name);
    }
    for (const auto& text : facts_.obstacles) add("servers", Health::note, text);
  }

  void page() {
    const auto& serve = facts_.config.serve;
    const auto endpoint = parse_listen(serve.listen);
    const bool loopback =
        serve.listen.starts_with("127.") || serve.listen.starts_with("[::1]") || serve.listen.starts_with("localhost");
    if (loopback && serve.host_names.empty()) {
      return add("page", Health::ok, "http://" + serve.listen + ", from this host only");
    }
    if (loopback) return add("page", Health::ok, "behind a proxy as " + serve.host_names.front());
    if (!serve.tls_certificate) {
      add("page", Health::note,
          "https://" + serve.listen + " with a certificate that Davylamp made: browsers warn of it",
          "tls_certificate and tls_key in [serve]");
    } else {
      add("page", Health::ok, "https://" + serve.listen + " with " + *serve.tls_certificate);
    }
    if (endpoint && serve.host_names.empty()) {
      add("page", Health::note, "it answers to its addresses only, not to a name",
          "host_names = [\"vpn.example.org\"] in [serve]");
    }
  }

  void geoip() {
    if (facts_.geoip.empty()) {
      return add("geoip", Health::note, "there is no GeoIP database: sessions have addresses and no places",
                 "put GeoLite2-City.mmdb or dbip-city-lite.mmdb into /usr/share/GeoIP, or see [geoip]");
    }
    for (const auto& file : facts_.geoip) {
      if (!file.readable) {
        add("geoip", Health::problem, file.path + " cannot be read", "chmod a+r " + file.path + ", or correct [geoip]");
        continue;
      }
      const auto days = std::chrono::floor<std::chrono::days>(facts_.now - file.changed_at);
      add("geoip", days > old_geoip ? Health::note : Health::ok,
          file.path + " is " + std::to_string(days.count()) + " days old", days > old_geoip ? "fetch a new one" : "");
    }
  }

  void kernel() {
    if (!facts_.config.enforce.nftables) {
      return add("kernel stop", Health::ok, "not asked for; limits are held by disconnecting");
    }
    if (!facts_.nft_installed) {
      add("kernel stop", Health::problem, "nftables is true in [enforce] and there is no nft program",
          "apt-get install nftables");
    } else if (!facts_.unit_may_change_nft) {
      add("kernel stop", Health::problem, "nftables is true in [enforce] and " + watcher() + " may not change nftables",
          "systemctl edit " + watcher() +
              ": [Service] AmbientCapabilities=CAP_NET_ADMIN and "
              "CapabilityBoundingSet=CAP_NET_ADMIN");
    } else {
      add("kernel stop", Health::ok, "nft is there");
    }
  }

  std::string watcher() const {
    return facts_.config.node.collector == Collector::agent ? "davylamp-agent" : "davylampd";
  }

  void clock() {
    if (facts_.now < earliest_time) {
      return add("clock", Health::problem, "this host's clock is years behind", "timedatectl set-ntp true");
    }
    if (!facts_.clock_synchronised) return add("clock", Health::ok, "the clock is plausible");
    add("clock", *facts_.clock_synchronised ? Health::ok : Health::note,
        *facts_.clock_synchronised ? "the clock is synchronised"
                                   : "the clock is not synchronised: days and months of limits begin by it",
        *facts_.clock_synchronised ? "" : "timedatectl set-ntp true");
  }

  const HostFacts& facts_;
  std::vector<Diagnosis> lines_;
};

class ServerDoctor {
 public:
  ServerDoctor(const ServerHostFacts& server, const HostFacts& host)
      : server_(server), host_(host), topic_("server " + server.config.name) {}

  std::vector<Diagnosis> diagnose() {
    management();
    status_file();
    hooks();
    if (server_.config.config_file && !server_.config_known) {
      add(Health::note, *server_.config.config_file + " cannot be read: pool and certificates are not known",
          "correct config_file, or let Davylamp's group read it");
    }
    for (const auto& text : server_.warnings) add(Health::note, text);
    return std::move(lines_);
  }

 private:
  void add(Health health, std::string text, std::string remedy = "") {
    lines_.push_back({topic_, health, std::move(text), std::move(remedy)});
  }

  void management() {
    const auto& where = server_.config.management;
    if (where.empty()) {
      return add(Health::note, "it is watched through its status file only: nobody can be disconnected",
                 "davylamp setup openvpn " + server_.config.name);
    }
    if (server_.port_without_password) {
      add(Health::note, where + " has no password: every user of this host can disconnect clients",
          "management " + where.substr(0, where.rfind(':')) +
              " PORT /etc/openvpn/management.password, and password_file");
    }
    switch (server_.probe) {
      case Probe::not_asked:
        return not_asked(where);
      case Probe::greets:
        return add(Health::ok, where + " answers");
      case Probe::wants_password:
        return ask_for_password(where);
      case Probe::held:
        return add(Health::note, "it waits for a program to release it (management-hold); Davylamp does not",
                   "send \"hold release\" with the program that is meant to, or remove management-hold");
      case Probe::silent:
        return add(Health::problem, "another program holds " + where + ": OpenVPN serves one at a time",
                   "stop that program (ss -xp or ss -tp shows it)");
      case Probe::turned_away:
        return add(Health::problem, where + " turns this user away",
                   "name the daemon's user in management-client-user, or remove that line");
      case Probe::not_permitted:
        return add(Health::problem, "permission denied at " + where, "see permissions, above");
      case Probe::no_socket:
        return add(
            Health::problem, "there is no " + where,
            "its configuration needs: management " + where + " unix; then restart OpenVPN, a reload is not enough");
      case Probe::nobody_listens:
        return add(Health::problem, "nobody listens at " + where + ": OpenVPN is not running", "start it");
    }
  }

  void not_asked(const std::string& where) {
    if (!server_.daemon_word) {
      return add(Health::note, host_.daemon.answers ? "davylampd does not know it" : where + " was not tried",
                 host_.daemon.answers ? "systemctl restart davylampd, so that it reads its configuration again" : "");
    }
    const auto& word = *server_.daemon_word;
    if (word.state == "up") return add(Health::ok, "davylampd watches it at " + where);
    const bool coming = word.state == "connecting" || word.state == "held";
    add(coming ? Health::note : Health::problem, "davylampd says " + word.state + ": " + word.health);
  }

  void ask_for_password(const std::string& where) {
    if (server_.config.password_file) return add(Health::ok, where + " answers and asks for its password");
    add(Health::problem, where + " asks for a password and none is configured",
        "password_file = \"...\" in the table of " + server_.config.name);
  }

  void status_file() {
    if (!server_.status_file) return;
    const auto& file = *server_.status_file;
    const auto& path = *server_.config.status_file;
    if (!file.readable)
      return add(Health::problem, path + ": " + file.problem, "see permissions, or status in OpenVPN");
    const auto age = std::chrono::floor<base::Seconds>(host_.now - file.changed_at);
    if (file.size_bytes == 0) {
      add(Health::note,
          path + " is empty: OpenVPN has not written yet, or stopped for good after a line that was too long",
          "if it stays empty while OpenVPN runs: restart OpenVPN");
    } else if (age > base::Seconds(300)) {
      add(Health::note, path + " was last written " + std::to_string(age.count()) + " s ago: nobody writes it any more",
          "is OpenVPN running, and is this the file its status line names?");
    } else {
      add(Health::ok, path + " is " + std::to_string(std::max<std::int64_t>(age.count(), 0)) + " s old");
    }
    if (file.version == "1") {
      add(Health::note, path + " has version 1, which mistakes commas in names", "status-version 3");
    }
  }

  void hooks() {
    if (!server_.hook) {
      return add(Health::note,
                 "it has no hooks: ends of sessions are a few seconds late, and nobody is refused at login",
                 "davylamp setup openvpn " + server_.config.name);
    }
    const auto& hook = *server_.hook;
    const auto& folder = *server_.config.hook_directory;
    if (!hook.folder_exists) {
      add(Health::problem, "there is no " + folder, "systemd-tmpfiles --create, or davylamp setup openvpn");
    } else if (!hook.reachable) {
      add(Health::problem,
          "users other than its owner cannot enter " + folder + ", so hooks under \"user nobody\" fail open",
          "chmod o+x " + folder + " and every folder above it");
    } else if (host_.daemon.answers && !hook.socket_exists) {
      add(Health::problem, "davylampd made no socket in " + folder, "its log tells why");
    }
    if (!server_.config_known) return;
    if (!hook.other_script.empty()) {
      return add(Health::note,
                 "its configuration calls " + hook.other_script + "; hooks work if that ends with davylamp-hook",
                 "exec /usr/lib/davylamp/davylamp-hook " + folder);
    }
    if (!hook.connect_set || !hook.disconnect_set) {
      return add(Health::problem,
                 std::string("its configuration does not call davylamp-hook at ") +
                     (hook.connect_set      ? "client-disconnect"
                      : hook.disconnect_set ? "client-connect"
                                            : "client-connect and client-disconnect"),
                 "davylamp setup openvpn " + server_.config.name);
    }
    if (!hook.program_executable) {
      return add(Health::problem,
                 hook.program + " is not there or not executable: OpenVPN does not start, or refuses everyone",
                 "install davylamp-hook there");
    }
    add(Health::ok, "hooks are in place");
  }

  const ServerHostFacts& server_;
  const HostFacts& host_;
  std::string topic_;
  std::vector<Diagnosis> lines_;
};

}  // namespace

std::vector<Diagnosis> diagnose_server(const ServerHostFacts& server, const HostFacts& host) {
  return ServerDoctor(server, host).diagnose();
}

std::vector<Diagnosis> diagnose(const HostFacts& facts) {
  return Doctor(facts).diagnose();
}

}  // namespace davylamp::app
