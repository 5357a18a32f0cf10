// The audit log: a page of it, all of it as a file, and whether its chain holds.
#include "api/account_rules.hpp"
#include "api/answer.hpp"
#include "api/audit_export.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

using contract::AccountStore;

constexpr std::size_t most_exported = 50'000;

enum class ExportFormat { ndjson, csv };
BOOST_DESCRIBE_ENUM(ExportFormat, ndjson, csv)

std::optional<std::uint64_t> read_before(Parameters& parameters) {
  return parameters.number("before", {1, std::uint64_t{1} << 53U});
}

AuditFilter read_filter(Parameters& parameters) {
  return {parameters.text("account"), parameters.text("action")};
}

}  // namespace

io::Task<Response> get_audit(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto limit = parameters.number("limit", {1, 1000}).value_or(100);
  const auto before = read_before(parameters);
  const auto filter = read_filter(parameters);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  if (auto refusal = refuse_scoped(call)) co_return std::move(*refusal);
  const auto list =
      co_await resources.accounts.call([&](AccountStore& store) { return read_audit(store, filter, {limit, before}); });
  co_return json_response(list);
}

io::Task<Response> get_audit_export(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto format = parameters.one_of("format", ExportFormat::ndjson);
  auto before = read_before(parameters);
  const auto filter = read_filter(parameters);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  if (auto refusal = refuse_scoped(call)) co_return std::move(*refusal);
  Response response;
  response.content_type = format == ExportFormat::csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
  if (format == ExportFormat::csv) response.body = audit_csv_head();
  bool more = true;
  // Page by page, so that others come in between.
  for (std::size_t lines = 0; more && lines < most_exported;) {
    const auto page = co_await resources.accounts.call(
        [&](AccountStore& store) { return read_audit(store, filter, {1'000, before}); });
    for (const auto& entry : page.items)
      response.body += format == ExportFormat::csv ? audit_csv_line(entry) : base::json::write(entry) + "\n";
    lines += page.items.size();
    before = page.next_before;
    more = before.has_value();
  }
  if (before) response.headers.emplace_back("Davylamp-Next-Before", std::to_string(*before));
  response.headers.emplace_back("Content-Disposition", std::string("attachment; filename=\"audit.") +
                                                           (format == ExportFormat::csv ? "csv\"" : "ndjson\""));
  co_return response;
}

io::Task<Response> get_audit_check(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  if (auto refusal = refuse_scoped(call)) co_return std::move(*refusal);
  const auto check = co_await resources.accounts.call([](AccountStore& store) { return store.check_audit(); });
  co_return json_response(check);
}

}  // namespace davylamp::api
