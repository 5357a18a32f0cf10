// OpenVPN configurations as discovery reads them: no text crashes the lexer, no directive is empty, includes end.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "app/discover/report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace davylamp::app;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  for (const auto& directive : davylamp::openvpn::lex_config(text)) {
    if (directive.words.empty() || directive.words.size() > 16) std::abort();
  }
  // Every include reads the same text again: at most a few levels, and only for texts that stay small.
  int reads = 0;
  const auto read = [&](const std::string&) -> std::optional<std::string> {
    if (++reads > 100) return std::nullopt;
    return text;
  };
  const auto config = davylamp::openvpn::read_server_config({{0, {"config", "a.conf"}, {}}}, "/etc/openvpn", read);
  const auto found = judge({"a", 1, false}, config);
  if (found.usable && !found.management) std::abort();
  (void)discovery_text({{found}, {}, {}});
  (void)discovery_toml({{found}, {}, {}});
  return 0;
}
