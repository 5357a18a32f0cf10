// The seam to those who know people from elsewhere: a directory (LDAP), an identity provider (OpenID Connect).
// Calls block and must come from one thread per object: give each object to a Worker. Implementations: directory/.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/account.hpp"

namespace davylamp::contract {

// Somebody who was found, with what the groups give.
struct Person {
  std::string name;  // as the directory spells it: the account's name
  model::Role role = model::Role::viewer;
  std::vector<std::string> scope;
};

// Errors: "unreachable" (or it does not answer as it should; the sentence says what and why), "wrong" (nobody of this
// name, or not this password), "no_role" (no group of the person's is mapped to a role).
class Directory {
 public:
  virtual ~Directory() = default;
  // `name` and `password` are as somebody typed them. An empty password is wrong.
  virtual base::Result<Person> sign_in(const std::string& name, const std::string& password) = 0;
  // Without a password: whether and as what the person may still be here. "wrong": there is nobody of this name.
  virtual base::Result<Person> look_up(const std::string& name) = 0;
};

// What a browser is sent to the provider with (OpenID Connect Core 3.1.2.1, RFC 7636 section 4.3).
struct SignOnStart {
  std::string redirect_url;
  std::string state;
  std::string nonce;
  std::string code_challenge;  // S256 of the verifier
};

// What it came back with.
struct SignOnAnswer {
  std::string code;
  std::string redirect_url;  // the same
  std::string nonce;         // the same
  std::string code_verifier;
  base::Time now{};
};

// Errors: "unreachable", "refused" (the provider did not take the code, or its token is not right; the sentence says
// why), "no_role".
class SingleSignOn {
 public:
  virtual ~SingleSignOn() = default;
  // The address at the provider.
  virtual base::Result<std::string> start(const SignOnStart& start) = 0;
  virtual base::Result<Person> finish(const SignOnAnswer& answer) = 0;
};

}  // namespace davylamp::contract
