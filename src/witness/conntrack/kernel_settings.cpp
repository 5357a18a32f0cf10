#include "witness/conntrack/kernel_settings.hpp"

#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <concepts>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/text.hpp"

namespace davylamp::conntrack {
namespace {

class Sysctls {
 public:
  explicit Sysctls(const std::string& root) : folder_(root + "/proc/sys/net/netfilter/nf_conntrack_") {}

  template <std::unsigned_integral T>
  std::optional<T> number(std::string_view name) const {
    const int handle = ::open((folder_ + std::string(name)).c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0) return std::nullopt;
    std::array<char, 32> text{};
    const auto size = ::read(handle, text.data(), text.size());
    ::close(handle);
    if (size <= 0) return std::nullopt;
    return base::parse_number<T>(base::trim({text.data(), static_cast<std::size_t>(size)}));
  }
  std::optional<bool> flag(std::string_view name) const {
    const auto value = number<std::uint32_t>(name);
    if (!value) return std::nullopt;
    return *value != 0;
  }
  void seconds(std::string_view name, std::uint32_t& value) const {
    value = number<std::uint32_t>(name).value_or(value);
  }

 private:
  std::string folder_;
};

model::Address address_of(const sockaddr& address) {
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return model::Address::from_v6(bytes);
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &address, sizeof v4);
  std::array<std::uint8_t, 4> bytes{};
  std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
  return model::Address::from_v4(bytes);
}

}  // namespace

KernelSettings read_kernel_settings(const std::string& root) {
  const Sysctls sysctls(root);
  KernelSettings settings;
  settings.count = sysctls.number<std::uint64_t>("count");
  settings.most = sysctls.number<std::uint64_t>("max");
  settings.present = settings.count || settings.most;
  if (!settings.present) return settings;
  settings.buckets = sysctls.number<std::uint64_t>("buckets");
  settings.accounting = sysctls.flag("acct");
  settings.timestamps = sysctls.flag("timestamp");
  settings.events = sysctls.number<std::uint32_t>("events");
  sysctls.seconds("udp_timeout", settings.udp_timeout_seconds);
  sysctls.seconds("udp_timeout_stream", settings.udp_stream_timeout_seconds);
  constexpr std::array<std::string_view, 10> states{"",
                                                    "tcp_timeout_syn_sent",
                                                    "tcp_timeout_syn_recv",
                                                    "tcp_timeout_established",
                                                    "tcp_timeout_fin_wait",
                                                    "tcp_timeout_close_wait",
                                                    "tcp_timeout_last_ack",
                                                    "tcp_timeout_time_wait",
                                                    "tcp_timeout_close",
                                                    "tcp_timeout_syn_sent"};
  for (std::size_t i = 1; i < states.size(); ++i) sysctls.seconds(states[i], settings.tcp_timeout_seconds[i]);
  sysctls.seconds("tcp_timeout_unacknowledged", settings.tcp_unacknowledged_seconds);
  return settings;
}

std::vector<model::Address> own_addresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  std::vector<model::Address> addresses;
  for (const auto* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    if (entry->ifa_addr->sa_family == AF_INET || entry->ifa_addr->sa_family == AF_INET6)
      addresses.push_back(address_of(*entry->ifa_addr));
  }
  std::ranges::sort(addresses);
  const auto repeated = std::ranges::unique(addresses);
  addresses.erase(repeated.begin(), repeated.end());
  return addresses;
}

}  // namespace davylamp::conntrack
