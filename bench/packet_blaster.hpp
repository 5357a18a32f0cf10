// UDP packets of many peers, as fast as one processor can.
#pragma once

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>

// Many peers from one raw socket; the packets are those of OpenVPN's data channel when `numbered`.
class PacketBlaster {
 public:
  PacketBlaster(std::uint32_t flows, std::uint16_t port, bool numbered)
      : flows_(flows), port_(port), numbered_(numbered) {
    socket_ = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    const int room = 16 << 20;
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
    to_.sin_family = AF_INET;
    ::inet_pton(AF_INET, "10.77.0.1", &to_.sin_addr);
    for (std::size_t i = 0; i < batch; ++i) {
      parts_[i] = {packets_[i].data(), packets_[i].size()};
      messages_[i].msg_hdr = {&to_, sizeof to_, &parts_[i], 1, nullptr, 0, 0};
    }
  }
  ~PacketBlaster() { ::close(socket_); }
  PacketBlaster(const PacketBlaster&) = delete;
  PacketBlaster& operator=(const PacketBlaster&) = delete;
  void send(std::uint32_t packets) {
    for (std::uint32_t sent = 0; sent < packets; sent += batch) {
      for (std::size_t i = 0; i < batch; ++i) fill(packets_[i], next_++);
      for (std::size_t done = 0; done < batch;) {
        const int now = ::sendmmsg(socket_, &messages_[done], static_cast<unsigned>(batch - done), 0);
        if (now > 0) done += static_cast<std::size_t>(now);
      }
    }
  }

 private:
  static constexpr std::size_t batch = 64;
  using Bytes = std::array<char, 128>;
  void fill(Bytes& bytes, std::uint32_t number) const {
    const auto flow = number % flows_;
    iphdr ip{};
    ip.version = 4;
    ip.ihl = 5;
    ip.ttl = 64;
    ip.protocol = IPPROTO_UDP;
    ip.tot_len = htons(bytes.size());
    ip.saddr = htonl(0x0A620001U + flow / 200);
    ip.daddr = to_.sin_addr.s_addr;
    udphdr udp{};
    udp.source = htons(static_cast<std::uint16_t>(20'000 + flow % 200));
    udp.dest = htons(port_);
    udp.len = htons(static_cast<std::uint16_t>(bytes.size() - sizeof ip));
    std::memcpy(bytes.data(), &ip, sizeof ip);
    std::memcpy(bytes.data() + sizeof ip, &udp, sizeof udp);
    if (!numbered_) return;
    const std::uint32_t words[2] = {htonl(0x48000007), htonl(1 + number / flows_)};
    std::memcpy(bytes.data() + sizeof ip + sizeof udp, words, sizeof words);
  }

  std::uint32_t flows_;
  std::uint16_t port_;
  bool numbered_;
  int socket_;
  std::uint32_t next_ = 0;
  sockaddr_in to_{};
  std::array<Bytes, batch> packets_{};
  std::array<iovec, batch> parts_{};
  std::array<mmsghdr, batch> messages_{};
};
