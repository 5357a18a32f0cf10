#include "probe/dns_message.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "base/text.hpp"

namespace davylamp::probe {
namespace {

constexpr std::size_t header_bytes = 12;
constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_name = 253;
constexpr unsigned most_pointers = 32;
constexpr std::uint16_t most_udp_bytes = 1'232;
constexpr std::uint16_t type_opt = 41;
constexpr std::uint16_t class_internet = 1;
constexpr std::uint16_t flag_answer = 0x8000;
constexpr std::uint16_t flag_truncated = 0x0200;
constexpr std::uint16_t flag_recursion = 0x0100;
constexpr std::uint16_t code_mask = 0x000f;
constexpr unsigned pointer_mark = 0xc0;

void put(std::vector<std::byte>& out, std::uint16_t number) {
  out.push_back(static_cast<std::byte>(number >> 8U));
  out.push_back(static_cast<std::byte>(number & 0xffU));
}

// Walks over a message; once something is missing everything is.
class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> message) : message_(message) {}
  bool good() const { return good_; }

  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1).empty() ? std::byte{} : message_[at_ - 1]); }
  std::uint16_t number() {
    const auto high = byte();
    return static_cast<std::uint16_t>(high << 8U | byte());
  }
  std::span<const std::byte> take(std::size_t size) {
    if (!good_ || message_.size() - at_ < size) {
      good_ = false;
      return {};
    }
    at_ += size;
    return message_.subspan(at_ - size, size);
  }
  // A name in lower case, its labels joined by dots; compressed names are followed.
  std::string name() {
    std::string text;
    std::optional<std::size_t> back;
    unsigned pointers = 0;
    while (good_) {
      const unsigned size = byte();
      if (size == 0) break;
      if (size >= pointer_mark) {
        const std::size_t to = (size & ~pointer_mark) << 8U | byte();
        if (!back) back = at_;
        good_ = good_ && ++pointers <= most_pointers && to < message_.size();
        if (good_) at_ = to;
        continue;
      }
      const auto label = take(size);
      good_ = good_ && size <= longest_label && text.size() + size <= longest_name + 1;
      if (!text.empty()) text += '.';
      text.append(reinterpret_cast<const char*>(label.data()), label.size());
    }
    if (good_ && back) at_ = *back;
    return base::to_lower(text);
  }

 private:
  std::span<const std::byte> message_;
  std::size_t at_ = 0;
  bool good_ = true;
};

std::string_view without_last_dot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

std::string joined_strings(std::span<const std::byte> body) {
  std::string text;
  Cursor cursor(body);
  for (std::size_t left = body.size(); left != 0 && cursor.good();) {
    const std::size_t size = cursor.byte();
    const auto part = cursor.take(size);
    text.append(reinterpret_cast<const char*>(part.data()), part.size());
    left -= std::min(left, size + 1);
  }
  return text;
}

template <std::size_t Size>
std::array<std::uint8_t, Size> bytes_of(std::span<const std::byte> body) {
  std::array<std::uint8_t, Size> bytes{};
  std::memcpy(bytes.data(), body.data(), Size);
  return bytes;
}

void take_record(std::uint16_t type, std::span<const std::byte> body, DnsAnswer& answer) {
  if (type == static_cast<std::uint16_t>(DnsType::a) && body.size() == 4) {
    answer.addresses.push_back(model::Address::from_v4(bytes_of<4>(body)));
  } else if (type == static_cast<std::uint16_t>(DnsType::aaaa) && body.size() == 16) {
    answer.addresses.push_back(model::Address::from_v6(bytes_of<16>(body)));
  } else if (type == static_cast<std::uint16_t>(DnsType::txt)) {
    answer.texts.push_back(joined_strings(body));
  }
}

std::unexpected<base::Error> bad_message(std::string_view why) {
  return base::fail("bad_message", "the resolver's answer is of no use: " + std::string(why));
}

// The name and type that were asked for, as the answer repeats them.
bool repeats(Cursor& cursor, const DnsQuestion& question) {
  const bool same_name = cursor.name() == base::to_lower(without_last_dot(question.name));
  const bool same_type = cursor.number() == static_cast<std::uint16_t>(question.type);
  return same_name && same_type && cursor.number() == class_internet && cursor.good();
}

}  // namespace

base::Result<std::vector<std::byte>> dns_question(const DnsQuestion& question) {
  const auto name = without_last_dot(question.name);
  if (name.empty() || name.size() > longest_name) return base::fail("bad_name", "a DNS name has 1 to 253 characters");
  std::vector<std::byte> out;
  for (const std::uint16_t number : {question.id, flag_recursion, std::uint16_t{1}, std::uint16_t{0}, std::uint16_t{0}})
    put(out, number);
  put(out, 1);
  for (const auto label : base::split(name, '.')) {
    if (label.empty() || label.size() > longest_label)
      return base::fail("bad_name", "the labels of " + base::printable(name) + " need 1 to 63 characters each");
    out.push_back(static_cast<std::byte>(label.size()));
    for (const char c : label) out.push_back(static_cast<std::byte>(c));
  }
  out.push_back(std::byte{0});
  put(out, static_cast<std::uint16_t>(question.type));
  put(out, class_internet);
  out.push_back(std::byte{0});
  for (const std::uint16_t number : {type_opt, most_udp_bytes, std::uint16_t{0}, std::uint16_t{0}, std::uint16_t{0}})
    put(out, number);
  return out;
}

base::Result<DnsAnswer> read_dns_answer(std::span<const std::byte> message, const DnsQuestion& question) {
  Cursor cursor(message);
  const auto id = cursor.number();
  const auto flags = cursor.number();
  const auto questions = cursor.number();
  const auto records = cursor.number();
  cursor.take(header_bytes - 8);
  if (!cursor.good() || id != question.id || (flags & flag_answer) == 0) return bad_message("it is for somebody else");
  DnsAnswer answer;
  answer.code = flags & code_mask;
  answer.truncated = (flags & flag_truncated) != 0;
  if (questions == 0 && answer.code != 0) return answer;
  if (questions != 1 || !repeats(cursor, question)) return bad_message("it answers another question");
  for (std::uint16_t i = 0; i < records && cursor.good(); ++i) {
    cursor.name();
    const auto type = cursor.number();
    cursor.take(6);
    const auto body = cursor.take(cursor.number());
    if (cursor.good()) take_record(type, body, answer);
  }
  if (!cursor.good() && !answer.truncated) return bad_message("it ends in the middle of a record");
  return answer;
}

}  // namespace davylamp::probe
