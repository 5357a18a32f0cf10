// Answers of an authoritative name server, as bytes (RFC 1035; EDNS0 RFC 6891).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sources/canary/query_message.hpp"

namespace davylamp::canary {

enum class ResponseCode : std::uint16_t {
  no_error = 0,
  format_error = 1,
  name_error = 3,
  not_implemented = 4,
  refused = 5,
  bad_version = 16,  // EDNS
};

// A record about the asked name, or about the zone. `content` is the record's RDATA.
struct Record {
  std::string name;
  std::uint16_t type = 0;
  std::uint32_t ttl_seconds = 0;
  std::vector<std::byte> content;
};

struct Answer {
  ResponseCode code = ResponseCode::no_error;
  bool authoritative = true;
  std::vector<Record> answers;
  std::vector<Record> authorities;
};

// At most `most_bytes` long: records that do not fit are left out, with the mark that tells to ask again over TCP.
std::vector<std::byte> write_answer(const Query& query, const Answer& answer, std::size_t most_bytes);
// For a question that could not be read: FORMERR with its number.
std::vector<std::byte> write_format_error(std::uint16_t id);
// "ns1.example.org" as labels. A label longer than 63 bytes is cut.
std::vector<std::byte> name_bytes(const std::string& name);

}  // namespace davylamp::canary
