// A real LDAP server of this host, by tests/e2e/slapd.py: started in a temporary folder on loopback, ended with the
// object.
#pragma once

#include <map>
#include <string>

#include "base/testing/temporary_directory.hpp"

namespace davylamp::directory::testing {

class Slapd {
 public:
  Slapd();
  ~Slapd();
  Slapd(const Slapd&) = delete;
  Slapd& operator=(const Slapd&) = delete;

  // False where slapd is not installed.
  bool is_there() const { return facts_.contains("url"); }
  // "url", "tls_url", "ca", "other_ca", "reader_password", and the passwords of "ann" (admins, staff), "bob" (staff)
  // and "eve" (no group).
  std::string fact(const std::string& name) const;
  // "join NAME GROUP", "leave NAME GROUP", "remove NAME", "stop", "start": done when it returns.
  void tell(const std::string& command);

 private:
  std::string line();
  base::TemporaryDirectory directory_;
  std::map<std::string, std::string> facts_;
  int to_ = -1;
  int from_ = -1;
  int pid_ = -1;
};

}  // namespace davylamp::directory::testing
