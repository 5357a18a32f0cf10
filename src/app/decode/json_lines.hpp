#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "base/codec.hpp"

namespace davylamp::app {

// One flat JSON object, built member by member. Optional members that are absent are left out.
class JsonLine {
 public:
  explicit JsonLine(std::string_view kind) {
    text_ = "{\"kind\":";
    base::json::append(text_, kind);
  }

  template <class T>
  JsonLine& add(std::string_view name, const T& value) {
    begin_member(name);
    base::json::append(text_, value);
    return *this;
  }

  template <class T>
  JsonLine& add(std::string_view name, const std::optional<T>& value) {
    if (value) add(name, *value);
    return *this;
  }

  // Leaves the member out when the text is empty: unknown and empty are the same in what OpenVPN writes.
  JsonLine& add_unless_empty(std::string_view name, std::string_view text) {
    if (!text.empty()) add(name, text);
    return *this;
  }

  // `json` is a finished JSON value.
  JsonLine& add_json(std::string_view name, std::string_view json) {
    begin_member(name);
    text_ += json;
    return *this;
  }

  std::string_view text() const { return text_; }

 private:
  void begin_member(std::string_view name) {
    text_ += ",\"";
    text_ += name;
    text_ += "\":";
  }

  std::string text_;  // without the closing brace
};

// Writes JSON lines to a stream.
class JsonLines {
 public:
  explicit JsonLines(std::ostream& out) : out_(out) {}
  void write(const JsonLine& line) { out_ << line.text() << "}\n"; }

 private:
  std::ostream& out_;
};

}  // namespace davylamp::app
