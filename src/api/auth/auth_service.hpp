// Signing in, staying signed in, signing out.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/answer.hpp"
#include "api/auth/access_token.hpp"
#include "api/auth/login_guard.hpp"
#include "api/auth/mirror.hpp"
#include "api/auth/password.hpp"
#include "api/auth/second_step.hpp"
#include "api/auth/tickets.hpp"
#include "api/dto/me.hpp"
#include "api/http.hpp"
#include "base/time.hpp"
#include "contract/store.hpp"
#include "io/worker.hpp"

namespace davylamp::api {

// Who asks, by a valid access token or API token.
struct Caller {
  std::string account;
  model::Role role = model::Role::viewer;
  base::Time expires_at{};
  std::string family{};  // the login, or "api-token-ID"; empty over the control socket
  // These are filled in by current().
  model::AccountOrigin origin = model::AccountOrigin::local;
  std::vector<std::string> scope{};  // server groups; empty: every server
  bool second_factor = false;
  std::optional<std::uint64_t> api_token{};   // its id; absent: somebody who signed in
  std::optional<base::Time> token_ends_at{};  // of an API token that has an end
};

// The family of an API token, for what ends with it.
std::string api_token_family(std::uint64_t id);

// A sign-on on its way to the provider: the browser keeps `state` in a cookie, too.
struct SignOnWay {
  std::string url;
  std::string state;
};

// What a browser gets. Without `refresh_token` it keeps the one it has.
struct SignIn {
  Me me;
  std::string access_token;
  std::optional<std::string> refresh_token;
};

struct AuthStats {
  std::uint64_t logins = 0;
  std::uint64_t wrong = 0;
  std::uint64_t locked = 0;
  std::uint64_t reused = 0;         // refresh tokens that came back: families revoked
  std::uint64_t audit_dropped = 0;  // refused logins that were too many to write down
};

// Used on one loop only.
class AuthService {
 public:
  static constexpr base::Seconds access_life{600};
  static constexpr base::Seconds refresh_life{30 * 86'400};
  // Two tabs may refresh with the same token at once: within this time after its first use a token is answered with
  // an access token, but no new refresh token. After it, use again means theft, and the family is revoked.
  static constexpr base::Seconds refresh_grace{10};
  static constexpr std::size_t most_waiting = 32;  // passwords that wait to be hashed

  struct Dependencies {
    io::Worker<contract::AccountStore>& accounts;
    io::Worker<PasswordHasher>& hasher;
    const base::Clock& clock;
    std::function<void(const std::string& family)> revoked{};  // told of each login that ended
    io::Worker<contract::Directory>* directory = nullptr;
    io::Worker<contract::SingleSignOn>* single_sign_on = nullptr;
    std::string issuer = "Davylamp";  // what authenticator programs show
  };
  // A login by the identity provider, which is not asked again, ends after this.
  static constexpr base::Seconds sign_on_life{12 * 3'600};
  static constexpr base::Seconds sign_on_patience{600};  // how long somebody may take at the provider
  explicit AuthService(Dependencies dependencies);

  // Fetches the signing key once. Until then every token is refused.
  io::Task<void> prepare();
  // By the access cookie of a request, or an admin when it came over the control socket.
  std::optional<Caller> caller(const Request& request) const;
  // By the API token that the request bears. Whoever has one needs no cookie.
  io::Task<std::optional<Caller>> bearer(const Request& request);
  // The caller as the account is now: a token outlives a role, and an account. Nothing when the account is gone.
  io::Task<std::optional<Caller>> current(Caller caller);
  io::Task<std::expected<SignIn, Refusal>> login(LoginRequest login, model::Address address);
  // The second step, with the challenge that login() refused with.
  io::Task<std::expected<SignIn, Refusal>> second_step(SecondFactorAnswer answer, model::Address address);
  // Whether this is the account's password; counted as login() counts.
  io::Task<std::expected<model::Account, Refusal>> check_password(std::string account, std::string password,
                                                                  model::Address address);
  io::Task<std::expected<SignOnWay, Refusal>> start_sign_on(std::string redirect_url);
  // `kept_state` is the cookie's, `state` the provider's.
  struct SignOnReturn {
    std::string code;
    std::string state;
    std::string kept_state;
    std::string redirect_url;
  };
  io::Task<std::expected<SignIn, Refusal>> finish_sign_on(SignOnReturn back, model::Address address);
  io::Task<std::expected<SignIn, Refusal>> refresh(std::string token, model::Address address);
  io::Task<void> logout(std::string token, model::Address address);
  // A login or a token was ended by a call: the streams that came by it close.
  void tell_revoked(const std::string& family) const;
  // Hashes a new password, on the hasher's thread.
  io::Task<std::string> hash(std::string password);
  SecondStep& second_factors() { return second_; }
  const Mirror& mirror() const { return mirror_; }
  io::Task<bool> setup_needed();
  // Of each account that there is: text that changes with its role and its password.
  io::Task<std::map<std::string, std::string>> standings(std::vector<std::string> accounts);
  // Removes refresh tokens that ran out.
  io::Task<void> tidy();
  const AuthStats& stats() const { return stats_; }

 private:
  io::Task<std::optional<model::Account>> find(const std::string& name);
  io::Task<bool> check(std::optional<std::string> hash, std::string password);
  io::Task<std::expected<model::Account, Refusal>> known_by_password(std::string name, std::string password,
                                                                     model::Address address);
  io::Task<std::expected<model::Account, Refusal>> guarded(std::string name, std::string password,
                                                           model::Address address);
  io::Task<SignIn> complete(model::Account account, model::Address address);
  // The refresh token holds until `until`.
  io::Task<SignIn> sign_in(model::Account account, std::string family, base::Time until);
  SignIn access_only(const model::Account& account, const std::string& family) const;
  io::Task<void> audit(model::AuditEntry entry);
  io::Task<void> audit_refusal(const std::string& account, const model::Address& address);
  io::Task<Refusal> revoke(model::RefreshToken token, model::Address address);

  Dependencies deps_;
  std::optional<AccessTokens> tokens_;
  std::optional<Tickets> challenges_;
  std::optional<Tickets> sign_ons_;
  Mirror mirror_;
  SecondStep second_;
  LoginGuard guard_;
  AuthStats stats_;
  std::size_t waiting_ = 0;
  base::Time refusals_since_{};
  std::size_t refusals_ = 0;
};

}  // namespace davylamp::api
