#include "sources/firewall/positions.hpp"

#include <fstream>
#include <iterator>

#include "base/codec.hpp"
#include "base/codec_read.hpp"
#include "base/result.hpp"
#include "io/kept_file.hpp"

namespace davylamp::firewall {

Positions load_positions(const std::string& state_file) {
  std::ifstream file(state_file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  boost::system::error_code error;
  const auto value = boost::json::parse(text, error);
  Positions positions;
  if (error) return positions;
  base::json::Reader reader;
  reader.read(value, positions);
  return reader.problems().empty() ? positions : Positions{};
}

void save_positions(const std::string& state_file, const Positions& positions) {
  const auto kept = io::keep_file(state_file, base::json::write(positions));
  if (kept) return;
  throw base::Failure("state_file", "what was read of the logs cannot be remembered: " + kept.error().message +
                                        "; give this program the right to write there");
}

}  // namespace davylamp::firewall
