#include "sources/firewall/positions.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/codec.hpp"
#include "base/codec_read.hpp"
#include "base/result.hpp"

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
  namespace fs = std::filesystem;
  const auto fail = [&](const std::string& why) {
    throw base::Failure("state_file", "what was read of the logs cannot be remembered in " + state_file + ": " + why +
                                          "; give this program the right to write there");
  };
  std::error_code error;
  fs::create_directories(fs::path(state_file).parent_path(), error);
  if (error) fail(error.message());
  const auto fresh = state_file + ".new";
  {
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file << base::json::write(positions);
    file.flush();
    if (!file) fail(std::strerror(errno));
  }
  fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write, error);
  fs::rename(fresh, state_file, error);
  if (error) fail(error.message());
}

}  // namespace davylamp::firewall
