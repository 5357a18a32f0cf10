// Keeps a BookRecord in a file, so that nothing counts twice when this program ends, however it ends.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sources/ipsec/session_book.hpp"

namespace davylamp::ipsec {

// One line a session and one a CHILD_SA; no name, no address.
std::string to_text(const BookRecord& record);
// Nothing when the text is not whole, or of a version that this program does not know. Pure.
std::optional<BookRecord> read_book(std::string_view text);

// Replaces the file as a whole (mode 0600, its folder 0700 when it must be made). It needs no fsync: a crash of the
// host ends charon's counters, too, and the epoch says so. Empty path: nothing is kept.
base::Result<void> keep_book(const std::string& path, const BookRecord& record);
// An empty record when there is no file; one that is not whole is an error, and is not touched.
base::Result<BookRecord> load_book(const std::string& path);

}  // namespace davylamp::ipsec
