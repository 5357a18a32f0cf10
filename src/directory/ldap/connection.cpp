#include "directory/ldap/connection.hpp"

#include <ldap.h>
#include <sys/time.h>

#include "base/text.hpp"

namespace davylamp::directory {
namespace {

constexpr auto host_certificates = "/etc/ssl/certs/ca-certificates.crt";

timeval to_timeval(base::Milliseconds limit) {
  timeval time{};
  time.tv_sec = limit.count() / 1000;
  time.tv_usec = (limit.count() % 1000) * 1000;
  return time;
}

// What the library and the server say of the last failure.
std::string words_for(LDAP* handle, int code) {
  std::string words = ldap_err2string(code);
  char* more = nullptr;
  ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, static_cast<void*>(&more));
  if (more != nullptr && *more != '\0') words += ": " + base::printable(more);
  ldap_memfree(more);
  return words;
}

base::Error unreachable(LDAP* handle, int code, const std::string& what) {
  return {"unreachable", what + " failed: " + words_for(handle, code)};
}

// Of a bind: the server was asked and said no.
bool is_refusal(int code) {
  switch (code) {
    case LDAP_INVALID_CREDENTIALS:
    case LDAP_NO_SUCH_OBJECT:
    case LDAP_INAPPROPRIATE_AUTH:
    case LDAP_INSUFFICIENT_ACCESS:
    case LDAP_CONSTRAINT_VIOLATION:
    case LDAP_INVALID_DN_SYNTAX:
      return true;
    default:
      return false;
  }
}

int set_tls(LDAP* handle, const LdapServer& server) {
  const std::string ca = server.ca_file.value_or(host_certificates);
  const int demand = LDAP_OPT_X_TLS_DEMAND;
  const int fresh = 0;
  int code = ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
  if (code == LDAP_SUCCESS) code = ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTFILE, ca.c_str());
  if (code == LDAP_SUCCESS) code = ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &fresh);
  return code;
}

std::vector<std::string> values_of(LDAP* handle, LDAPMessage* entry, const char* attribute) {
  std::vector<std::string> values;
  berval** const found = ldap_get_values_len(handle, entry, attribute);
  for (berval** value = found; value != nullptr && *value != nullptr; ++value)
    values.emplace_back((*value)->bv_val, (*value)->bv_len);
  ldap_value_free_len(found);
  return values;
}

LdapEntry read_entry(LDAP* handle, LDAPMessage* message) {
  LdapEntry entry;
  char* const dn = ldap_get_dn(handle, message);
  if (dn != nullptr) entry.dn = dn;
  ldap_memfree(dn);
  BerElement* position = nullptr;
  for (char* name = ldap_first_attribute(handle, message, &position); name != nullptr;
       name = ldap_next_attribute(handle, message, position)) {
    entry.attributes[base::to_lower(name)] = values_of(handle, message, name);
    ldap_memfree(name);
  }
  ber_free(position, 0);
  return entry;
}

}  // namespace

void LdapConnection::Close::operator()(ldap* handle) const {
  ldap_unbind_ext_s(handle, nullptr, nullptr);
}

base::Result<LdapConnection> LdapConnection::open(const LdapServer& server) {
  LDAP* raw = nullptr;
  if (const int code = ldap_initialize(&raw, server.url.c_str()); code != LDAP_SUCCESS)
    return base::fail("unreachable", "the address " + server.url + " cannot be used: " + ldap_err2string(code));
  std::unique_ptr<ldap, Close> handle(raw);
  const int version = LDAP_VERSION3;
  const auto limit = to_timeval(server.limit);
  ldap_set_option(raw, LDAP_OPT_PROTOCOL_VERSION, &version);
  ldap_set_option(raw, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
  ldap_set_option(raw, LDAP_OPT_NETWORK_TIMEOUT, &limit);
  ldap_set_option(raw, LDAP_OPT_TIMEOUT, &limit);
  const bool tls = server.url.starts_with("ldaps://") || server.start_tls;
  if (tls) {
    if (const int code = set_tls(raw, server); code != LDAP_SUCCESS)
      return base::fail("unreachable", "TLS cannot begin: " + words_for(raw, code) + "; see ldap.ca_file");
  }
  if (tls && !server.url.starts_with("ldaps://")) {
    if (const int code = ldap_start_tls_s(raw, nullptr, nullptr); code != LDAP_SUCCESS)
      return std::unexpected(unreachable(raw, code, "StartTLS with " + server.url));
  }
  return LdapConnection(std::move(handle), server.limit);
}

base::Result<void> LdapConnection::bind(const std::string& dn, const std::string& password) {
  if (password.empty()) return base::fail("wrong", "an empty password is no password");
  auto copy = password;
  berval credential{copy.size(), copy.data()};
  const int code =
      ldap_sasl_bind_s(handle_.get(), dn.c_str(), LDAP_SASL_SIMPLE, &credential, nullptr, nullptr, nullptr);
  if (code == LDAP_SUCCESS) return {};
  if (is_refusal(code)) return base::fail("wrong", words_for(handle_.get(), code));
  return std::unexpected(unreachable(handle_.get(), code, "signing in to the server"));
}

base::Result<std::vector<LdapEntry>> LdapConnection::search(const LdapQuery& query) {
  std::vector<char*> names;
  auto attributes = query.attributes;
  names.reserve(attributes.size() + 2);
  for (auto& attribute : attributes) names.push_back(attribute.data());
  std::string none = LDAP_NO_ATTRS;
  if (names.empty()) names.push_back(none.data());
  names.push_back(nullptr);
  auto limit = to_timeval(limit_);
  LDAPMessage* raw = nullptr;
  const int code = ldap_search_ext_s(handle_.get(), query.base.c_str(), LDAP_SCOPE_SUBTREE, query.filter.c_str(),
                                     names.data(), 0, nullptr, nullptr, &limit, query.most, &raw);
  const std::unique_ptr<LDAPMessage, int (*)(LDAPMessage*)> answer(raw, ldap_msgfree);
  if (code == LDAP_SIZELIMIT_EXCEEDED) return base::fail("too_many", "more entries fit than may");
  if (code == LDAP_NO_SUCH_OBJECT)
    return base::fail("unreachable", "the server has no entry " + base::printable(query.base));
  if (code != LDAP_SUCCESS) return std::unexpected(unreachable(handle_.get(), code, "searching"));
  std::vector<LdapEntry> entries;
  for (auto* entry = ldap_first_entry(handle_.get(), raw); entry != nullptr;
       entry = ldap_next_entry(handle_.get(), entry))
    entries.push_back(read_entry(handle_.get(), entry));
  return entries;
}

}  // namespace davylamp::directory
