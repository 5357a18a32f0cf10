// Lines of the audit log as they are asked for and handed out.
#pragma once

#include <optional>
#include <string>

#include "api/dto/house.hpp"
#include "contract/store.hpp"

namespace davylamp::api {

// Empty members let every line pass.
struct AuditFilter {
  std::string account;
  std::string action;
};

struct AuditWindow {
  std::size_t limit = 100;  // at most 1000
  std::optional<std::uint64_t> before;
};

// Newest first. A filter looks through at most 20,000 lines at a time: the page may then be short, or empty, and still
// say where to go on.
AuditList read_audit(contract::AccountStore& store, const AuditFilter& filter, const AuditWindow& window);

// RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe.
std::string audit_csv_head();
std::string audit_csv_line(const model::AuditEntry& entry);

}  // namespace davylamp::api
