#include "api/auth/second_step.hpp"

#include <utility>

#include "api/auth/token_text.hpp"
#include "api/auth/totp.hpp"

namespace davylamp::api {
namespace {

using contract::AccountStore;

// Whoever guesses codes knows the password, so that wherever they come from they count together.
model::Address anywhere() {
  return {};
}
constexpr std::size_t most_code_bytes = 64;

Refusal wrong_code() {
  return {401, "wrong-code", "The code is wrong, or was used already.", std::nullopt};
}

Refusal conflict(std::string name, std::string detail) {
  return {409, std::move(name), std::move(detail), std::nullopt};
}

Refusal not_there() {
  return conflict("no-second-factor", "This account has no second factor.");
}

}  // namespace

SecondStep::SecondStep(Dependencies dependencies)
    : deps_(std::move(dependencies)), guard_(LoginGuard::Limits{.per_address = std::uint64_t{1} << 40U}) {}

bool SecondStep::needed(const model::Account& account) {
  return account.second_factor && account.second_factor->confirmed;
}

Refusal SecondStep::refusal(const model::Account& account, const Tickets& tickets) const {
  Refusal refusal{401, "second-factor-needed", "Enter the code of your authenticator program, or a recovery code.",
                  std::nullopt};
  refusal.challenge = tickets.issue(account.name, deps_.clock.now() + challenge_life);
  return refusal;
}

std::optional<Refusal> SecondStep::locked(const std::string& account) {
  const auto left = guard_.attempt(account, anywhere(), deps_.clock.now());
  if (!left) return std::nullopt;
  return Refusal{429, "too-many-attempts",
                 "Too many wrong codes. Try again in " + std::to_string(left->count()) + " seconds.", left};
}

void SecondStep::right(const std::string& account) {
  guard_.succeeded(account, anywhere());
}

io::Task<void> SecondStep::refuse(model::AuditEntry audit) {
  audit.action = "second_factor_refused";
  co_await deps_.accounts.call([audit = std::move(audit)](AccountStore& store) { store.append_audit(audit); });
}

io::Task<bool> SecondStep::take(const model::Account& account, const std::string& code,
                                const model::AuditEntry& audit) {
  if (code.size() > most_code_bytes) co_return false;
  const auto plain = plain_code(code);
  if (is_totp_code(plain)) {
    const auto step = matching_step(account.second_factor->secret, plain, deps_.clock.now());
    if (!step) co_return false;
    co_return co_await deps_.accounts.call(
        [name = account.name, step = *step](AccountStore& store) { return store.use_code_step(name, step); });
  }
  auto line = audit;
  line.action = "recovery_code_used";
  co_return co_await deps_.accounts.call([name = account.name, hash = fingerprint(plain), line](AccountStore& store) {
    const bool used = store.use_recovery_code(name, hash);
    if (used) store.append_audit(line);
    return used;
  });
}

io::Task<std::expected<void, Refusal>> SecondStep::use(model::Account account, std::string code,
                                                       model::AuditEntry audit) {
  if (!needed(account)) co_return std::unexpected(not_there());
  if (auto refusal = locked(account.name)) co_return std::unexpected(std::move(*refusal));
  const bool taken = co_await take(account, code, audit);
  if (!taken) {
    co_await refuse(std::move(audit));
    co_return std::unexpected(wrong_code());
  }
  right(account.name);
  co_return std::expected<void, Refusal>{};
}

io::Task<std::expected<Enrolment, Refusal>> SecondStep::begin(model::Account account, model::AuditEntry audit) {
  if (account.origin == model::AccountOrigin::oidc)
    co_return std::unexpected(conflict("not-here", "The identity provider asks for second factors of its own."));
  if (needed(account))
    co_return std::unexpected(conflict("second-factor-there", "This account has a second factor. Remove it first."));
  const model::SecondFactor factor{.secret = random_secret()};
  audit.action = "second_factor_begun";
  const auto stored = co_await deps_.accounts.call([name = account.name, factor, audit](AccountStore& store) {
    return store.set_second_factor(name, factor, audit);
  });
  if (!stored) co_return std::unexpected(conflict("not-found", stored.error().message));
  co_return Enrolment{factor.secret, otpauth_url(deps_.issuer, account.name, factor.secret)};
}

io::Task<std::expected<RecoveryCodes, Refusal>> SecondStep::confirm(model::Account account, std::string code,
                                                                    model::AuditEntry audit) {
  if (!account.second_factor || account.second_factor->confirmed)
    co_return std::unexpected(conflict("nothing-begun", "There is no second factor to confirm. Begin one first."));
  if (auto refusal = locked(account.name)) co_return std::unexpected(std::move(*refusal));
  const auto step =
      matching_step(account.second_factor->secret, plain_code(code.substr(0, most_code_bytes)), deps_.clock.now());
  if (!step) {
    co_await refuse(std::move(audit));
    co_return std::unexpected(wrong_code());
  }
  right(account.name);
  RecoveryCodes codes{random_recovery_codes()};
  auto factor = *account.second_factor;
  factor.confirmed = true;
  factor.last_step = *step;
  for (const auto& recovery : codes.items) factor.recovery_hashes.push_back(fingerprint(plain_code(recovery)));
  audit.action = "second_factor_added";
  const auto stored = co_await deps_.accounts.call([name = account.name, factor, audit](AccountStore& store) {
    return store.set_second_factor(name, factor, audit);
  });
  if (!stored) co_return std::unexpected(conflict("not-found", stored.error().message));
  co_return codes;
}

io::Task<std::expected<void, Refusal>> SecondStep::remove(model::Account account, std::string code,
                                                          model::AuditEntry audit) {
  auto used = co_await use(account, std::move(code), audit);
  if (!used) co_return used;
  audit.action = "second_factor_removed";
  const auto stored = co_await deps_.accounts.call(
      [name = account.name, audit](AccountStore& store) { return store.set_second_factor(name, std::nullopt, audit); });
  if (!stored) co_return std::unexpected(conflict("not-found", stored.error().message));
  co_return std::expected<void, Refusal>{};
}

}  // namespace davylamp::api
