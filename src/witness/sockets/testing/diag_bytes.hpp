// Answers of sock_diag for tests: one socket with the attributes that are wanted.
#pragma once

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <span>
#include <vector>

#include "io/netlink_messages.hpp"

namespace davylamp::sockets {

// An established socket on port 443 with a peer on port 50000, cookie 0x2'0000'0001.
class DiagBytes {
 public:
  DiagBytes(int family, std::array<std::uint8_t, 16> local, std::array<std::uint8_t, 16> peer) {
    message_.idiag_family = static_cast<std::uint8_t>(family);
    message_.idiag_state = 1;
    message_.id.idiag_sport = htons(443);
    message_.id.idiag_dport = htons(50'000);
    std::memcpy(message_.id.idiag_src, local.data(), local.size());
    std::memcpy(message_.id.idiag_dst, peer.data(), peer.size());
    message_.id.idiag_cookie[0] = 1;
    message_.id.idiag_cookie[1] = 2;
  }
  inet_diag_msg& message() { return message_; }

  template <class Value>
  DiagBytes& attribute(std::uint16_t type, const Value& value) {
    const nlattr header{static_cast<std::uint16_t>(sizeof header + sizeof value), type};
    add(header);
    add(value);
    attributes_.resize(NLA_ALIGN(attributes_.size()));
    return *this;
  }

  std::vector<std::byte> held_body() const {
    const auto head = std::as_bytes(std::span(&message_, 1));
    std::vector<std::byte> body(head.begin(), head.end());
    body.insert(body.end(), attributes_.begin(), attributes_.end());
    return body;
  }
  // Valid until the next call.
  std::span<const std::byte> body() {
    body_ = held_body();
    return body_;
  }

 private:
  template <class Value>
  void add(const Value& value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    attributes_.insert(attributes_.end(), bytes.begin(), bytes.end());
  }

  inet_diag_msg message_{};
  std::vector<std::byte> attributes_;
  std::vector<std::byte> body_;
};

}  // namespace davylamp::sockets
