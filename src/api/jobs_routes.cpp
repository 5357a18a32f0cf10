#include "api/audit_line.hpp"
#include "api/body.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {

io::Task<Response> get_jobs(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  JobList list;
  for (const auto& [name, job] : resources.view.jobs()) list.items.push_back(job);
  co_return json_response(list);
}

// Answers before the job has run: how it fared is told by the live stream and GET /jobs.
io::Task<Response> post_job_run(Resources& resources, const Call& call) {
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto& jobs = resources.view.jobs();
  const auto found = jobs.find(call.parameter());
  if (found == jobs.end()) {
    std::string known;
    for (const auto& [name, job] : jobs) known += (known.empty() ? "" : ", ") + name;
    co_return store_refusal(call.request,
                            {"not_found", "There is no such job; known are " + (known.empty() ? "none" : known) + "."});
  }
  const auto job = found->second;
  if (job.began_at && !job.ended_at) co_return store_refusal(call.request, {"running", "The job is running already."});
  co_await write_audit(resources, call, {"job_run", job.name, *reason});
  resources.effects.issue({0, resources.clock.now() + base::Seconds(60), model::RunJob{job.name}});
  auto response = json_response(job);
  response.status = 202;
  co_return response;
}

}  // namespace davylamp::api
