#include "app/import/traffic_monitor.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

std::string cell(const ImportRow& row, std::size_t index) {
  return index < row.size() ? row[index].value_or("") : "";
}

class Monitor {
 public:
  Monitor(const TrafficMonitorTables& tables, const ImportWish& wish) : tables_(tables), wish_(wish) {
    plan_.tool = "openvpn-traffic-monitor";
  }

  ImportPlan plan() {
    for (const auto& row : tables_.users) names_[cell(row, 0)] = cell(row, 1);
    for (const auto& row : tables_.logs) add_log(row);
    for (const auto& row : tables_.quotas) add_quota(row);
    if (used_ > 0) {
      plan_.notes.push_back("bytes_used of user_quotas, " + std::to_string(used_) +
                            " bytes in all, is not taken over: what traffic_logs has of this month counts");
    }
    return std::move(plan_);
  }

 private:
  void refuse(std::string record, std::string why) { plan_.refused.push_back({std::move(record), std::move(why)}); }

  // The user's name; nothing after a refusal.
  std::optional<std::string> user_of(const std::string& record, const std::string& id) {
    const auto found = names_.find(id);
    if (found != names_.end() && !found->second.empty()) return found->second;
    refuse(record, "names the user " + id + ", whom the table users does not have");
    return std::nullopt;
  }

  void add_log(const ImportRow& row) {
    ++plan_.records;
    const auto record = "traffic_logs row " + cell(row, 0);
    const auto user = user_of(record, cell(row, 1));
    if (!user) return;
    const auto tx = base::parse_number<std::uint64_t>(cell(row, 2));
    const auto rx = base::parse_number<std::uint64_t>(cell(row, 3));
    const auto at = wish_.time(cell(row, 4));
    if (!tx || !rx) return refuse(record, "has counters that are no numbers, or negative");
    if (!at) return refuse(record, at.error().message);
    model::Session session;
    session.user = *user;
    session.common_name = *user;
    session.opened_at = *at;
    session.closed_at = *at;
    session.end_reason = model::EndReason::unknown;
    session.rx_bytes = *rx;
    session.tx_bytes = *tx;
    add_session(plan_, wish_, "row " + cell(row, 0) + " " + *user + " " + cell(row, 4), std::move(session));
  }

  void add_quota(const ImportRow& row) {
    ++plan_.records;
    const auto record = "quota of user " + cell(row, 0);
    const auto user = user_of(record, cell(row, 0));
    if (!user) return;
    const auto bytes = base::parse_number<std::uint64_t>(cell(row, 1));
    used_ += std::min(base::parse_number<std::uint64_t>(cell(row, 2)).value_or(0), std::uint64_t{1} << 53U);
    if (!bytes) return refuse(record_name("quota of", *user), "is no number of bytes");
    if (*bytes == 0) return refuse(record_name("quota of", *user), "is 0, which meant no limit there");
    model::Limit limit;
    limit.subject = *user;
    limit.bytes = *bytes;
    limit.note = "imported from " + plan_.tool;
    plan_.limits.push_back(std::move(limit));
  }

  const TrafficMonitorTables& tables_;
  const ImportWish& wish_;
  ImportPlan plan_;
  std::map<std::string, std::string> names_;
  std::uint64_t used_ = 0;
};

}  // namespace

ImportPlan plan_traffic_monitor(const TrafficMonitorTables& tables, const ImportWish& wish) {
  return Monitor(tables, wish).plan();
}

}  // namespace davylamp::app
