#include "sources/ipsec/testing/charon_pair.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

namespace davylamp::ipsec::testing {
namespace {

constexpr const char* charon = "/usr/lib/ipsec/charon";
constexpr const char* swanctl_program = "/usr/sbin/swanctl";
constexpr const char* userspace_esp = "/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so";
constexpr const char* vici_plugin = "/usr/lib/ipsec/plugins/libstrongswan-vici.so";

std::string settings(const std::string& folder, const std::string& who) {
  return "charon {\n load = random nonce aes sha1 sha2 hmac kdf curve25519 openssl kernel-libipsec kernel-netlink "
         "socket-default vici updown attr\n install_routes = yes\n plugins {\n  vici {\n   socket = unix://" +
         folder + "/" + who +
         ".vici\n  }\n  kernel-libipsec {\n   allow_peer_ts = yes\n  }\n }\n filelog {\n  f {\n   path = " + folder +
         "/" + who + ".log\n   default = 1\n   flush_line = yes\n  }\n }\n}\n";
}

constexpr const char* server_connections = R"(connections {
 rw {
  version = 2
  local_addrs = 10.77.0.1
  pools = p1
  rekey_time = 0
  local {
   auth = psk
   id = vpn.example
  }
  remote {
   auth = psk
  }
  children {
   net {
    local_ts = 10.61.0.0/16
    esp_proposals = aes128-sha256
   }
  }
 }
}
pools {
 p1 {
  addrs = 10.61.100.0/24
 }
}
)";
constexpr const char* client_connections = R"(connections {
 home {
  version = 2
  remote_addrs = 10.77.0.1
  local_addrs = 10.77.0.2
  vips = 0.0.0.0
  rekey_time = 0
  local {
   auth = psk
   id = alice
  }
  remote {
   auth = psk
   id = vpn.example
  }
  children {
   net {
    remote_ts = 10.61.0.0/16
    esp_proposals = aes128-sha256
   }
  }
 }
}
)";
constexpr const char* secrets = R"(secrets {
 ike-1 {
  id = alice
  secret = "of the test"
 }
}
)";

// In the child: two charon on one machine would share the file in /run that says that one is there.
void exec_charon(const char* settings_path) {
  if (::unshare(CLONE_NEWNS) != 0) ::_exit(1);
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) ::_exit(1);
  if (::mount("tmpfs", "/run", "tmpfs", 0, nullptr) != 0) ::_exit(1);
  const int nothing = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(nothing, 1);
  ::dup2(nothing, 2);
  ::setenv("STRONGSWAN_CONF", settings_path, 1);
  ::execl(charon, "charon", nullptr);
  ::_exit(1);
}

}  // namespace

std::string CharonPair::missing() {
  if (!io::testing::TwoHosts::possible()) return "needs root and network namespaces";
  for (const auto* file : {charon, swanctl_program, userspace_esp, vici_plugin}) {
    if (::access(file, R_OK) != 0) return std::string("needs strongSwan with ") + file;
  }
  if (::access("/usr/bin/ping", X_OK) != 0 && ::access("/bin/ping", X_OK) != 0) return "needs ping";
  if (::access("/dev/net/tun", R_OK | W_OK) != 0) return "needs /dev/net/tun";
  return {};
}

pid_t CharonPair::start(const std::string& who) {
  const auto path = directory_.file(who + ".conf");
  std::ofstream(path) << settings(directory_.file(""), who);
  const auto process = ::fork();
  if (process < 0) throw std::runtime_error("charon cannot be started");
  if (process == 0) exec_charon(path.c_str());
  const auto socket = directory_.file(who + ".vici");
  for (int i = 0; i < 6'000 && ::access(socket.c_str(), F_OK) != 0; ++i) ::usleep(10'000);
  if (::access(socket.c_str(), F_OK) != 0) throw std::runtime_error("charon does not come up");
  return process;
}

CharonPair::CharonPair() {
  hosts_.run_in_server("ip addr add 10.61.0.1/32 dev lo");
  std::ofstream(directory_.file("server.swanctl")) << server_connections << secrets;
  std::ofstream(directory_.file("client.swanctl")) << client_connections << secrets;
  server_ = hosts_.in_server([this] { return start("server"); });
  client_ = hosts_.in_client([this] { return start("client"); });
  for (const std::string who : {"server", "client"}) {
    swanctl(who, "--load-all --noprompt --file " + directory_.file(who + ".swanctl"));
  }
}

CharonPair::~CharonPair() {
  end(client_);
  end(server_);
}

void CharonPair::end(pid_t& process) {
  if (process <= 0) return;
  ::kill(process, SIGTERM);
  for (int i = 0; i < 300 && ::waitpid(process, nullptr, WNOHANG) == 0; ++i) {
    if (i == 200) ::kill(process, SIGKILL);
    ::usleep(10'000);
  }
  process = 0;
}

std::string CharonPair::swanctl(const std::string& who, const std::string& command) const {
  return hosts_.run_in_server("timeout 60 swanctl " + command + " --uri unix://" + directory_.file(who + ".vici") +
                              " 2>&1");
}

void CharonPair::connect() {
  swanctl("client", "--initiate --child net --timeout 50");
}
void CharonPair::disconnect() {
  swanctl("client", "--terminate --ike home --timeout 50");
}
void CharonPair::rekey_child() {
  swanctl("client", "--rekey --child net");
}
void CharonPair::rekey_ike() {
  swanctl("client", "--rekey --ike home");
}
void CharonPair::end_server() {
  end(server_);
}

void CharonPair::ping(unsigned count) {
  hosts_.run_in_client("ping -q -i 0.01 -W 30 -c " + std::to_string(count) + " 10.61.0.1");
}

}  // namespace davylamp::ipsec::testing
