#include "witness/sockets/process_ports.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>

#include "base/text.hpp"

namespace davylamp::sockets {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t comm_characters = 15;
constexpr std::size_t most_ports = 64;
constexpr std::size_t most_file_bytes = 65'536;
// Where the kernel takes ports for outgoing sockets from, as it comes (ip_local_port_range).
constexpr std::uint16_t first_passing_port = 32'768;
constexpr std::uint16_t last_passing_port = 60'999;

std::string read_start(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(most_file_bytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::string link_target(const fs::path& path) {
  std::error_code error;
  const auto target = fs::read_symlink(path, error);
  return error ? "" : target.string();
}

struct Names {
  std::string comm;
  std::string executable;  // base name; empty: not to be seen

  bool are(std::string_view wanted) const {
    if (executable == wanted) return true;
    if (comm == wanted) return true;
    return executable.empty() && wanted.size() > comm_characters && comm == wanted.substr(0, comm_characters);
  }
};

Names names_of(const fs::path& process) {
  Names names;
  names.comm = std::string(base::trim(read_start(process / "comm")));
  auto executable = link_target(process / "exe");
  // Written over by an update while it runs.
  constexpr std::string_view deleted = " (deleted)";
  if (executable.ends_with(deleted)) executable.resize(executable.size() - deleted.size());
  names.executable = fs::path(executable).filename().string();
  // Not ours to see: what it was called with, when that fits its short name.
  if (names.executable.empty()) {
    const auto line = read_start(process / "cmdline");
    const auto called = fs::path(line.substr(0, line.find('\0'))).filename().string();
    if (!names.comm.empty() && called.starts_with(names.comm)) names.executable = called;
  }
  return names;
}

std::vector<std::uint32_t> processes(const std::string& root) {
  std::vector<std::uint32_t> numbers;
  std::error_code error;
  for (fs::directory_iterator entry(root + "/proc", error), end; !error && entry != end; entry.increment(error)) {
    if (const auto number = base::parse_number<std::uint32_t>(entry->path().filename().string()))
      numbers.push_back(*number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

// Of sockets that the process has open; nothing when they are not ours to see.
std::vector<std::uint64_t> socket_inodes(const fs::path& process) {
  std::vector<std::uint64_t> inodes;
  std::error_code error;
  for (fs::directory_iterator entry(process / "fd", error), end; !error && entry != end; entry.increment(error)) {
    const auto target = link_target(entry->path());
    constexpr std::string_view prefix = "socket:[";
    if (!target.starts_with(prefix) || !target.ends_with(']')) continue;
    const auto digits = std::string_view(target).substr(prefix.size(), target.size() - prefix.size() - 1);
    if (const auto inode = base::parse_number<std::uint64_t>(digits)) inodes.push_back(*inode);
  }
  return inodes;
}

// "0::/system.slice/conduit.service", or the line of systemd on hosts with the older hierarchy.
std::string control_group(const fs::path& process) {
  std::string found;
  const auto text = read_start(process / "cgroup");
  for (const auto line : base::split(text, '\n')) {
    if (line.starts_with("0::")) return std::string(line.substr(3));
    if (const auto at = line.find(":name=systemd:"); at != std::string_view::npos) found = line.substr(at + 14);
  }
  return found;
}

// The innermost unit of the path that serves: sessions and slices are no services.
std::string unit_of(std::string_view group) {
  std::string unit;
  for (const auto part : base::split(group, '/')) {
    const bool container = part.ends_with(".scope") && !part.starts_with("session-") && part != "init.scope";
    if ((part.ends_with(".service") && !part.starts_with("user@")) || container) unit = part;
  }
  return unit;
}

// The kernel's number of a control group is the inode of its folder.
std::uint64_t group_number(const std::string& root, const std::string& group) {
  for (const char* mount : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    struct stat found{};
    auto path = root;
    path.append(mount).append(group);
    if (group.size() > 1 && ::stat(path.c_str(), &found) == 0) return found.st_ino;
  }
  return 0;
}

// Who has which socket, as far as can be seen: by open files, else by the unit when it is one service's own.
class Owners {
 public:
  explicit Owners(const std::string& root) : root_(root) {}

  void add(std::uint32_t number, const Names& names) {
    const auto process = fs::path(root_ + "/proc") / std::to_string(number);
    const auto inodes = socket_inodes(process);
    const auto group = control_group(process);
    const Program program{names.executable.empty() ? names.comm : names.executable, number, unit_of(group)};
    for (const auto inode : inodes) by_inode_.try_emplace(inode, program);
    if (!inodes.empty() || program.unit.empty()) return;
    if (const auto id = group_number(root_, group); id != 0) by_group_.try_emplace(id, program);
  }
  const Program* find(const ListeningSocket& socket) const {
    if (const auto found = by_inode_.find(socket.inode); found != by_inode_.end()) return &found->second;
    const auto found = by_group_.find(socket.cgroup);
    return socket.cgroup == 0 || found == by_group_.end() ? nullptr : &found->second;
  }

 private:
  std::string root_;
  std::unordered_map<std::uint64_t, Program> by_inode_;
  std::map<std::uint64_t, Program> by_group_;
};

bool is_passing(std::uint16_t port) {
  return port >= first_passing_port && port <= last_passing_port;
}

std::vector<std::uint16_t> chosen(const std::set<std::uint16_t>& ports) {
  std::vector<std::uint16_t> all(ports.begin(), ports.end());
  if (all.size() > most_ports) all.resize(most_ports);
  return all;
}

}  // namespace

contract::WatchedPorts ports_of(std::string_view process, const std::string& root,
                                const std::vector<ListeningSocket>& sockets) {
  Owners owners(root);
  for (const auto number : processes(root)) {
    const auto names = names_of(fs::path(root + "/proc") / std::to_string(number));
    if (names.are(process)) owners.add(number, names);
  }
  std::set<std::uint16_t> tcp;
  std::set<std::uint16_t> udp;
  for (const auto& socket : sockets) {
    if (owners.find(socket) != nullptr) (socket.protocol == model::Protocol::tcp ? tcp : udp).insert(socket.port);
  }
  // A program that serves on ports of its own asks name servers and other hosts from ports that change.
  const bool serves = !tcp.empty() || !std::ranges::all_of(udp, is_passing);
  if (serves) std::erase_if(udp, is_passing);
  return {chosen(udp), chosen(tcp), {}};
}

contract::WatchedPorts ports_of(std::string_view process) {
  return ports_of(process, "", list_listening());
}

std::vector<OwnedSocket> owners_of(const std::vector<ListeningSocket>& sockets, const std::string& root) {
  Owners owners(root);
  for (const auto number : processes(root))
    owners.add(number, names_of(fs::path(root + "/proc") / std::to_string(number)));
  std::vector<OwnedSocket> owned;
  for (const auto& socket : sockets) {
    const auto* program = owners.find(socket);
    owned.push_back({socket, program == nullptr ? std::nullopt : std::optional(*program)});
  }
  return owned;
}

std::optional<Program> owner_of(std::uint16_t port, model::Protocol protocol) {
  auto sockets = list_listening();
  std::erase_if(sockets, [&](const auto& socket) { return socket.port != port || socket.protocol != protocol; });
  if (sockets.empty()) return std::nullopt;
  for (auto& owned : owners_of(sockets, "")) {
    if (owned.program) return std::move(owned.program);
  }
  return std::nullopt;
}

}  // namespace davylamp::sockets
