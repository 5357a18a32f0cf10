#include "app/doctor/gather.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/config/reachable.hpp"
#include "app/discover/find.hpp"
#include "app/doctor/as_user.hpp"
#include "app/doctor/conntrack_findings.hpp"
#include "app/doctor/probe.hpp"
#include "base/text.hpp"
#include "enrich/geoip/search.hpp"
#include "sources/openvpn/server_files.hpp"

namespace davylamp::app {
namespace {

namespace fs = std::filesystem;

constexpr base::Milliseconds greeting_patience{2000};
constexpr std::size_t status_head_bytes = 64;

base::Time changed_at(const struct stat& status) {
  return base::Time{base::Milliseconds{status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1'000'000}};
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool exists(const std::string& path) {
  return access(path.c_str(), F_OK) == 0;
}

// By the bits for everybody alone: OpenVPN may run as anyone.
bool all_may_enter(const std::string& folder) {
  fs::path way;
  for (const auto& part : fs::path(folder)) {
    way /= part;
    struct stat status{};
    if (stat(way.c_str(), &status) != 0 || (status.st_mode & S_IXOTH) == 0) return false;
  }
  return true;
}

std::string status_version(std::string_view head) {
  if (head.starts_with("OpenVPN CLIENT LIST")) return "1";
  if (head.starts_with("TITLE,")) return "2";
  return head.starts_with("TITLE\t") ? "3" : "";
}

StatusFileFacts look_at_status_file(const std::string& path) {
  StatusFileFacts facts;
  struct stat status{};
  std::ifstream file(path, std::ios::binary);
  if (!file || stat(path.c_str(), &status) != 0) {
    facts.problem = std::strerror(errno);
    return facts;
  }
  std::string head(status_head_bytes, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  facts.readable = true;
  facts.changed_at = changed_at(status);
  facts.size_bytes = static_cast<std::uint64_t>(status.st_size);
  facts.version = status_version(head);
  return facts;
}

// The program of `client-connect "PROGRAM FOLDER"` when it is davylamp-hook for that folder.
std::string hook_program(const openvpn::ServerConfig& config, std::string_view name, const std::string& folder) {
  const auto* line = config.last(name);
  if (line == nullptr) return "";
  std::string command;
  for (std::size_t i = 1; i < line->words.size(); ++i) command += (i == 1 ? "" : " ") + line->words[i];
  const auto words = openvpn::lex_config(command);
  if (words.empty() || words[0].words.size() < 2 || words[0].words[1] != folder) return "";
  return words[0].words[0].ends_with("davylamp-hook") ? words[0].words[0] : "";
}

class Gatherer {
 public:
  explicit Gatherer(const DoctorWorld& world) : world_(world) {
    facts_.config_path = world.config_path;
    facts_.now = world.now;
  }

  HostFacts gather() {
    look_at_config();
    const auto discovery = find_openvpn_servers(world_.root);
    facts_.obstacles = discovery.obstacles;
    if (facts_.config_problems.empty() && !facts_.config_missing) {
      look_at_daemon_and_store();
      look_at_permissions();
      for (const auto& server : facts_.config.source.openvpn) look_at_server(server, discovery);
      look_at_geoip();
      if (wants_conntrack(facts_.config)) facts_.conntrack = conntrack::read_kernel_settings(world_.root);
    }
    look_for_strangers(discovery);
    look_at_system();
    return std::move(facts_);
  }

 private:
  std::string on_disk(const std::string& path) const { return world_.root + path; }

  void look_at_config() {
    if (!exists(facts_.config_path)) {
      facts_.config_missing = errno == ENOENT;
      if (!facts_.config_missing) {
        facts_.config_problems.push_back(facts_.config_path + " cannot be read: " + std::strerror(errno));
      }
      return;
    }
    auto reading = load_config(facts_.config_path, world_.environment);
    facts_.config = std::move(reading.config);
    facts_.config_problems = std::move(reading.problems);
  }

  void look_at_daemon_and_store() {
    auto words = world_.ask_daemon(control_socket_path(facts_.config));
    facts_.daemon = {words.has_value(), words ? "" : words.error().message, {}};
    if (words) words_ = std::move(*words);
    const auto waits = [](const DaemonWord& word) { return word.health.starts_with("no collector is connected"); };
    const auto waiting = std::ranges::find_if(words_, waits);
    if (waiting != words_.end()) facts_.daemon.no_collector = waiting->health;
    const auto& path = facts_.config.store.path;
    facts_.store.exists = facts_.config.store.url.has_value() || exists(path);
    if (facts_.store.exists) facts_.store.problem = world_.open_store(facts_.config);
    struct statvfs disk{};
    auto folder = fs::path(path).parent_path();
    while (statvfs(folder.c_str(), &disk) != 0 && folder.has_relative_path()) folder = folder.parent_path();
    facts_.store.free_bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  }

  void look_at_permissions() {
    const auto findings = reachable_as(world_.account, facts_.config, world_.now, facts_.user);
    for (const auto& finding : findings) {
      (finding.severity == Severity::problem ? facts_.unreachable : facts_.notices).push_back(finding.text);
    }
  }

  void look_at_server(const OpenvpnConfig& config, const Discovery& discovery) {
    ServerHostFacts server;
    server.config = config;
    std::optional<openvpn::ServerConfig> own;
    if (config.config_file) own = read_config_file(*config.config_file);
    server.config_known = own && !own->files.empty();
    server.port_without_password =
        !config.management.empty() && !config.management.starts_with('/') && !config.password_file;
    if (!config.management.empty()) server.probe = probe(config, own, discovery);
    const auto word = std::ranges::find(words_, config.name, &DaemonWord::name);
    if (word != words_.end()) server.daemon_word = *word;
    if (config.status_file) server.status_file = look_at_status_file(*config.status_file);
    if (config.hook_directory) server.hook = look_at_hook(*config.hook_directory, own);
    if (config.config_file) {
      model::ServerFacts card;
      openvpn::ServerFiles(on_disk(*config.config_file)).fill(card, facts_.now);
      if (server.config_known) server.warnings = std::move(card.warnings);
    }
    facts_.servers.push_back(std::move(server));
  }

  std::optional<openvpn::ServerConfig> read_config_file(const std::string& path) const {
    return openvpn::read_server_config_file(path, [this](const std::string& file) -> std::optional<std::string> {
      std::ifstream stream(on_disk(file), std::ios::binary);
      if (!stream) return std::nullopt;
      return std::string(std::istreambuf_iterator<char>(stream), {});
    });
  }

  // With management-signal a visitor who leaves ends every tunnel.
  Probe probe(const OpenvpnConfig& config, const std::optional<openvpn::ServerConfig>& own,
              const Discovery& discovery) const {
    const auto seen = look_at_socket(config.management);
    if (facts_.daemon.answers || seen != Probe::not_asked) return facts_.daemon.answers ? Probe::not_asked : seen;
    const bool found_harmless = std::ranges::any_of(discovery.servers, [&](const FoundServer& found) {
      return found.usable && found.management == config.management;
    });
    const bool known_harmless = own && !own->files.empty() && own->management && !own->management_signal;
    return found_harmless || known_harmless ? probe_management(config.management, greeting_patience) : Probe::not_asked;
  }

  HookFacts look_at_hook(const std::string& folder, const std::optional<openvpn::ServerConfig>& own) const {
    HookFacts hook;
    hook.folder_exists = exists(folder);
    hook.reachable = hook.folder_exists && all_may_enter(folder);
    hook.socket_exists = exists(folder + "/socket");
    if (!own) return hook;
    const auto connect = hook_program(*own, "client-connect", folder);
    const auto disconnect = hook_program(*own, "client-disconnect", folder);
    for (const auto* name : {"client-connect", "client-disconnect"}) {
      const auto* line = own->last(name);
      if (line != nullptr && hook_program(*own, name, folder).empty()) hook.other_script = line->parameter(1);
    }
    hook.connect_set = !connect.empty();
    hook.disconnect_set = !disconnect.empty();
    hook.program = connect.empty() ? disconnect : connect;
    struct stat status{};
    hook.program_executable = stat(hook.program.c_str(), &status) == 0 && (status.st_mode & S_IXOTH) != 0;
    return hook;
  }

  void look_for_strangers(const Discovery& discovery) {
    for (const auto& found : discovery.servers) {
      const bool known = std::ranges::any_of(facts_.config.source.openvpn, [&](const OpenvpnConfig& server) {
        return (found.management && server.management == *found.management) ||
               (found.config_file && server.config_file == *found.config_file) ||
               (found.status_file && server.status_file == *found.status_file);
      });
      if (!known) facts_.strangers.push_back({found.name, found.sentence});
    }
  }

  void look_at_geoip() {
    const auto filled = geoip::with_found_files(facts_.config.geoip, geoip::default_directories());
    for (const auto* list : {&filled.city, &filled.country, &filled.asn}) {
      for (const auto& path : *list) {
        struct stat status{};
        const bool readable = stat(path.c_str(), &status) == 0 && access(path.c_str(), R_OK) == 0;
        facts_.geoip.push_back({path, readable, changed_at(status)});
      }
    }
  }

  void look_at_system() {
    struct timex clock{};
    if (adjtimex(&clock) >= 0) facts_.clock_synchronised = (clock.status & STA_UNSYNC) == 0;
    for (const auto* path : {"/usr/sbin/nft", "/sbin/nft", "/usr/local/sbin/nft"}) {
      facts_.nft_installed = facts_.nft_installed || access(path, X_OK) == 0;
    }
    // Whoever looks at the servers also changes nftables.
    const std::string name =
        facts_.config.node.collector == Collector::agent ? "davylamp-agent.service" : "davylampd.service";
    std::string unit;
    for (const auto* folder : {"/etc/systemd/system/", "/usr/lib/systemd/system/", "/lib/systemd/system/"}) {
      const auto path = on_disk(folder) + name;
      if (!exists(path)) continue;
      facts_.unit_installed = true;
      unit = text_of(path);
      break;
    }
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(on_disk("/etc/systemd/system/" + name + ".d"), error)) {
      unit += "\n" + text_of(entry.path().string());
    }
    facts_.unit_may_change_nft = !facts_.unit_installed || unit.find("CAP_NET_ADMIN") != std::string::npos;
  }

  const DoctorWorld& world_;
  HostFacts facts_;
  std::vector<DaemonWord> words_;
};

}  // namespace

HostFacts gather_host_facts(const DoctorWorld& world) {
  return Gatherer(world).gather();
}

}  // namespace davylamp::app
