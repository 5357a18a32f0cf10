// How things fail. An expected failure (bad line, unknown user) is a Result; a failure of the world (socket reset,
// disk full) is a Failure exception, caught only by supervise(), the request dispatcher and main().
#pragma once

#include <expected>
#include <stdexcept>
#include <string>
#include <utility>

namespace davylamp::base {

// `code` is stable and machine readable ("not_found"); `message` is for people: what failed, on what, why, what to do.
struct Error {
  std::string code;
  std::string message;
  bool operator==(const Error&) const = default;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(std::string code, std::string message) {
  return std::unexpected<Error>(Error{std::move(code), std::move(message)});
}

class Failure : public std::runtime_error {
 public:
  explicit Failure(Error error) : std::runtime_error(error.message), error_(std::move(error)) {}
  Failure(std::string code, std::string message) : Failure(Error{std::move(code), std::move(message)}) {}
  const Error& error() const { return error_; }

 private:
  Error error_;
};

// The value, or the error thrown as a Failure: the one place where an expected failure becomes an exception.
template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw Failure(std::move(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace davylamp::base
