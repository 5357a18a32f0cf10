#include "app/config/reachable.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

std::string user_name(uid_t id) {
  const auto* entry = getpwuid(id);
  return entry == nullptr ? std::to_string(id) : entry->pw_name;
}
std::string group_name(gid_t id) {
  const auto* entry = getgrgid(id);
  return entry == nullptr ? std::to_string(id) : entry->gr_name;
}

std::string octal(mode_t mode) {
  std::string text = "0000";
  for (std::size_t i = 0; i < 4; ++i) text[3 - i] = static_cast<char>('0' + ((mode >> (3 * i)) & 7U));
  return text;
}

std::string owner_and_mode(const struct stat& status) {
  return "owner " + user_name(status.st_uid) + ":" + group_name(status.st_gid) + ", mode " + octal(status.st_mode);
}

// What a member of the file's group needs, spelt for chmod.
std::string group_letters(int mode) {
  std::string letters;
  if ((mode & R_OK) != 0) letters += 'r';
  if ((mode & W_OK) != 0) letters += 'w';
  if ((mode & X_OK) != 0) letters += 'x';
  return letters;
}
mode_t group_bits(int mode) {
  return static_cast<mode_t>(((mode & R_OK) != 0 ? S_IRGRP : 0) | ((mode & W_OK) != 0 ? S_IWGRP : 0) |
                             ((mode & X_OK) != 0 ? S_IXGRP : 0));
}

class Checker {
 public:
  explicit Checker(const Access& access) : access_(access) {}

  void management(const std::string& key, const std::string& text) {
    const auto target = parse_management(text);
    const auto* path = target ? std::get_if<UnixSocketPath>(&*target) : nullptr;
    if (path == nullptr || !reach(key, path->path)) return;
    const auto status = status_of(path->path);
    if (!status) {
      return add(
          Severity::notice, key, path->path,
          "there is no such socket; is the OpenVPN server running, and does its configuration have \"management " +
              path->path + " unix\"?");
    }
    if (!S_ISSOCK(status->st_mode)) {
      return add(Severity::problem, key, path->path, "is not a socket (" + owner_and_mode(*status) + ")");
    }
    permit(key, path->path, R_OK | W_OK);
  }

  // What OpenVPN or davylamp setup makes: its absence is told, and Davylamp starts all the same.
  void made_by_others(const std::string& key, const std::string& path, std::string_view advice) {
    if (!reach(key, path)) return;
    if (!status_of(path)) {
      return add(Severity::notice, key, path, "there is no such file yet; " + std::string(advice));
    }
    permit(key, path, R_OK);
  }

  void password(const std::string& key, const std::string& path) {
    if (!readable_file(key, path)) return;
    const auto status = status_of(path);
    if (status && (status->st_mode & S_IROTH) != 0) {
      add(Severity::notice, key, path,
          "holds a password and everyone on this host can read it (" + owner_and_mode(*status) + "); chmod o-rwx " +
              path);
    }
  }

  bool readable_file(const std::string& key, const std::string& path) {
    if (!reach(key, path)) return false;
    const auto status = status_of(path);
    if (!status) {
      add(Severity::problem, key, path, "there is no such file");
      return false;
    }
    if (!S_ISREG(status->st_mode)) {
      add(Severity::problem, key, path, "is not a regular file (" + owner_and_mode(*status) + ")");
      return false;
    }
    return permit(key, path, R_OK);
  }

  void writable_directory(const std::string& key, const std::string& path) {
    if (!reach(key, path)) return;
    const auto status = status_of(path);
    if (!status) {
      return add(Severity::problem, key, path,
                 "there is no such folder; mkdir -p " + path + " && chown " + me() + ": " + path);
    }
    if (!S_ISDIR(status->st_mode)) return add(Severity::problem, key, path, "is not a folder");
    permit(key, path, W_OK | X_OK);
  }

  void web_root(const std::string& path) {
    if (status_of(path + "/index.html")) return;
    add(Severity::notice, "serve.web_root", path,
        "has no index.html: the page is not installed there; the API works without it");
  }

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  void add(Severity severity, const std::string& key, const std::string& path, const std::string& what) {
    findings_.push_back({severity, key + ": " + base::printable(path) + ": " + what});
  }
  static std::string me() { return user_name(geteuid()); }

  // Every folder on the way must let us through; the first that does not is the one to name.
  bool reach(const std::string& key, const std::string& path) {
    std::filesystem::path way;
    for (const auto& part : std::filesystem::path(path).parent_path()) {
      way /= part;
      const auto status = status_of(way.string());
      if (!status) return true;
      if (!permit(key, way.string(), X_OK)) return false;
    }
    return true;
  }

  bool permit(const std::string& key, const std::string& path, int mode) {
    const int error = access_(path, mode);
    if (error == 0) return true;
    const auto status = status_of(path);
    if (error != EACCES || !status) {
      add(Severity::problem, key, path, std::strerror(error));
      return false;
    }
    // Joining root's group would give away more than the one file.
    const bool group_suffices = (status->st_mode & group_bits(mode)) == group_bits(mode) && status->st_gid != 0;
    const auto remedy = group_suffices
                            ? "usermod -aG " + group_name(status->st_gid) + " " + me() + ", then start Davylamp again"
                            : "setfacl -m u:" + me() + ":" + group_letters(mode) + " " + path + ", or chgrp " + me() +
                                  " " + path + " && chmod g+" + group_letters(mode) + " " + path;
    add(Severity::problem, key, path,
        "permission denied for user " + me() + " (" + owner_and_mode(*status) + "); " + remedy);
    return false;
  }

  const Access& access_;
  std::vector<Finding> findings_;
};

void check_lists(Checker& checker, const geoip::Config& geoip) {
  boost::mp11::mp_for_each<boost::describe::describe_members<geoip::Config, boost::describe::mod_public>>([&](auto d) {
    for (const auto& path : geoip.*d.pointer) checker.readable_file(std::string("geoip.") + d.name, path);
  });
}

void check_files(Checker& checker, const std::string& key, const OpenvpnConfig& server) {
  if (server.status_file) {
    checker.made_by_others(key + ".status_file", *server.status_file,
                           "does the server's configuration have \"status " + *server.status_file + " 10\"?");
  }
  if (server.config_file) {
    checker.made_by_others(key + ".config_file", *server.config_file, "davylamp discover tells where servers are");
  }
  if (server.hook_directory) {
    checker.made_by_others(key + ".hook_directory", *server.hook_directory, "davylamp setup openvpn makes it");
  }
}

}  // namespace

int access_of_this_process(const std::string& path, int mode) {
  return faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0 ? 0 : errno;
}

std::vector<Finding> check_reachable(const Config& config, const Access& access) {
  Checker checker(access);
  const auto has = [&names = config.node.roles](const char* role) {
    return names.empty() || std::ranges::find(names, role) != names.end();
  };
  const auto store_directory = std::filesystem::path(config.store.path).parent_path().string();
  const bool has_file = !config.store.url && (has("process") || has("serve"));
  if (has_file) checker.writable_directory("store.path", store_directory.empty() ? "." : store_directory);
  if (!has_file || store_directory != config.node.state_directory) {
    checker.writable_directory("node.state_directory", config.node.state_directory);
  }
  if (config.store.password_file) checker.password("store.password_file", *config.store.password_file);
  if (config.bus.password_file) checker.password("bus.password_file", *config.bus.password_file);
  if (has("serve")) checker.web_root(config.serve.web_root);
  const auto writable_around = [&checker](const std::string& key, const std::string& file) {
    checker.writable_directory(key, std::filesystem::path(file).parent_path().string());
  };
  if (config.serve.control_socket) writable_around("serve.control_socket", *config.serve.control_socket);
  if (config.serve.proxy_socket) writable_around("serve.proxy_socket", *config.serve.proxy_socket);
  if (config.log.file) writable_around("log.file", *config.log.file);
  if (config.store.backup_directory) {
    checker.writable_directory("store.backup_directory", *config.store.backup_directory);
  }
  if (config.serve.tls_certificate) checker.readable_file("serve.tls_certificate", *config.serve.tls_certificate);
  if (config.serve.tls_key) checker.readable_file("serve.tls_key", *config.serve.tls_key);
  if (config.ldap.url && config.ldap.ca_file) checker.readable_file("ldap.ca_file", *config.ldap.ca_file);
  if (config.oidc.issuer && config.oidc.ca_file) checker.readable_file("oidc.ca_file", *config.oidc.ca_file);
  check_lists(checker, config.geoip);
  auto findings = checker.take();
  if (config.ldap.url && config.ldap.url->starts_with("ldap://") && !config.ldap.start_tls)
    findings.push_back({Severity::notice,
                        "ldap.start_tls is switched off: passwords travel to the directory in the clear, and whoever "
                        "stands between may answer in its place"});
  if (config.node.collector == Collector::agent) {
    const auto folder = std::filesystem::path(agent_socket_path(config)).parent_path().string();
    if (config.node.agent_socket) checker.writable_directory("node.agent_socket", folder);
  } else {
    for (auto& finding : check_sources(config, access)) findings.push_back(std::move(finding));
  }
  for (auto& finding : checker.take()) findings.push_back(std::move(finding));
  return findings;
}

std::vector<Finding> check_sources(const Config& config, const Access& access) {
  Checker checker(access);
  for (std::size_t i = 0; i < config.source.openvpn.size(); ++i) {
    const auto& server = config.source.openvpn[i];
    const auto key = "source.openvpn[" + std::to_string(i) + "]";
    checker.management(key + ".management", server.management);
    if (server.password_file) checker.password(key + ".password_file", *server.password_file);
    check_files(checker, key, server);
  }
  return checker.take();
}

}  // namespace davylamp::app
