// What is said to Redis and what it answers, in its own protocol (RESP2). Pure; hiredis is used here alone.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davylamp::redis {

struct Reply {
  enum class Kind { nothing, text, status, error, integer, list };
  Kind kind = Kind::nothing;
  std::string text;  // of text, status and error
  std::int64_t integer = 0;
  std::vector<Reply> items;

  bool is_text() const { return kind == Kind::text || kind == Kind::status; }
  bool is_error() const { return kind == Kind::error; }
  bool is_list() const { return kind == Kind::list; }
  // Whether it is an error of this kind: its first word, "OOM".
  bool is_error(std::string_view word) const;
};

// Appends one command.
void append_command(std::string& out, const std::vector<std::string_view>& words);

// Makes replies of bytes, however they are cut. Bounded whatever they say.
class ReplyReader {
 public:
  struct Limits {
    std::size_t most_bytes = std::size_t{256} * 1024 * 1024;  // that wait to become a reply
    std::size_t most_items = 100'000;                         // of one list
  };
  ReplyReader() : ReplyReader(Limits{}) {}
  explicit ReplyReader(const Limits& limits);
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  // Both throw Failure "hostile" when it is no reply, or too large a one; nothing more can be read then.
  void feed(std::string_view bytes);
  // The next whole reply.
  std::optional<Reply> next();

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace davylamp::redis
