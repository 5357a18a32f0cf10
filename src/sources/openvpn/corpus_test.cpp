// Sweeps over real output of real servers, which lies outside this repository.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "sources/openvpn/management_decoder.hpp"
#include "sources/openvpn/status_document.hpp"
#include "sources/openvpn/testing/message_text.hpp"

namespace davylamp::openvpn {
namespace {

namespace fs = std::filesystem;

fs::path corpus() {
  const char* chosen = std::getenv("DAVYLAMP_CORPUS");
  return chosen != nullptr ? fs::path(chosen) : fs::path(DAVYLAMP_SOURCE_DIR) / ".." / "shared" / "corpus";
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct Expected {
  std::string file;
  std::uint64_t clients;
  std::uint64_t routes;
  std::uint64_t rx_bytes;
  std::uint64_t tx_bytes;
};

std::vector<Expected> read_expectations(const fs::path& path) {
  std::vector<Expected> all;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream columns(line);
    std::vector<std::string> values;
    for (std::string value; std::getline(columns, value, '\t');) values.push_back(value);
    if (values.size() < 8) continue;
    all.push_back(
        {values[0], std::stoull(values[3]), std::stoull(values[5]), std::stoull(values[6]), std::stoull(values[7])});
  }
  return all;
}

// Where the counter that made the list is not right: it takes any line of a client section for a client, even
// notifications, and counts rows whose numbers cannot be read as clients with zero bytes.
const std::map<std::string, Expected>& corrections() {
  static const std::map<std::string, Expected> all = [] {
    std::map<std::string, Expected> map;
    for (const Expected& e : std::vector<Expected>{
             {"status/files/barafael-status_interleaved.txt", 1, 0, 1548576, 984320},  // a >STATE line is no client
             {"status/embedded/patrickjahns-badFields.status", 0, 0, 0, 0},            // bytes "foo", dates "test"
             {"status/embedded/zeos-TestParseFileMalformed.status", 0, 0, 0, 0},       // bytes "invalid_number"
             {"status/embedded/zeos-TestParseFileWithEmptyLines.status", 1, 0, 1048576,
              2097152},                                                          // a whole row, not summed
             {"status/index/2.6.0-v2-dupcn-shortrow.status", 3, 1, 1510, 2515},  // a row with empty bytes
             {"status/index/v2-truncated-client.status", 0, 0, 0, 0},            // a row of two fields
             {"status/broken/tonyseek-broken-5.txt", 0, 0, 0, 0},                // "Closed,…" is no client
             {"status/broken/tonyseek-broken-6.txt", 3, 3, 2263393, 32156439},   // routes under a broken heading
             {"status/broken/tonyseek-broken-7.txt", 0, 0, 0, 0},                // cut off inside its date
         }) {
      map.emplace(e.file, e);
    }
    return map;
  }();
  return all;
}

TEST(OpenvpnCorpus, StatusFilesGiveTheCountsAndSumsOfTheList) {
  const fs::path list = corpus() / "status-counts.tsv";
  if (!fs::exists(list)) GTEST_SKIP() << "there is no " << list;
  std::size_t compared = 0;
  for (const Expected& listed : read_expectations(list)) {
    if (!fs::exists(corpus() / listed.file)) continue;
    const auto corrected = corrections().find(listed.file);
    const Expected& expected = corrected == corrections().end() ? listed : corrected->second;
    const std::string text = read_file(corpus() / listed.file);
    const StatusDocument document = read_status_document(text, ServerZone{std::chrono::seconds{0}});
    EXPECT_EQ(document.summary.clients, expected.clients) << listed.file;
    EXPECT_EQ(document.summary.routes, expected.routes) << listed.file;
    EXPECT_EQ(document.summary.rx_bytes, expected.rx_bytes) << listed.file;
    EXPECT_EQ(document.summary.tx_bytes, expected.tx_bytes) << listed.file;
    ++compared;
  }
  EXPECT_GT(compared, 0U);
}

std::vector<fs::path> recordings() {
  std::vector<fs::path> all;
  for (const fs::path& folder :
       {corpus() / "live", corpus() / "mgmt", corpus() / ".." / "reference" / "captures" / "openvpn"}) {
    if (!fs::is_directory(folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file() && (entry.path().extension() == ".raw" || folder.filename() == "mgmt"))
        all.push_back(entry.path());
    }
  }
  return all;
}

std::string decode_in_chunks(std::string_view bytes, std::mt19937& random, std::size_t largest) {
  testing::RecordingSink sink;
  ManagementDecoder decoder(sink);
  while (!bytes.empty()) {
    const std::size_t length = std::min<std::size_t>(bytes.size(), 1 + random() % largest);
    decoder.feed(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
  decoder.finish();
  return sink.take();
}

TEST(OpenvpnCorpus, RecordingsDecodeTheSameInAnyChunks) {
  const auto files = recordings();
  if (files.empty()) GTEST_SKIP() << "there are no recordings in " << corpus();
  std::mt19937 random(7);
  for (const fs::path& file : files) {
    const std::string bytes = read_file(file);
    const std::string whole = decode_in_chunks(bytes, random, std::string::npos / 2);
    for (const std::size_t largest : {1U, 3U, 17U, 1024U}) {
      ASSERT_EQ(decode_in_chunks(bytes, random, largest), whole) << file << " in chunks of up to " << largest;
    }
  }
}

TEST(OpenvpnCorpus, ThePasswordsOfTheRecordingsNeverComeOut) {
  const auto files = recordings();
  if (files.empty()) GTEST_SKIP() << "there are no recordings in " << corpus();
  std::mt19937 random(7);
  for (const fs::path& file : files) {
    const std::string bytes = read_file(file);
    const std::string decoded = decode_in_chunks(bytes, random, 4096);
    constexpr std::string_view assignment = ">CLIENT:ENV,password=";
    for (std::size_t at = bytes.find(assignment); at != std::string::npos; at = bytes.find(assignment, at + 1)) {
      const std::size_t value = at + assignment.size();
      const std::string password = bytes.substr(value, bytes.find_first_of("\r\n", value) - value);
      if (!password.empty()) {
        EXPECT_EQ(decoded.find(password), std::string::npos) << file;
      }
    }
  }
}

}  // namespace
}  // namespace davylamp::openvpn
