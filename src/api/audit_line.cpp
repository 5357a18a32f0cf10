#include "api/audit_line.hpp"

#include "api/answer.hpp"
#include "base/text.hpp"

namespace davylamp::api {

model::AuditEntry audit_entry(const Resources& resources, const Call& call, AuditLine line) {
  const auto& request = call.request;
  if (!line.detail.empty()) line.reason += (line.reason.empty() ? "[" : " [") + line.detail + "]";
  return {resources.clock.now(),
          call.caller->account,
          std::move(line.action),
          std::move(line.subject),
          request.local_account ? "local" : request.remote_address.to_string(),
          std::move(line.reason)};
}

io::Task<void> write_audit(Resources& resources, const Call& call, AuditLine line) {
  co_await resources.accounts.call([entry = audit_entry(resources, call, std::move(line))](
                                       contract::AccountStore& store) { store.append_audit(entry); });
}

void tell_limits_changed(const Resources& resources) {
  resources.effects.issue({0, resources.clock.now() + base::Seconds(60), model::LimitsChanged{}});
}

Response store_refusal(const Request& request, const base::Error& error) {
  if (error.code == "not_found") return refusal_response(request, {404, "not-found", error.message, std::nullopt});
  std::string name = error.code;
  for (auto& c : name) c = c == '_' ? '-' : c;
  return refusal_response(request, {409, name, error.message, std::nullopt});
}

Response no_content() {
  Response response;
  response.status = 204;
  response.content_type.clear();
  return response;
}

Response created(Response response) {
  response.status = 201;
  return response;
}

std::uint64_t id_of(const std::string& parameter) {
  return base::parse_number<std::uint64_t>(parameter).value_or(0);
}

}  // namespace davylamp::api
