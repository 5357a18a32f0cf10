#include "sources/canary/query_message.hpp"

#include <algorithm>
#include <array>

#include "model/network.hpp"

namespace davylamp::canary {
namespace {

constexpr std::size_t header_bytes = 12;
constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_label = 63;
constexpr std::uint16_t client_subnet_code = 8;
constexpr std::size_t most_records = 16;

std::unexpected<base::Error> bad(std::string why) {
  return std::unexpected(base::Error{"bad_format", "a DNS question cannot be read: " + std::move(why)});
}

// Reads big-endian numbers; once past the end everything is zero and ok() is false.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  bool ok() const { return ok_; }
  std::size_t at() const { return at_; }
  std::uint8_t u8() {
    if (at_ >= bytes_.size()) {
      ok_ = false;
      return 0;
    }
    return std::to_integer<std::uint8_t>(bytes_[at_++]);
  }
  std::uint16_t u16() {
    const auto high = u8();
    return static_cast<std::uint16_t>(high << 8U | u8());
  }
  std::span<const std::byte> take(std::size_t count) {
    if (count > bytes_.size() - at_) {
      ok_ = false;
      return {};
    }
    const auto part = bytes_.subspan(at_, count);
    at_ += count;
    return part;
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

char letter(std::uint8_t byte) {
  if (byte >= 'A' && byte <= 'Z') return static_cast<char>(byte - 'A' + 'a');
  return byte > ' ' && byte < 0x7f && byte != '.' ? static_cast<char>(byte) : '?';
}

// Questions have no compression: there is nothing before them to point at.
std::optional<std::string> read_name(Reader& reader) {
  std::string name;
  for (std::size_t bytes = 1;;) {
    const auto length = reader.u8();
    if (!reader.ok()) return std::nullopt;
    if (length == 0) return name;
    bytes += length + 1U;
    if (length > longest_label || bytes > longest_name) return std::nullopt;
    if (!name.empty()) name += '.';
    for (unsigned i = 0; i < length; ++i) name += letter(reader.u8());
  }
}

// RFC 7871, 6. A subnet that contradicts itself is left out: it is only evidence.
std::optional<std::string> read_client_subnet(std::span<const std::byte> option) {
  Reader reader(option);
  const auto family = reader.u16();
  const auto prefix = reader.u8();
  reader.u8();
  const auto bytes = reader.take((prefix + 7U) / 8U);
  std::array<std::uint8_t, 16> address{};
  const std::size_t width = family == 1 ? 4 : 16;
  const bool is_whole = reader.ok() && reader.at() == option.size();
  if (!is_whole || (family != 1 && family != 2) || bytes.size() > width) return std::nullopt;
  std::ranges::transform(bytes, address.begin(), [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  const auto base = family == 1 ? model::Address::from_v4({address[0], address[1], address[2], address[3]})
                                : model::Address::from_v6(address);
  return model::Network::of(base, prefix).to_string();
}

void read_options(std::span<const std::byte> bytes, Edns& edns) {
  Reader reader(bytes);
  while (reader.at() < bytes.size()) {
    const auto code = reader.u16();
    const auto option = reader.take(reader.u16());
    if (!reader.ok()) return;
    if (code != client_subnet_code) continue;
    auto subnet = read_client_subnet(option);
    if (!subnet) continue;
    edns.client_subnet = std::move(*subnet);
    edns.client_subnet_option.assign(option.begin(), option.end());
  }
}

// The records behind the question: only OPT says something.
bool read_additional(Reader& reader, std::size_t records, Query& query) {
  for (std::size_t i = 0; i < records; ++i) {
    const auto name = read_name(reader);
    const auto type = reader.u16();
    const auto payload = reader.u16();
    reader.u8();
    const auto version = reader.u8();
    const auto flags = reader.u16();
    const auto bytes = reader.take(reader.u16());
    if (!name || !reader.ok()) return false;
    if (type != record_type::opt) continue;
    if (!name->empty() || query.edns) return false;
    query.edns.emplace();
    query.edns->payload_bytes = std::max<std::uint16_t>(payload, 512);
    query.edns->version = version;
    query.edns->dnssec_ok = (flags & 0x8000U) != 0;
    read_options(bytes, *query.edns);
  }
  return true;
}

}  // namespace

base::Result<Query> read_query(std::span<const std::byte> message) {
  if (message.size() < header_bytes) return std::unexpected(base::Error{"not_a_query", "too short for a DNS message"});
  Reader reader(message);
  Query query;
  query.id = reader.u16();
  const auto flags = reader.u16();
  if ((flags & 0x8000U) != 0) return std::unexpected(base::Error{"not_a_query", "an answer, not a question"});
  query.opcode = static_cast<std::uint8_t>(flags >> 11U & 0xfU);
  query.recursion_desired = (flags & 0x0100U) != 0;
  const auto questions = reader.u16();
  const auto answers = reader.u16();
  const auto authorities = reader.u16();
  const auto additional = reader.u16();
  if (questions != 1) return bad("it has " + std::to_string(questions) + " questions instead of one");
  if (answers != 0 || authorities != 0) return bad("it brings answers");
  if (additional > most_records) return bad("it has too many records");
  auto name = read_name(reader);
  query.type = reader.u16();
  query.class_ = reader.u16();
  if (!name || !reader.ok()) return bad("its name is cut off, or too long");
  query.name = std::move(*name);
  const auto asked = message.subspan(header_bytes, reader.at() - header_bytes);
  query.asked.assign(asked.begin(), asked.end());
  if (!read_additional(reader, additional, query)) return bad("its records are cut off");
  return query;
}

}  // namespace davylamp::canary
