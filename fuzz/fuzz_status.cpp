// Status texts: whatever the bytes, the sums agree with the rows, every view lies inside the text, and the fast field
// scanner splits as a plain loop does.
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string_view>
#include <vector>

#include "sources/openvpn/status_document.hpp"

namespace {

using namespace davylamp::openvpn;

void require(bool condition) {
  if (!condition) std::abort();
}

void require_inside(std::string_view text, std::string_view view) {
  if (view.empty()) return;
  const std::less_equal<const char*> not_after;
  require(not_after(text.data(), view.data()) && not_after(view.data() + view.size(), text.data() + text.size()));
}

void check_scanner(std::string_view text, char separator) {
  FieldScanner scanner(text, separator);
  static LineFields fields;
  while (!text.empty()) {
    const std::size_t line_end = text.find('\n');
    std::string_view line = text.substr(0, line_end);
    text.remove_prefix(line_end == std::string_view::npos ? text.size() : line_end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    require(scanner.next(fields));
    require(fields.line == line);
    std::size_t count = 0;
    for (;;) {
      const std::size_t mark = line.find(separator);
      if (count < LineFields::capacity) require(fields.at[count] == line.substr(0, mark));
      ++count;
      if (mark == std::string_view::npos) break;
      line.remove_prefix(mark + 1);
    }
    require(fields.overflow == (count > LineFields::capacity));
    require(fields.overflow || fields.count == count);
  }
  require(!scanner.next(fields));
}

void check_document(std::string_view text) {
  const StatusDocument document = read_status_document(text, ServerZone{std::chrono::seconds{0}});
  require(document.summary.clients == document.clients.size());
  require(document.summary.routes == document.routes.size());
  require(document.summary.problems == document.problems.size());
  require(document.sessions <= document.clients.size());
  for (const StatusClient& client : document.clients) {
    require_inside(text, client.row.common_name);
    require_inside(text, client.row.username);
    require_inside(text, client.real.address);
    require_inside(text, client.virtual_address);
    require_inside(text, client.virtual_address6);
    require(client.row.rx_bytes <= document.summary.rx_bytes && client.row.tx_bytes <= document.summary.tx_bytes);
  }
  for (const StatusRoute& route : document.routes) require_inside(text, route.virtual_address);
  for (const StatusProblem& problem : document.problems) require(!problem.what.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  check_scanner(text, ',');
  check_scanner(text, '\t');
  check_document(text);
  return 0;
}
