// Runs davylamp-hook as OpenVPN does: with a clean environment, one after another.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace davylamp::openvpn::testing {

using Environment = std::map<std::string, std::string>;

inline const Environment anna_connects{{"script_type", "client-connect"},
                                       {"common_name", "anna.berg"},
                                       {"time_unix", "1795000000"},
                                       {"trusted_ip", "192.0.2.7"},
                                       {"trusted_port", "1194"},
                                       {"ifconfig_pool_remote_ip", "10.8.0.2"},
                                       {"daemon_pid", "99"},
                                       {"dev_type", "tun"},
                                       {"proto_1", "udp6"},
                                       {"IV_VER", "2.6.14"}};

inline Environment anna_leaves(const std::string& rx_bytes, const std::string& tx_bytes) {
  Environment environment = anna_connects;
  environment["script_type"] = "client-disconnect";
  environment["bytes_received"] = rx_bytes;
  environment["bytes_sent"] = tx_bytes;
  environment["time_duration"] = "60";
  return environment;
}

struct HookRun {
  std::vector<std::string> arguments;
  Environment environment;
  std::string program = DAVYLAMP_HOOK;
  unsigned user = 0;            // when not 0: runs as it, as OpenVPN does after `user`
  std::string root;             // when not empty: the folder to chroot into
  unsigned* repeats = nullptr;  // when not null: raised by how often run_hook() ran it again
};

// The exit code; -1 when it did not end by itself.
inline int run_hook_once(const HookRun& run) {
  std::vector<char*> arguments{const_cast<char*>("davylamp-hook")};
  for (const auto& argument : run.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::vector<std::string> texts;
  for (const auto& [name, value] : run.environment) texts.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (auto& text : texts) environment.push_back(text.data());
  environment.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    const int null = ::open("/dev/null", O_RDWR);
    ::dup2(null, STDERR_FILENO);
    if (!run.root.empty() && (::chroot(run.root.c_str()) != 0 || ::chdir("/") != 0)) ::_exit(120);
    if (run.user != 0 && (::setgid(run.user) != 0 || ::setuid(run.user) != 0)) ::_exit(121);
    ::execve(run.program.c_str(), arguments.data(), environment.data());
    ::_exit(122);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

inline std::uintmax_t spooled_bytes(const HookRun& run) {
  std::error_code error;
  std::uintmax_t bytes = 0;
  if (run.arguments.empty()) return bytes;
  for (const auto& file : std::filesystem::directory_iterator(run.root + run.arguments[0] + "/spool", error)) {
    bytes += file.file_size(error);
  }
  return bytes;
}

// The hook gives up after 50 ms, for it must not hold up a VPN. One that did so before it wrote a word, on a machine
// that stood still, shows nothing: it is run again.
inline int run_hook(const HookRun& run) {
  constexpr std::chrono::milliseconds surely_in_time{40};
  constexpr int most_times = 50;
  const auto spooled = spooled_bytes(run);
  for (int times = 1;; ++times) {
    const auto began = std::chrono::steady_clock::now();
    const int code = run_hook_once(run);
    const bool in_time = std::chrono::steady_clock::now() - began < surely_in_time;
    if (in_time || spooled_bytes(run) != spooled || times == most_times) return code;
    if (run.repeats != nullptr) ++*run.repeats;
  }
}

}  // namespace davylamp::openvpn::testing
