#include "probe/lookups.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "probe/agreement.hpp"
#include "probe/all_of.hpp"

namespace davylamp::probe {
namespace {

constexpr std::array providers{Provider::ipinfo, Provider::cloudflare, Provider::ip_api, Provider::hub};
constexpr std::size_t longest_error = 200;

// ipinfo.io itself has no IPv6 address, and ip-api.com answers over IPv4 only.
LookupSource usual_place(Provider provider, const WebAddress& hub) {
  const WebAddress ipinfo{true, "ipinfo.io", 443, "/json"};
  const WebAddress ipinfo_v6{true, "v6.ipinfo.io", 443, "/json"};
  const WebAddress cloudflare{true, "one.one.one.one", 443, "/cdn-cgi/trace"};
  const WebAddress ip_api{false, "ip-api.com", 80, "/json/?fields=status,message,query,countryCode,city,as"};
  if (provider == Provider::ipinfo) return {provider, ipinfo, ipinfo_v6};
  if (provider == Provider::cloudflare) return {provider, cloudflare, cloudflare};
  if (provider == Provider::ip_api) return {provider, ip_api, std::nullopt};
  const auto here = hub.with("/api/v1/my-address");
  return {provider, here, here};
}

io::Task<void> look_up(HttpClient& http, HttpQuestion question, Provider provider, model::LookupAnswer& answer) {
  const auto family = *question.family;
  try {
    const auto reply = co_await http.ask(std::move(question));
    answer = read_lookup(provider, family, reply.status, reply.body);
  } catch (const base::Failure& failure) {
    answer.error = base::printable(failure.error().message);
  }
  if (answer.error && answer.error->size() > longest_error) answer.error->resize(longest_error);
}

}  // namespace

base::Result<std::vector<LookupSource>> read_lookup_sources(std::string_view text, const WebAddress& hub) {
  std::vector<LookupSource> sources;
  for (const auto part : base::split(text, ',')) {
    const auto item = base::trim(part);
    if (item.empty()) continue;
    const auto equals = std::min(item.find('='), item.size());
    const auto provider = std::ranges::find(providers, item.substr(0, equals), provider_name);
    if (provider == providers.end()) {
      return base::fail("bad_lookups",
                        "\"" + base::printable(item.substr(0, equals)) +
                            "\" is no provider of look-ups; there are ipinfo, cloudflare, ip-api and hub");
    }
    auto source = usual_place(*provider, hub);
    if (equals < item.size()) {
      auto place = WebAddress::parse(item.substr(equals + 1));
      if (!place) return std::unexpected(place.error());
      source.v4 = *place;
      source.v6 = *place;
    }
    if (std::ranges::find(sources, *provider, &LookupSource::provider) == sources.end())
      sources.push_back(std::move(source));
  }
  return sources;
}

io::Task<model::ExitReport> look_up_exit(HttpClient& http, std::vector<LookupSource> sources, Family family,
                                         bool routed) {
  std::erase_if(sources, [&](const LookupSource& source) { return !(family == Family::v4 ? source.v4 : source.v6); });
  std::vector<model::LookupAnswer> answers(sources.size());
  std::vector<io::Task<void>> tasks;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    answers[i].provider = provider_name(sources[i].provider);
    HttpQuestion question;
    question.address = family == Family::v4 ? *sources[i].v4 : *sources[i].v6;
    question.headers = {{"Accept", "*/*"}};
    question.family = family;
    question.redirects = 1;
    if (sources[i].token) {
      question.headers.emplace_back("Authorization", "Bearer " + *sources[i].token);
      question.redirects = 0;
    }
    tasks.push_back(look_up(http, std::move(question), sources[i].provider, answers[i]));
  }
  co_await all_of(std::move(tasks));
  co_return agree(routed, std::move(answers));
}

}  // namespace davylamp::probe
