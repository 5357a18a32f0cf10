// Our block in a file of somebody else: it goes in and out again, and no line of the operator's goes with it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "app/setup/marked_block.hpp"
#include "app/setup/unified_diff.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace davylamp::app;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const std::vector<std::string> lines{"management /run/a.sock unix", "status-version 3"};

  // What stays is part of what was there, and taking out twice is taking out once.
  const auto bare = without_block(text, "udp");
  require(bare.size() <= text.size());
  require(without_block(bare, "udp") == bare || has_block(bare));

  // Marks that are torn apart (a beginning here, an end there) are promised nothing more.
  if (has_block(bare)) return 0;

  const auto once = put_block(text, "udp", lines);
  require(has_block(once));
  // A last line that ends in a lone CR becomes one that ends in CRLF, which decides the line ends of the next time.
  require(put_block(once, "udp", lines) == once || bare.ends_with('\r'));
  // Out again: the operator's text, with an end to its last line.
  const auto out = without_block(once, "udp");
  require(out.starts_with(bare) && out.size() <= bare.size() + 2);

  require(unified_diff("a.conf", text, text).empty());
  require(once == text || !unified_diff("a.conf", text, once).empty());
  return 0;
}
