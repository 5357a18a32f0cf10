#include "sources/openvpn/server_config.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace davylamp::openvpn {
namespace {

// OpenVPN's own limit for configurations that include each other.
constexpr int deepest_include = 10;

// Inline blocks that hold nothing secret.
constexpr std::array<std::string_view, 4> public_blocks{"ca", "cert", "extra-certs", "crl-verify"};

class ConfigReader {
 public:
  ConfigReader(std::string directory, const ReadFile& read) : read_(read) { config_.directory = std::move(directory); }

  void apply_all(const std::vector<Directive>& directives, int depth) {
    for (const auto& directive : directives) {
      if (directive.name() == "config") {
        include(std::string(directive.parameter(1)), depth);
        continue;
      }
      keep(directive);
      if (!apply_mode(directive) && !apply_management(directive)) {
        apply_plain(directive);
      }
    }
  }
  ServerConfig take() { return std::move(config_); }

 private:
  void keep(Directive directive) {
    if (std::ranges::find(public_blocks, directive.name()) == public_blocks.end()) directive.block.clear();
    config_.directives.push_back(std::move(directive));
  }

  void include(const std::string& name, int depth) {
    if (name.empty() || depth >= deepest_include) return;
    const auto path = config_.absolute(name);
    const auto text = read_(path);
    if (!text) {
      config_.unreadable.push_back(path);
      return;
    }
    config_.files.push_back(path);
    apply_all(lex_config(*text), depth + 1);
  }

  bool apply_mode(const Directive& directive) {
    const auto name = directive.name();
    if (name == "server" || name == "server-bridge" || name == "server-ipv6") return config_.server = true;
    if (name == "mode" && directive.parameter(1) == "server") return config_.server = true;
    return false;
  }

  bool apply_management(const Directive& directive) {
    const auto name = directive.name();
    if (!name.starts_with("management")) return false;
    if (name == "management" && directive.words.size() >= 3) {
      ManagementLine line{directive.words[1], directive.words[2], std::nullopt};
      if (line.is_unix()) line.target = config_.absolute(line.target);
      if (directive.words.size() > 3) {
        const auto& file = directive.words[3];
        line.password_file = file == "stdin" ? file : config_.absolute(file);
      }
      config_.management = std::move(line);
    }
    if (name == "management-hold") config_.management_hold = true;
    if (name == "management-client-auth") config_.management_client_auth = true;
    if (name == "management-client") config_.management_client = true;
    if (name == "management-signal") config_.management_signal = true;
    if (name == "management-client-user") config_.management_user = directive.parameter(1);
    if (name == "management-client-group") config_.management_group = directive.parameter(1);
    return true;
  }

  void apply_plain(const Directive& directive) {
    const auto name = directive.name();
    const std::string value(directive.parameter(1));
    if (value.empty()) return;
    if (name == "cd") config_.directory = config_.absolute(value);
    if (name == "status") config_.status_file = config_.absolute(value);
    if (name == "status-version") config_.status_version = value;
    if (name == "proto") config_.protocol = value;
    if (name == "port" || name == "lport") config_.port = value;
    if (name == "local") config_.local_address = value;
    if (name == "dev") config_.device = value;
    if (name == "user") config_.user = value;
    if (name == "group") config_.group = value;
    if (name == "chroot") config_.chroot = config_.absolute(value);
  }

  const ReadFile& read_;
  ServerConfig config_;
};

}  // namespace

std::string ServerConfig::absolute(const std::string& path) const {
  return (std::filesystem::path(directory) / path).lexically_normal().string();
}

const Directive* ServerConfig::last(std::string_view name) const {
  const auto found = std::find_if(directives.rbegin(), directives.rend(),
                                  [&](const Directive& directive) { return directive.name() == name; });
  return found == directives.rend() ? nullptr : &*found;
}

ServerConfig read_server_config(const std::vector<Directive>& directives, const std::string& directory,
                                const ReadFile& read) {
  ConfigReader reader(directory, read);
  reader.apply_all(directives, 0);
  return reader.take();
}

ServerConfig read_server_config_file(const std::string& path, const ReadFile& read) {
  return read_server_config({{0, {"config", path}, ""}}, std::filesystem::path(path).parent_path().string(), read);
}

}  // namespace davylamp::openvpn
