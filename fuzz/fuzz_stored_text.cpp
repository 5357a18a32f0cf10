// Text as PostgreSQL keeps it: whatever bytes a peer is named by, what is stored is UTF-8 without NUL and gives the
// same bytes back.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/character.hpp"
#include "store/postgres/text_form.hpp"

namespace {

using namespace davylamp;

void require(bool held) {
  if (!held) std::abort();
}

bool is_storable(std::string_view text) {
  while (!text.empty()) {
    const auto character = base::first_character(text);
    if (character.size == 0 || character.point == 0) return false;
    text.remove_prefix(character.size);
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto stored = postgres::stored_text(text).value_or(text);
  require(is_storable(stored));
  require(postgres::original_text(stored).value_or(stored) == text);
  static_cast<void>(postgres::original_text(text));
  require(postgres::from_bytea(postgres::to_bytea(text)) == text);
  return 0;
}
