#include "app/config/reachable.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "app/config/credentials.hpp"
#include "app/config/file_checker.hpp"

namespace davylamp::app {
namespace {

void check_lists(FileChecker& checker, const geoip::Config& geoip) {
  boost::mp11::mp_for_each<boost::describe::describe_members<geoip::Config, boost::describe::mod_public>>([&](auto d) {
    for (const auto& path : geoip.*d.pointer) checker.readable_file(std::string("geoip.") + d.name, path);
  });
}

void check_files(FileChecker& checker, const std::string& key, const OpenvpnConfig& server) {
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

std::vector<Finding> check_reachable(const Config& config, base::Time now, const Access& access) {
  FileChecker checker(access, now);
  const auto has = [&names = config.node.roles](const char* role) {
    return names.empty() || std::ranges::find(names, role) != names.end();
  };
  const auto store_directory = std::filesystem::path(config.store.path).parent_path().string();
  const bool has_file = !config.store.url && (has("process") || has("serve"));
  if (has_file) checker.writable_directory("store.path", store_directory.empty() ? "." : store_directory);
  if (!has_file || store_directory != config.node.state_directory) {
    checker.writable_directory("node.state_directory", config.node.state_directory);
  }
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
  check_credentials(checker, config);
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
    for (auto& finding : check_sources(config, now, access)) findings.push_back(std::move(finding));
  }
  for (auto& finding : checker.take()) findings.push_back(std::move(finding));
  return findings;
}

std::vector<Finding> check_uplink(const Config& config, base::Time now, const Access& access) {
  FileChecker checker(access, now);
  check_connect(checker, config, Severity::problem);
  return checker.take();
}

std::vector<Finding> check_sources(const Config& config, base::Time now, const Access& access) {
  FileChecker checker(access, now);
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
