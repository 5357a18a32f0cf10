// Answers of a DNS server, for tests.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "model/address.hpp"
#include "probe/dns_message.hpp"

namespace davylamp::probe::testing {

class DnsAnswerMaker {
 public:
  explicit DnsAnswerMaker(const DnsQuestion& question) : bytes_(dns_question(question).value()) {
    bytes_.resize(bytes_.size() - edns_bytes);
    set(2, 0x8180);
    set(10, 0);
  }
  // The answer to a question as it came.
  explicit DnsAnswerMaker(std::span<const std::byte> question) : bytes_(question.begin(), question.end()) {
    bytes_.resize(bytes_.size() - edns_bytes);
    set(2, 0x8180);
    set(10, 0);
  }
  DnsAnswerMaker& text(std::string_view text) {
    record(16, text.size() + 1);
    bytes_.push_back(static_cast<std::byte>(text.size()));
    for (const char c : text) bytes_.push_back(static_cast<std::byte>(c));
    return *this;
  }
  DnsAnswerMaker& address(std::string_view text) {
    record(1, 4);
    const auto address = model::Address::parse(text).value();
    for (std::size_t i = 0; i < 4; ++i) bytes_.push_back(static_cast<std::byte>(address.bytes().at(i)));
    return *this;
  }
  DnsAnswerMaker& truncated() {
    bytes_[2] |= std::byte{2};
    return *this;
  }
  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  static constexpr std::size_t edns_bytes = 11;
  void set(std::size_t at, unsigned number) {
    bytes_[at] = static_cast<std::byte>(number >> 8U);
    bytes_[at + 1] = static_cast<std::byte>(number & 0xffU);
  }
  void add(unsigned number) {
    bytes_.resize(bytes_.size() + 2);
    set(bytes_.size() - 2, number);
  }
  void record(unsigned type, std::size_t size) {
    set(6, ++records_);
    add(0xc00c);
    add(type);
    add(1);
    add(0);
    add(60);
    add(static_cast<unsigned>(size));
  }
  std::vector<std::byte> bytes_;
  unsigned records_ = 0;
};

}  // namespace davylamp::probe::testing
