// Accounts of people whom somebody else knows: made at their first login, kept as the directory or the provider says.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>

#include "api/answer.hpp"
#include "contract/directory.hpp"
#include "contract/store.hpp"
#include "io/worker.hpp"
#include "model/address.hpp"

namespace davylamp::api {

// Used on one loop only.
class Mirror {
 public:
  // How long what a directory said of somebody holds, before it is asked again.
  static constexpr base::Seconds fresh{300};
  static constexpr base::Seconds retry{30};  // after it did not answer; until then what it last said holds
  static constexpr std::size_t most_remembered = 10'000;

  struct Dependencies {
    io::Worker<contract::AccountStore>& accounts;
    const base::Clock& clock;
    io::Worker<contract::Directory>* directory = nullptr;          // null: none
    io::Worker<contract::SingleSignOn>* single_sign_on = nullptr;  // null: none
  };
  explicit Mirror(Dependencies dependencies) : deps_(dependencies) {}

  bool has_directory() const { return deps_.directory != nullptr; }
  bool has_single_sign_on() const { return deps_.single_sign_on != nullptr; }
  // By the directory, with a password. Refusals: "wrong-password", "no-role", "directory-unreachable".
  io::Task<std::expected<model::Account, Refusal>> sign_in(std::string name, std::string password,
                                                           model::Address address);
  // Whether the password is that of an account of the directory.
  io::Task<std::expected<void, Refusal>> check(std::string name, std::string password);
  io::Task<std::expected<std::string, Refusal>> start(contract::SignOnStart start);
  io::Task<std::expected<model::Account, Refusal>> finish(contract::SignOnAnswer answer, model::Address address);
  // The account as the directory has it now; asked at most every five minutes. Nothing when the person may not be here
  // any more: the account is removed, with its logins and tokens.
  io::Task<std::optional<model::Account>> refreshed(model::Account account);

 private:
  io::Task<std::expected<model::Account, Refusal>> keep(contract::Person person, model::AccountOrigin origin,
                                                        std::string address);
  void remember(const std::string& name, base::Time next);

  Dependencies deps_;
  std::map<std::string, base::Time> ask_again_at_;
};

}  // namespace davylamp::api
