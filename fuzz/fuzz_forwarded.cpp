// What a proxy passes on of its client: no value of these headers crashes a parser, a stranger's is never believed, and
// whoever is named by both kinds of header is the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/forwarded.hpp"
#include "api/request_target.hpp"

namespace {

using namespace davylamp;

void require(bool held) {
  if (!held) std::abort();
}

const std::vector<model::Network>& trusted() {
  static const std::vector<model::Network> networks{*model::Network::parse("10.0.0.0/8"),
                                                    *model::Network::parse("2001:db8::/32")};
  return networks;
}

// The four headers are the input's lines.
api::Request request_of(std::string_view text) {
  api::Request request;
  for (const auto* const name : {"x-forwarded-for", "forwarded", "x-forwarded-proto", "x-forwarded-host"}) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (!line.empty()) request.headers[name] = line;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  request.headers["host"] = "inside";
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  static_cast<void>(api::parse_node(text));
  require(api::parse_forwarded(text).size() <= size + 1);
  const auto request = request_of(text);
  const auto stranger = model::Address::from_v4({192, 0, 2, 1});
  const auto alone = api::who_asks(request, {stranger, true, false}, trusted());
  require(alone && alone->address == stranger && alone->secure && alone->host == "inside" && !alone->through_proxy);
  const auto proxy = model::Address::from_v4({10, 0, 0, 1});
  const auto asker = api::who_asks(request, {proxy, false, false}, trusted());
  require(asker || asker.error().code == "forwarded");
  if (asker) require(asker->through_proxy && api::parse_authority(asker->host).has_value());
  return 0;
}
