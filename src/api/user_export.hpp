// Gathers everything that is kept on one VPN user.
#pragma once

#include <string>

#include "api/dto/user_export.hpp"
#include "api/routes.hpp"

namespace davylamp::api {

// What one answer may hold; more is left out, and the answer says so.
struct ExportBounds {
  std::size_t sessions = 10'000;
  std::size_t points = 500'000;  // of traffic, over all sessions
  std::size_t events = 20'000;
  std::size_t audit = 20'000;  // lines that are looked through
};

// In many small questions, so that others are answered in between.
io::Task<UserExport> gather_user(Resources& resources, std::string user, ExportBounds bounds);

}  // namespace davylamp::api
