// Small databases made for a test, in a folder of its own.
#pragma once

#include <cstdlib>
#include <string>

#include "base/testing/temporary_directory.hpp"

namespace davylamp::geoip {

class TestDatabases {
 public:
  TestDatabases() {
    const std::string command =
        "/usr/bin/perl " DAVYLAMP_SOURCE_DIR "/src/enrich/geoip/testdata/make_mmdb.pl " + folder_.path() + " 2>&1";
    made_ = std::system(command.c_str()) == 0;
  }
  bool made() const { return made_; }
  std::string path(const std::string& name) const { return folder_.file(name); }

 private:
  base::TemporaryDirectory folder_;
  bool made_ = false;
};

}  // namespace davylamp::geoip

#define SKIP_WITHOUT(databases) \
  if (!(databases).made()) GTEST_SKIP() << "cannot make test databases: install libmaxmind-db-writer-perl"
