#include "sources/canary/answer_message.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace davylamp::canary {
namespace {

constexpr std::uint16_t answer_flag = 0x8000;
constexpr std::uint16_t authoritative_flag = 0x0400;
constexpr std::uint16_t truncated_flag = 0x0200;
constexpr std::uint16_t recursion_desired_flag = 0x0100;
constexpr std::uint16_t our_payload_bytes = 1'232;
constexpr std::uint16_t client_subnet_code = 8;
constexpr std::size_t longest_label = 63;
constexpr std::uint16_t internet = 1;

void put8(std::vector<std::byte>& out, unsigned value) {
  out.push_back(static_cast<std::byte>(value));
}

void put16(std::vector<std::byte>& out, unsigned value) {
  put8(out, value >> 8U & 0xffU);
  put8(out, value & 0xffU);
}

void put32(std::vector<std::byte>& out, std::uint32_t value) {
  put16(out, value >> 16U);
  put16(out, value & 0xffffU);
}

void put(std::vector<std::byte>& out, const std::vector<std::byte>& bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

std::vector<std::byte> record_bytes(const Record& record) {
  auto out = name_bytes(record.name);
  put16(out, record.type);
  put16(out, internet);
  put32(out, record.ttl_seconds);
  put16(out, static_cast<unsigned>(record.content.size()));
  put(out, record.content);
  return out;
}

// The asker's subnet goes back with scope 0: the answer is the same for everybody (RFC 7871, 7.2.1).
std::vector<std::byte> opt_record(const Edns& edns, ResponseCode code) {
  std::vector<std::byte> options;
  if (edns.client_subnet_option.size() >= 4) {
    put16(options, client_subnet_code);
    put16(options, static_cast<unsigned>(edns.client_subnet_option.size()));
    auto echo = edns.client_subnet_option;
    echo[3] = std::byte{0};
    put(options, echo);
  }
  std::vector<std::byte> out;
  put8(out, 0);
  put16(out, record_type::opt);
  put16(out, our_payload_bytes);
  put8(out, static_cast<unsigned>(code) >> 4U);
  put8(out, 0);
  put16(out, edns.dnssec_ok ? 0x8000U : 0U);
  put16(out, static_cast<unsigned>(options.size()));
  put(out, options);
  return out;
}

struct Counts {
  std::uint16_t answers = 0;
  std::uint16_t authorities = 0;
  bool truncated = false;
};

}  // namespace

std::vector<std::byte> name_bytes(const std::string& name) {
  std::vector<std::byte> out;
  for (const auto label : base::split(name, '.')) {
    const auto length = std::min(label.size(), longest_label);
    if (length == 0) continue;
    put8(out, static_cast<unsigned>(length));
    for (std::size_t i = 0; i < length; ++i) put8(out, static_cast<unsigned char>(label[i]));
  }
  put8(out, 0);
  return out;
}

std::vector<std::byte> write_answer(const Query& query, const Answer& answer, std::size_t most_bytes) {
  const auto opt = query.edns ? opt_record(*query.edns, answer.code) : std::vector<std::byte>{};
  std::vector<std::byte> records;
  Counts counts;
  const auto room = most_bytes - std::min(most_bytes, 12 + query.asked.size() + opt.size());
  const auto add = [&](const std::vector<Record>& section, std::uint16_t& count) {
    for (const auto& record : section) {
      const auto bytes = record_bytes(record);
      if (records.size() + bytes.size() > room) counts.truncated = true;
      if (counts.truncated) return;
      put(records, bytes);
      ++count;
    }
  };
  add(answer.answers, counts.answers);
  add(answer.authorities, counts.authorities);
  std::vector<std::byte> out;
  put16(out, query.id);
  put16(out, answer_flag | static_cast<unsigned>(query.opcode) << 11U |
                 (answer.authoritative ? authoritative_flag : 0U) | (counts.truncated ? truncated_flag : 0U) |
                 (query.recursion_desired ? recursion_desired_flag : 0U) | (static_cast<unsigned>(answer.code) & 0xfU));
  put16(out, 1);
  put16(out, counts.answers);
  put16(out, counts.authorities);
  put16(out, query.edns ? 1 : 0);
  put(out, query.asked);
  put(out, records);
  put(out, opt);
  return out;
}

std::vector<std::byte> write_format_error(std::uint16_t id) {
  std::vector<std::byte> out;
  put16(out, id);
  put16(out, answer_flag | static_cast<unsigned>(ResponseCode::format_error));
  for (int section = 0; section < 4; ++section) put16(out, 0);
  return out;
}

}  // namespace davylamp::canary
