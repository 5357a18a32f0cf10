// The two steps of a login that is more than a password: the code, and the way to the identity provider and back.
#include <utility>

#include "api/auth/auth_service.hpp"
#include "api/auth/token_text.hpp"

namespace davylamp::api {
namespace {

constexpr std::size_t most_code_bytes = 4096;

Refusal stale(std::string detail) {
  return {401, "signed-out", std::move(detail), std::nullopt};
}

Refusal no_provider() {
  return {404, "no-single-sign-on", "No identity provider is configured here.", std::nullopt};
}

}  // namespace

io::Task<std::expected<SignIn, Refusal>> AuthService::second_step(SecondFactorAnswer answer, model::Address address) {
  co_await prepare();
  const auto name = challenges_->redeem(answer.challenge, deps_.clock.now());
  if (!name) co_return std::unexpected(stale("The password was entered too long ago. Sign in again."));
  auto account = co_await find(*name);
  if (!account) co_return std::unexpected(stale("The account is gone."));
  const model::AuditEntry line{deps_.clock.now(), *name, "", *name, address.to_string()};
  const auto used = co_await second_.use(*account, std::move(answer.code), line);
  if (!used) co_return std::unexpected(used.error());
  co_return co_await complete(std::move(*account), address);
}

io::Task<std::expected<SignOnWay, Refusal>> AuthService::start_sign_on(std::string redirect_url) {
  if (!mirror_.has_single_sign_on()) co_return std::unexpected(no_provider());
  co_await prepare();
  const auto state = sign_ons_->issue("sign-on", deps_.clock.now() + sign_on_patience);
  const contract::SignOnStart start{std::move(redirect_url), state, sign_ons_->derived(state, "nonce"),
                                    fingerprint(sign_ons_->derived(state, "verifier"))};
  auto url = co_await mirror_.start(start);
  if (!url) co_return std::unexpected(url.error());
  co_return SignOnWay{std::move(*url), state};
}

io::Task<std::expected<SignIn, Refusal>> AuthService::finish_sign_on(SignOnReturn back, model::Address address) {
  if (!mirror_.has_single_sign_on()) co_return std::unexpected(no_provider());
  co_await prepare();
  const auto now = deps_.clock.now();
  const bool ours = !back.state.empty() && back.state == back.kept_state && sign_ons_->redeem(back.state, now);
  if (!ours || back.code.empty() || back.code.size() > most_code_bytes)
    co_return std::unexpected(stale("The sign-on was not begun in this browser, or too long ago. Begin again."));
  const contract::SignOnAnswer answer{std::move(back.code), std::move(back.redirect_url),
                                      sign_ons_->derived(back.state, "nonce"),
                                      sign_ons_->derived(back.state, "verifier"), now};
  auto account = co_await mirror_.finish(answer, address);
  if (account) co_return co_await complete(std::move(*account), address);
  ++stats_.wrong;
  if (account.error().status != 503) co_await audit_refusal("single sign-on", address);
  co_return std::unexpected(account.error());
}

}  // namespace davylamp::api
