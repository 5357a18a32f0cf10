#include "io/testing/two_hosts.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <stdexcept>

namespace davylamp::io::testing {
namespace {

std::string run(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("no shell for: " + command);
  std::string output;
  std::array<char, 4096> part{};
  while (const auto size = std::fread(part.data(), 1, part.size(), pipe)) output.append(part.data(), size);
  if (::pclose(pipe) != 0) throw std::runtime_error(command + ": " + output);
  return output;
}

std::string run_in(const std::string& name, const std::string& command) {
  std::string quoted;
  for (const char c : command) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return run("nsenter --net=/run/netns/" + name + " sh -c '" + quoted + "'");
}

int open_namespace(const std::string& path) {
  const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (handle < 0) throw std::runtime_error("cannot open " + path);
  return handle;
}

}  // namespace

bool TwoHosts::possible() {
  return ::geteuid() == 0 && ::access("/usr/bin/nsenter", X_OK) == 0 && ::access("/run", W_OK) == 0;
}

TwoHosts::TwoHosts() {
  static std::atomic<unsigned> count = 0;
  const auto name = "dt" + std::to_string(::getpid()) + "-" + std::to_string(++count);
  server_ = name + "s";
  client_ = name + "c";
  run("ip netns add " + server_);
  run("ip netns add " + client_);
  run("ip -n " + server_ + " link add s0 type veth peer name c0 netns " + client_);
  for (const auto& [host, link, end] : {std::array<std::string, 3>{server_, "s0", "1"}, {client_, "c0", "2"}}) {
    run("ip -n " + host + " link set lo up");
    run("ip -n " + host + " addr add 10.77.0." + end + "/24 dev " + link);
    run("ip -n " + host + " addr add fd77::" + end + "/64 dev " + link + " nodad");
    run("ip -n " + host + " link set " + link + " up");
  }
  run("ip -n " + client_ + " route add local 10.98.0.0/16 dev lo");
  run("ip -n " + server_ + " route add 10.98.0.0/16 via 10.77.0.2");
}

TwoHosts::~TwoHosts() {
  for (const auto& name : {server_, client_}) {
    try {
      run("ip netns del " + name);
    } catch (const std::runtime_error&) {
      // Nothing is left to do for it.
    }
  }
}

std::string TwoHosts::run_in_server(const std::string& command) const {
  return run_in(server_, command);
}

std::string TwoHosts::run_in_client(const std::string& command) const {
  return run_in(client_, command);
}

TwoHosts::Visit::Visit(const std::string& name) : home_(open_namespace("/proc/thread-self/ns/net")) {
  const int there = open_namespace("/run/netns/" + name);
  const int result = ::setns(there, CLONE_NEWNET);
  ::close(there);
  if (result != 0) throw std::runtime_error("cannot enter " + name);
}

TwoHosts::Visit::~Visit() {
  ::setns(home_, CLONE_NEWNET);
  ::close(home_);
}

}  // namespace davylamp::io::testing
