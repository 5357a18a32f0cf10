#include "app/discover/find.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

namespace fs = std::filesystem;

// Far above any real one; a configuration with inline keys has some 20 kB.
constexpr std::size_t largest_file_bytes = 4'000'000;

std::optional<std::string> read_text(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error) || fs::is_directory(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text;
  std::array<char, 16'384> part;
  while (text.size() < largest_file_bytes && (file.read(part.data(), part.size()) || file.gcount() > 0)) {
    text.append(part.data(), static_cast<std::size_t>(file.gcount()));
  }
  return text;
}

std::string link_target(const fs::path& path) {
  std::error_code error;
  const auto target = fs::read_symlink(path, error);
  return error ? "" : target.string();
}

// The process's arguments, its own name first.
std::vector<std::string> arguments_of(const fs::path& process) {
  const auto text = read_text(process / "cmdline");
  std::vector<std::string> arguments;
  if (!text) return arguments;
  for (const auto part : base::split(*text, '\0')) arguments.emplace_back(part);
  while (!arguments.empty() && arguments.back().empty()) arguments.pop_back();
  return arguments;
}

class Finder {
 public:
  explicit Finder(const std::string& root) : root_(root) {}

  Discovery find() {
    find_processes();
    find_files();
    std::ranges::sort(discovery_.servers, [](const FoundServer& a, const FoundServer& b) {
      return std::pair(!a.running, a.name) < std::pair(!b.running, b.name);
    });
    return std::move(discovery_);
  }

 private:
  openvpn::ReadFile reader() const {
    return [this](const std::string& path) { return read_text(root_ + path); };
  }

  void find_processes() {
    std::vector<std::uint32_t> ids;
    std::error_code error;
    for (fs::directory_iterator entry(root_ + "/proc", error), end; !error && entry != end; entry.increment(error)) {
      if (const auto id = base::parse_number<std::uint32_t>(entry->path().filename().string())) ids.push_back(*id);
    }
    std::ranges::sort(ids);
    for (const auto id : ids) look_at_process(id);
  }

  void look_at_process(std::uint32_t id) {
    const auto process = fs::path(root_ + "/proc") / std::to_string(id);
    auto arguments = arguments_of(process);
    if (arguments.empty() || fs::path(arguments.front()).filename() != "openvpn") return;
    arguments.erase(arguments.begin());
    const auto directory = link_target(process / "cwd");
    const auto directives = openvpn::lex_arguments(arguments);
    const auto config = openvpn::read_server_config(directives, directory.empty() ? "/" : directory, reader());
    for (const auto& path : config.unreadable) {
      discovery_.obstacles.push_back("process " + std::to_string(id) + " is an OpenVPN whose configuration " + path +
                                     " cannot be read; run this as root");
    }
    for (const auto& path : config.files) seen_files_.insert(path);
    if (!config.server || is_of_the_lab(config)) return;
    Sighting sighting{unique_name(config, "openvpn-" + config.port), id, in_other_network(process)};
    add(judge(sighting, config), directives, directory.empty() ? "/" : directory);
  }

  // `./dev lab` marks its configurations in their first line; a lab that was left running is no server of this host.
  bool is_of_the_lab(const openvpn::ServerConfig& config) {
    const auto text = config.files.empty() ? std::nullopt : read_text(root_ + config.files.front());
    if (!text || !text->starts_with("# Davylamp lab:")) return false;
    discovery_.obstacles.push_back(config.files.front() + " is a server of the lab and is left out");
    return true;
  }

  bool in_other_network(const fs::path& process) const {
    const auto theirs = link_target(process / "ns/net");
    const auto ours = link_target(root_ + "/proc/self/ns/net");
    return !theirs.empty() && !ours.empty() && theirs != ours;
  }

  void find_files() {
    std::vector<std::string> paths;
    std::error_code error;
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator entry(root_ + "/etc/openvpn", options, error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->path().extension() == ".conf") paths.push_back(entry->path().string().substr(root_.size()));
    }
    if (error && error != std::errc::no_such_file_or_directory) {
      discovery_.obstacles.push_back("/etc/openvpn cannot be read: " + error.message() + "; run this as root");
    }
    std::ranges::sort(paths);
    for (const auto& path : paths) {
      if (!seen_files_.contains(path)) look_at_file(path);
    }
  }

  void look_at_file(const std::string& path) {
    const std::vector<openvpn::Directive> start{{0, {"config", path}, ""}};
    const auto config = openvpn::read_server_config(start, fs::path(path).parent_path().string(), reader());
    for (const auto& unreadable : config.unreadable) {
      discovery_.obstacles.push_back("the configuration " + unreadable + " cannot be read; run this as root");
    }
    if (!config.server) return;
    add(judge({unique_name(config, "openvpn"), std::nullopt, false}, config), start, fs::path(path).parent_path());
  }

  void add(FoundServer found, std::vector<openvpn::Directive> start, std::string directory) {
    found.start = std::move(start);
    found.directory = std::move(directory);
    discovery_.servers.push_back(std::move(found));
  }

  // By the outermost file: /etc/openvpn/server/udp.conf is "udp".
  std::string unique_name(const openvpn::ServerConfig& config, const std::string& otherwise) {
    const auto wanted = config.files.empty() ? otherwise : fs::path(config.files.front()).stem().string();
    auto name = wanted;
    for (int number = 2; !names_.insert(name).second; ++number) name = wanted + "-" + std::to_string(number);
    return name;
  }

  std::string root_;
  Discovery discovery_;
  std::set<std::string> seen_files_;
  std::set<std::string> names_;
};

}  // namespace

Discovery find_openvpn_servers(const std::string& root) {
  return Finder(root).find();
}

Discovery find_all(const std::string& root) {
  auto discovery = find_openvpn_servers(root);
  std::set<std::string> names;
  for (const auto& server : discovery.servers) names.insert(server.name);
  discovery.services = find_services(root, names);
  return discovery;
}

}  // namespace davylamp::app
