// Asks several providers for one's own public address.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "io/task.hpp"
#include "model/heartbeat.hpp"
#include "probe/http_client.hpp"
#include "probe/lookup_answer.hpp"

namespace davylamp::probe {

struct LookupSource {
  Provider provider = Provider::hub;
  std::optional<WebAddress> v4;  // where to ask over IPv4; absent: it cannot be asked so
  std::optional<WebAddress> v6;
  std::optional<std::string> token{};  // to be shown there; then no redirect is followed
};

// "ipinfo,cloudflare=http://192.0.2.1:8080/trace,hub": names, each with another place after "=". Error "bad_lookups".
base::Result<std::vector<LookupSource>> read_lookup_sources(std::string_view text, const WebAddress& hub);

// Asks all at once, over `family` only. Never throws but when it is cancelled: what fails is an answer with an error.
io::Task<model::ExitReport> look_up_exit(HttpClient& http, std::vector<LookupSource> sources, Family family,
                                         bool routed);

}  // namespace davylamp::probe
