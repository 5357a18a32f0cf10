// A lab with one user, whom limits are laid down for.
#pragma once

#include <gtest/gtest.h>

#include "core/quota/testing_lab.hpp"

namespace davylamp::core {

inline const base::Time noon =
    base::Time{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}} + std::chrono::hours{12};

class QuotasTest : public testing::Test {
 protected:
  std::uint64_t anna_may(std::uint64_t bytes) {
    const auto id = lab.add_limit(model::LimitSubject::user, "anna", bytes).id;
    lab.lay_down();
    lab.settle();
    return id;
  }
  QuotaLab lab{noon};
};

}  // namespace davylamp::core
