#include "sim/truth_file.hpp"

#include <fstream>

#include "base/codec.hpp"
#include "base/result.hpp"

namespace davylamp::sim {
namespace {

constexpr std::uint64_t most_ended = 1'000'000;

void append_line(std::string& text, const Account& account) {
  base::json::append(text, account);
  text += '\n';
}

}  // namespace

void TruthFile::ended(const Account& account) {
  if (++ended_count_ > most_ended) {
    ++forgotten_;
    return;
  }
  append_line(ended_lines_, account);
}

void TruthFile::write(std::span<const Account> open) {
  const auto fresh = path_.string() + ".new";
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << ended_lines_;
  std::string lines;
  for (const auto& account : open) append_line(lines, account);
  file << lines;
  if (forgotten_ != 0) file << "{\"forgotten\":" << forgotten_ << "}\n";
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(fresh, path_, error);
  if (!file || error) throw base::Failure("truth", "cannot write the truth to " + path_.string());
}

}  // namespace davylamp::sim
