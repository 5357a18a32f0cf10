// What load balancers and orchestrators ask, without login and uncounted: /healthz (it is alive) and /readyz (it can
// answer people: its view is made, store and bus are there). They tell nothing but a word.
#pragma once

#include <functional>
#include <optional>

#include "api/http.hpp"
#include "api/live_view.hpp"
#include "base/result.hpp"
#include "contract/store.hpp"
#include "io/worker.hpp"

namespace davylamp::api {

bool is_probe(const Request& request);

struct Readiness {
  const LiveView& view;
  io::Worker<contract::StoreReader>& reader;
  std::function<std::optional<base::Error>()> bus_trouble;  // may be empty
};
// 200, or 503 with what is missing: "view", "bus" or "store".
io::Task<Response> answer_probe(const Request& request, Readiness readiness);

}  // namespace davylamp::api
