// Small databases made for a test, in a folder of its own.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace davylamp::geoip {

class TestDatabases {
 public:
  TestDatabases() {
    std::string pattern = (std::filesystem::temp_directory_path() / "davylamp-geoip-XXXXXX").string();
    folder_ = mkdtemp(pattern.data()) == nullptr ? "" : pattern;
    const std::string command =
        "/usr/bin/perl " DAVYLAMP_SOURCE_DIR "/src/enrich/geoip/testdata/make_mmdb.pl " + folder_ + " 2>&1";
    made_ = std::system(command.c_str()) == 0;
  }
  TestDatabases(const TestDatabases&) = delete;
  TestDatabases& operator=(const TestDatabases&) = delete;
  ~TestDatabases() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  bool made() const { return made_; }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
  bool made_ = false;
};

}  // namespace davylamp::geoip

#define SKIP_WITHOUT(databases) \
  if (!(databases).made()) GTEST_SKIP() << "cannot make test databases: install libmaxmind-db-writer-perl"
