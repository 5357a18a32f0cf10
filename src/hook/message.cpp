#include "hook/message.hpp"

namespace davylamp::hook {
namespace {

class Writer {
 public:
  explicit Writer(std::span<char> into) : into_(into) {}
  void put(char byte) {
    if (used_ < into_.size()) into_[used_] = byte;
    ++used_;
  }
  void plain(std::string_view text) {
    for (const char byte : text) put(byte);
  }
  void value(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char byte : text) {
      const auto code = static_cast<unsigned char>(byte);
      if (code >= 0x20 && code != 0x7f && code != '%') {
        put(byte);
        continue;
      }
      put('%');
      put(digits[code >> 4U]);
      put(digits[code & 15U]);
    }
  }
  std::string_view line() const {
    return used_ <= into_.size() ? std::string_view(into_.data(), used_) : std::string_view{};
  }

 private:
  std::span<char> into_;
  std::size_t used_ = 0;
};

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::accepted:
      return "accepted";
    case Kind::refused:
      return "refused";
    case Kind::disconnected:
      break;
  }
  return "disconnected";
}

}  // namespace

std::string_view user_of(std::string_view common_name, std::string_view username) {
  if (!username.empty() && username != "UNDEF") return username;
  return common_name.empty() ? "UNDEF" : common_name;
}

std::string_view encode(const Message& message, std::span<char> into) {
  Writer writer(into);
  writer.plain("davylamp1\t");
  writer.plain(name_of(message.kind));
  for (std::size_t i = 0; i < field_count; ++i) {
    if (message.values[i].empty()) continue;
    writer.put('\t');
    writer.plain(field_names[i]);
    writer.put('=');
    writer.value(message.values[i]);
  }
  writer.put('\n');
  return writer.line();
}

}  // namespace davylamp::hook
