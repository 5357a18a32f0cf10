// Limits and quotas that look like real ones.
#pragma once

#include <string>

#include "api/testing/sample.hpp"
#include "model/limits.hpp"
#include "model/quota.hpp"

namespace davylamp::api::testing {

// 20 GB down a month in Berlin.
inline model::Limit sample_limit(std::uint64_t id, model::LimitSubject kind, const std::string& subject) {
  model::Limit limit;
  limit.id = id;
  limit.subject_kind = kind;
  limit.subject = subject;
  limit.direction = model::TrafficDirection::down;
  limit.bytes = 20'000'000'000;
  limit.period.zone = "Europe/Berlin";
  limit.created_at = sample_now - base::Seconds(86'400);
  limit.created_by = "root";
  return limit;
}

// `percent` of 1 GB is used.
inline model::Quota sample_quota(std::uint64_t limit_id, const std::string& user, std::uint64_t percent) {
  model::Quota quota;
  quota.limit_id = limit_id;
  quota.user = user;
  quota.used_bytes = percent * 10'000'000;
  quota.allowed_bytes = 1'000'000'000;
  quota.limit_bytes = 1'000'000'000;
  quota.period_start_at = sample_now - base::Seconds(86'400);
  quota.resets_at = sample_now + base::Seconds(86'400);
  if (percent >= 50) quota.state = model::QuotaState::near;
  if (percent >= 100) quota.state = model::QuotaState::reached;
  return quota;
}

}  // namespace davylamp::api::testing
