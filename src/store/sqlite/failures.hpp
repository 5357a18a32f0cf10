// For tests: what a call failed with.
#pragma once

#include <functional>

#include "base/result.hpp"

namespace davylamp::sqlite {

inline base::Error error_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const base::Failure& failure) {
    return failure.error();
  }
  return {"none", ""};
}

}  // namespace davylamp::sqlite
