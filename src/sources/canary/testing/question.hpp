// Questions as a resolver sends them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sources/canary/answer_message.hpp"

namespace davylamp::canary {

inline void add16(std::vector<std::byte>& out, unsigned value) {
  out.push_back(static_cast<std::byte>(value >> 8U & 0xffU));
  out.push_back(static_cast<std::byte>(value & 0xffU));
}

// Number 0x1234, recursion desired.
inline std::vector<std::byte> question_bytes(const std::string& name, std::uint16_t type) {
  std::vector<std::byte> out;
  for (const unsigned value : {0x1234U, 0x0100U, 1U, 0U, 0U, 0U}) add16(out, value);
  for (const auto byte : name_bytes(name)) out.push_back(byte);
  add16(out, type);
  add16(out, 1);
  return out;
}

// ... with an OPT record that offers 1,232 bytes and has these options.
inline std::vector<std::byte> with_options(std::vector<std::byte> question, const std::vector<unsigned>& options) {
  question[11] = std::byte{1};
  question.push_back(std::byte{0});
  add16(question, record_type::opt);
  add16(question, 1'232);
  add16(question, 0);
  add16(question, 0);
  add16(question, static_cast<unsigned>(options.size()));
  for (const auto value : options) question.push_back(static_cast<std::byte>(value));
  return question;
}

}  // namespace davylamp::canary
