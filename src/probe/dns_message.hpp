// DNS messages (RFC 1035, EDNS0 RFC 6891): a question, and the part of an answer that is needed here. Parse only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/address.hpp"

namespace davylamp::probe {

enum class DnsType : std::uint16_t { a = 1, txt = 16, aaaa = 28 };

struct DnsQuestion {
  std::uint16_t id = 0;
  std::string name;  // "o-o.myaddr.l.google.com", with or without the last dot
  DnsType type = DnsType::a;
};

// A question for a recursive resolver, which may answer with up to 1,232 bytes over UDP. Error "bad_name": a label that
// is empty or longer than 63 bytes, a name longer than 253.
base::Result<std::vector<std::byte>> dns_question(const DnsQuestion& question);

struct DnsAnswer {
  std::uint16_t code = 0;                 // RCODE; 0: no error, 3: no such name
  bool truncated = false;                 // ask again over TCP
  std::vector<model::Address> addresses;  // A and AAAA records, whatever they are called (CNAMEs are followed)
  std::vector<std::string> texts;         // TXT records; the strings of one are joined
};

// Error "bad_message": not an answer to `question` (another number, another name), or bytes that contradict themselves.
// What stands behind the answer section is not read.
base::Result<DnsAnswer> read_dns_answer(std::span<const std::byte> message, const DnsQuestion& question);

}  // namespace davylamp::probe
