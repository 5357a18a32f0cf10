// A tun device whose other end is the test.
#pragma once

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <string>

#include "contract/testing/witness_scene.hpp"

namespace davylamp::ebpf::testing {

// "dtun0" on one of two hosts. Packets have no header before IP's; reads do not wait.
class Tun {
 public:
  enum class Side { server, client };
  Tun(contract::testing::TwoHosts& hosts, Side side, const std::string& address) {
    const auto make = [&] {
      handle_ = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
      ifreq request{};
      request.ifr_flags = IFF_TUN | IFF_NO_PI;
      std::string("dtun0").copy(request.ifr_name, IFNAMSIZ - 1);
      contract::testing::require(::ioctl(handle_, TUNSETIFF, &request) == 0, "TUNSETIFF");
    };
    const auto up = "ip addr add " + address + " dev dtun0 && ip link set dtun0 up";
    if (side == Side::server) {
      hosts.in_server(make);
      hosts.run_in_server(up);
    } else {
      hosts.in_client(make);
      hosts.run_in_client(up);
    }
  }
  ~Tun() { ::close(handle_); }
  Tun(const Tun&) = delete;
  Tun& operator=(const Tun&) = delete;
  int handle() const { return handle_; }

 private:
  int handle_ = -1;
};

}  // namespace davylamp::ebpf::testing
