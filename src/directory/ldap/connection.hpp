// One connection to an LDAP server (libldap). Blocking; used by one thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

struct ldap;

namespace davylamp::directory {

struct LdapServer {
  std::string url;  // ldap:// or ldaps://
  bool start_tls = true;
  std::optional<std::string> ca_file;  // absent: those that the host trusts
  base::Milliseconds limit{5'000};     // of a connect, and of an answer
};

struct LdapEntry {
  std::string dn;
  std::map<std::string, std::vector<std::string>> attributes;  // names in lower case
};

struct LdapQuery {
  std::string base;
  std::string filter;
  std::vector<std::string> attributes;
  int most = 2;  // entries; more than these are an error
};

// Errors: "unreachable" (the server, its certificate, or what it says; the sentence says what), "wrong" (of a bind: not
// this password, or the server does not let this entry in), "too_many".
class LdapConnection {
 public:
  // Connects, and goes over to TLS before anything else is said.
  static base::Result<LdapConnection> open(const LdapServer& server);
  // An empty password is "wrong": the server would take it for nobody, and agree (RFC 4513 section 5.1.2).
  base::Result<void> bind(const std::string& dn, const std::string& password);
  base::Result<std::vector<LdapEntry>> search(const LdapQuery& query);

 private:
  struct Close {
    void operator()(ldap* handle) const;
  };
  LdapConnection(std::unique_ptr<ldap, Close> handle, base::Milliseconds limit)
      : handle_(std::move(handle)), limit_(limit) {}
  std::unique_ptr<ldap, Close> handle_;
  base::Milliseconds limit_;
};

}  // namespace davylamp::directory
