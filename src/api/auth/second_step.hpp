// Second factors: enrolling, the second step of a login, removing.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "api/answer.hpp"
#include "api/auth/login_guard.hpp"
#include "api/auth/tickets.hpp"
#include "api/dto/accounts.hpp"
#include "contract/store.hpp"
#include "io/worker.hpp"

namespace davylamp::api {

// Used on one loop only.
class SecondStep {
 public:
  static constexpr base::Seconds challenge_life{300};

  struct Dependencies {
    io::Worker<contract::AccountStore>& accounts;
    const base::Clock& clock;
    std::string issuer;  // what the authenticator program shows
  };
  explicit SecondStep(Dependencies dependencies);

  static bool needed(const model::Account& account);
  // The login's refusal, with a challenge of `tickets`.
  Refusal refusal(const model::Account& account, const Tickets& tickets) const;

  // A code, or a recovery code, of a confirmed second factor: it counts once. Wrong ones lock the account's second
  // step, wherever they come from. `audit`: account, subject and address of the lines that this writes.
  io::Task<std::expected<void, Refusal>> use(model::Account account, std::string code, model::AuditEntry audit);
  // The three steps of the account's owner, whose password was right.
  io::Task<std::expected<Enrolment, Refusal>> begin(model::Account account, model::AuditEntry audit);
  io::Task<std::expected<RecoveryCodes, Refusal>> confirm(model::Account account, std::string code,
                                                          model::AuditEntry audit);
  io::Task<std::expected<void, Refusal>> remove(model::Account account, std::string code, model::AuditEntry audit);

 private:
  std::optional<Refusal> locked(const std::string& account);
  void right(const std::string& account);
  io::Task<bool> take(const model::Account& account, const std::string& code, const model::AuditEntry& audit);
  io::Task<void> refuse(model::AuditEntry audit);

  Dependencies deps_;
  LoginGuard guard_;
};

}  // namespace davylamp::api
