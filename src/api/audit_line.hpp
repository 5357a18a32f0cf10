// What route functions that change something have in common: the line in the audit log, and the word to the others.
#pragma once

#include <string>

#include "api/routes.hpp"
#include "model/account.hpp"

namespace davylamp::api {

struct AuditLine {
  std::string action;   // "limit_added"
  std::string subject;  // whom it was done to: a user's or a group's name alone, so that it can be erased
  std::string reason;
  std::string detail{};  // what was done, for people
};
// With who calls, from where, and now. A call over the control socket comes from "local". The detail is kept behind the
// reason, in brackets.
model::AuditEntry audit_entry(const Resources& resources, const Call& call, AuditLine line);
// For actions that are not a change of limits: written before they are done.
io::Task<void> write_audit(Resources& resources, const Call& call, AuditLine line);

// Tells the process role to read limits again.
void tell_limits_changed(const Resources& resources);

// What a store's refusal is to the caller: not_found 404, exists and in_use 409.
Response store_refusal(const Request& request, const base::Error& error);
Response no_content();
Response created(Response response);
// The id that a {part} is, or 0, which no store gives.
std::uint64_t id_of(const std::string& parameter);

}  // namespace davylamp::api
