#include "sources/wireguard/testing/wireguard_pair.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "base/testing/temporary_directory.hpp"
#include "base/text.hpp"

namespace davylamp::wireguard::testing {
namespace {

std::string socket_of(const std::string& interface) {
  return "/var/run/wireguard/" + interface + ".sock";
}

// Takes what comes to the port, so that no error message goes back.
int swallow() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::system_error(errno, std::generic_category(), "bind to the discard port");
  return socket;
}

void send_datagrams(const char* to, unsigned count, std::size_t bytes) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  ::inet_pton(AF_INET, to, &address.sin_addr);
  const std::vector<char> payload(bytes, 'x');
  for (unsigned i = 0; i < count; ++i) {
    ::sendto(socket, payload.data(), payload.size(), 0, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  ::close(socket);
}

std::string without_end(std::string text) {
  return std::string(base::trim(text));
}

}  // namespace

bool WireguardPair::possible() {
  return io::testing::TwoHosts::possible() && ::access("/usr/bin/wireguard-go", X_OK) == 0 &&
         ::access("/usr/bin/wg", X_OK) == 0 && ::access("/dev/net/tun", R_OK | W_OK) == 0;
}

void WireguardPair::start(End& end) {
  std::string program = "/usr/bin/wireguard-go";
  std::string name = end.interface;
  std::array<char*, 3> arguments{program.data(), name.data(), nullptr};
  std::string foreground = "WG_PROCESS_FOREGROUND=1";
  std::string path = "PATH=/usr/bin:/bin";
  std::array<char*, 3> environment{foreground.data(), path.data(), nullptr};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  for (const int output : {1, 2}) posix_spawn_file_actions_addopen(&files, output, "/dev/null", O_WRONLY, 0);
  const int failed =
      ::posix_spawn(&end.process, program.c_str(), &files, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error("wireguard-go cannot be started");
  for (int i = 0; i < 6'000 && ::access(socket_of(name).c_str(), F_OK) != 0; ++i) ::usleep(10'000);
}

void WireguardPair::end(End& end) {
  if (end.process <= 0) return;
  ::kill(end.process, SIGTERM);
  ::waitpid(end.process, nullptr, 0);
  end.process = 0;
}

WireguardPair::WireguardPair() {
  const auto number = std::to_string(::getpid());
  server_.interface = "dts" + number;
  client_.interface = "dtc" + number;
  hosts_.in_server([this] { sinks_[0] = swallow(); });
  hosts_.in_client([this] { sinks_[1] = swallow(); });
  for (auto* one : {&server_, &client_}) {
    one->private_key = without_end(hosts_.run_in_server("wg genkey"));
    one->public_key = without_end(hosts_.run_in_server("echo " + one->private_key + " | wg pubkey"));
  }
  start_server();
  hosts_.in_client([this] { start(client_); });
  const auto& name = client_.interface;
  hosts_.run_in_client("echo " + client_.private_key + " | wg set " + name +
                       " private-key /dev/stdin listen-port 40001");
  connect_anew();
  hosts_.run_in_client("ip addr add 10.66.0.2/24 dev " + name + " && ip link set " + name + " up");
}

WireguardPair::~WireguardPair() {
  end(client_);
  end(server_);
  for (const int socket : sinks_) ::close(socket);
}

void WireguardPair::start_server() {
  hosts_.in_server([this] { start(server_); });
  const auto& name = server_.interface;
  hosts_.run_in_server("echo " + server_.private_key + " | wg set " + name +
                       " private-key /dev/stdin listen-port 51820");
  add_peer();
  hosts_.run_in_server("ip addr add 10.66.0.1/24 dev " + name + " && ip link set " + name + " up");
}

void WireguardPair::end_server() {
  end(server_);
}

void WireguardPair::restart_server() {
  end_server();
  start_server();
}

void WireguardPair::add_peer() {
  hosts_.run_in_server("wg set " + server_.interface + " peer " + client_.public_key + " allowed-ips 10.66.0.2/32");
}

void WireguardPair::remove_peer() {
  hosts_.run_in_server("wg set " + server_.interface + " peer " + client_.public_key + " remove");
}

void WireguardPair::connect_anew() {
  const auto peer = "wg set " + client_.interface + " peer " + server_.public_key;
  hosts_.run_in_client(peer + " remove; " + peer + " endpoint 10.77.0.1:51820 allowed-ips 10.66.0.0/24");
}

void WireguardPair::configure_server(const std::string& config) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("more.conf");
  std::ofstream(path) << config;
  hosts_.run_in_server("wg addconf " + server_.interface + " " + path);
}

void WireguardPair::roam() {
  hosts_.run_in_client("wg set " + client_.interface + " listen-port 40002");
}

void WireguardPair::send(unsigned count, std::size_t bytes) {
  hosts_.in_client([&] { send_datagrams("10.66.0.1", count, bytes); });
}

void WireguardPair::send_back(unsigned count, std::size_t bytes) {
  hosts_.in_server([&] { send_datagrams("10.66.0.2", count, bytes); });
}

WireguardPair::Shown WireguardPair::shown() const {
  const auto text = hosts_.run_in_server("wg show " + server_.interface + " dump");
  for (const auto line : base::split(text, '\n')) {
    const auto fields = base::split(line, '\t');
    if (fields.size() != 8) continue;
    return {base::parse_number<std::uint64_t>(fields[5]).value_or(0),
            base::parse_number<std::uint64_t>(fields[6]).value_or(0),
            base::parse_number<std::int64_t>(fields[4]).value_or(0)};
  }
  return {};
}

}  // namespace davylamp::wireguard::testing
