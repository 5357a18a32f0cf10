#include "api/audit_export.hpp"

#include <algorithm>
#include <string_view>

namespace davylamp::api {
namespace {

constexpr std::size_t most_looked_through = 20'000;
constexpr std::size_t most_at_once = 1'000;

bool fits(const AuditFilter& filter, const model::AuditEntry& entry) {
  return (filter.account.empty() || filter.account == entry.account) &&
         (filter.action.empty() || filter.action == entry.action);
}

std::string cell(std::string_view text) {
  constexpr std::string_view formula_signs = "=+-@\t\r";
  std::string out = "\"";
  if (!text.empty() && formula_signs.contains(text.front())) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string seconds_text(base::Time at) {
  return std::to_string(std::chrono::floor<base::Seconds>(at.time_since_epoch()).count());
}

}  // namespace

AuditList read_audit(contract::AccountStore& store, const AuditFilter& filter, const AuditWindow& window) {
  AuditList list;
  auto before = window.before;
  const bool filtered = !filter.account.empty() || !filter.action.empty();
  const auto page = filtered ? most_at_once : std::min(window.limit, most_at_once);
  for (std::size_t seen = 0; seen < most_looked_through;) {
    const auto entries = store.audit(page, before);
    for (const auto& entry : entries) {
      // Lines from before the chain have no number to go on by.
      before = entry.number == 0 ? std::nullopt : std::optional(entry.number);
      if (!fits(filter, entry)) continue;
      list.items.push_back(entry);
      if (list.items.size() == window.limit) break;
    }
    seen += entries.size();
    if (list.items.size() == window.limit || !before) break;
    if (entries.size() < page) return list;
  }
  list.next_before = before == std::uint64_t{1} ? std::nullopt : before;
  return list;
}

std::string audit_csv_head() {
  return "number,at,account,action,subject,remote_address,reason,detail_hash,hash\r\n";
}

std::string audit_csv_line(const model::AuditEntry& entry) {
  std::string line = std::to_string(entry.number) + "," + seconds_text(entry.at);
  for (const auto* text : {&entry.account, &entry.action, &entry.subject, &entry.remote_address, &entry.reason,
                           &entry.detail_hash, &entry.hash})
    line += "," + cell(*text);
  return line + "\r\n";
}

}  // namespace davylamp::api
