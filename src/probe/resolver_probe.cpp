#include "probe/resolver_probe.hpp"

#include "probe/all_of.hpp"
#include "probe/name_asker.hpp"
#include "probe/whoami.hpp"

namespace davylamp::probe {
namespace {

constexpr int canary_names = 3;

struct Asked {
  std::string name;
  DnsType type = DnsType::a;
  base::Result<DnsAnswer> answer = base::fail("no_answer", "not asked");
};

io::Task<void> ask(const std::vector<std::string>& resolvers, Asked& asked) {
  asked.answer = co_await ask_resolvers(resolvers, asked.name, asked.type);
}

// A canary's answer is only that it was asked for: what the hub saw is the evidence.
bool answered(const Asked& asked) {
  return asked.answer && asked.answer->code == 0 && !(asked.answer->addresses.empty() && asked.answer->texts.empty());
}

void take(std::vector<model::ResolverSighting> more, model::ResolverReport& report) {
  for (auto& sighting : more) report.seen.push_back(std::move(sighting));
}

}  // namespace

io::Task<model::ResolverReport> probe_resolver(ResolverQuestions questions) {
  model::ResolverReport report;
  report.configured = questions.resolvers;
  std::vector<Asked> all;
  if (questions.whoami) {
    all.push_back({.name = std::string(google_whoami), .type = DnsType::txt});
    all.push_back({.name = std::string(akamai_whoami)});
  }
  if (questions.canary_zone) {
    report.canary = questions.canary_id;
    for (int n = 1; n <= canary_names; ++n)
      all.push_back({.name = std::to_string(n) + "-" + questions.canary_id + "." + *questions.canary_zone});
  }
  std::vector<io::Task<void>> tasks;
  for (auto& asked : all) tasks.push_back(ask(questions.resolvers, asked));
  co_await all_of(std::move(tasks));
  for (const auto& asked : all) {
    ++report.asked;
    if (!answered(asked)) continue;
    ++report.answered;
    if (asked.name == google_whoami) take(read_google_whoami(*asked.answer), report);
    if (asked.name == akamai_whoami) take(read_akamai_whoami(*asked.answer), report);
  }
  co_return report;
}

}  // namespace davylamp::probe
