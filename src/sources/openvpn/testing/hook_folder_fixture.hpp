// A folder as hooks and daemon share it, gone after the test.
#pragma once

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <string>

#include "base/testing/temporary_directory.hpp"

namespace davylamp::openvpn::testing {

class TemporaryFolder {
 public:
  TemporaryFolder() { ::chmod(path().c_str(), 0711); }
  const std::string& path() const { return directory_.path(); }
  std::string operator/(const std::string& name) const { return directory_.file(name); }

 private:
  base::TemporaryDirectory directory_;
};

inline std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void append(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

}  // namespace davylamp::openvpn::testing
