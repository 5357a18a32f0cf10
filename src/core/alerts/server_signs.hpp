// What servers, quotas, events and house jobs say about their conditions.
#pragma once

#include <vector>

#include "core/alerts/sign.hpp"
#include "model/event.hpp"
#include "model/house_job.hpp"
#include "model/quota.hpp"
#include "model/server.hpp"

namespace davylamp::core {

// A server that is being reached says nothing of whether it is down. Certificates: from two weeks before their end, and
// critical in the last three days.
std::vector<Sign> signs_of(const model::Server& server, base::Time now);
// A quota is near from 80 % on, when it passed a threshold.
// Each limit of a user is an aspect of its own: quota_aspect().
std::vector<Sign> signs_of(const model::Quota& quota);
std::string quota_aspect(std::uint64_t limit_id);
// Only of a user who is refused and comes again and again.
std::vector<Sign> signs_of(const model::Event& event);
// Of a job that has ended.
std::vector<Sign> signs_of(const model::HouseJob& job);

}  // namespace davylamp::core
