#include "api/auth/auth_service.hpp"

#include <algorithm>
#include <utility>

#include "api/auth/roles.hpp"
#include "api/auth/token_text.hpp"

namespace davylamp::api {
namespace {

constexpr std::size_t most_password_bytes = 1024;
constexpr std::size_t most_account_bytes = 128;
constexpr std::size_t most_token_bytes = 128;

Refusal wrong_pair() {
  return {401, "wrong-password", "The account or the password is wrong.", std::nullopt};
}

Refusal locked(base::Seconds left) {
  return {429, "too-many-attempts",
          "Too many wrong passwords. Try again in " + std::to_string(left.count()) + " seconds.", left};
}

Refusal signed_out() {
  return {401, "signed-out", "The login has run out or was ended. Sign in again.", std::nullopt};
}

// Counts while it lives.
class Waiting {
 public:
  explicit Waiting(std::size_t& count) : count_(count) { ++count_; }
  ~Waiting() { --count_; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  std::size_t& count_;
};

}  // namespace

std::string api_token_family(std::uint64_t id) {
  return "api-token-" + std::to_string(id);
}

AuthService::AuthService(Dependencies dependencies)
    : deps_(std::move(dependencies)),
      mirror_({deps_.accounts, deps_.clock, deps_.directory, deps_.single_sign_on}),
      second_({deps_.accounts, deps_.clock, deps_.issuer}) {}

io::Task<void> AuthService::prepare() {
  if (tokens_) co_return;
  auto key = co_await deps_.accounts.call(
      [proposed = random_bytes()](contract::AccountStore& store) { return store.signing_key(proposed); });
  challenges_.emplace(key, "second factor");
  sign_ons_.emplace(key, "single sign-on");
  tokens_.emplace(std::move(key));
}

std::optional<Caller> AuthService::caller(const Request& request) const {
  if (request.local_account) {
    return Caller{*request.local_account, model::Role::admin, deps_.clock.now() + access_life};
  }
  const auto cookie = request.cookies.find("davylamp_access");
  if (!tokens_ || cookie == request.cookies.end()) return std::nullopt;
  auto claims = tokens_->verify(cookie->second, deps_.clock.now());
  if (!claims) return std::nullopt;
  return Caller{std::move(claims->sub), claims->role, claims->exp, std::move(claims->family)};
}

io::Task<std::optional<Caller>> AuthService::bearer(const Request& request) {
  constexpr std::string_view scheme = "Bearer ";
  static constexpr base::Seconds note_every{60};
  auto text = request.header("authorization");
  if (!bears_api_token(request) || text.size() > most_token_bytes) co_return std::nullopt;
  text.remove_prefix(scheme.size());
  const auto now = deps_.clock.now();
  const auto token = co_await deps_.accounts.call([hash = fingerprint(text), now](contract::AccountStore& store) {
    auto found = store.api_token(hash);
    if (found && found->expires_at && *found->expires_at <= now) found.reset();
    if (found && (!found->last_used_at || now - *found->last_used_at >= note_every))
      store.note_api_token_used(found->id, now);
    return found;
  });
  if (!token) co_return std::nullopt;
  Caller caller{token->account, token->role, token->expires_at.value_or(now + access_life),
                api_token_family(token->id)};
  caller.api_token = token->id;
  caller.token_ends_at = token->expires_at;
  co_return caller;
}

io::Task<std::optional<Caller>> AuthService::current(Caller caller) {
  auto account = co_await find(caller.account);
  if (account) account = co_await mirror_.refreshed(std::move(*account));
  if (!account) co_return std::nullopt;
  caller.role = caller.api_token ? within(account->role, caller.role) : account->role;
  caller.origin = account->origin;
  caller.scope = std::move(account->scope);
  caller.second_factor = account->second_factor && account->second_factor->confirmed;
  co_return caller;
}

io::Task<std::optional<model::Account>> AuthService::find(const std::string& name) {
  co_return co_await deps_.accounts.call([name](contract::AccountStore& store) { return store.account(name); });
}

io::Task<bool> AuthService::check(std::optional<std::string> hash, std::string password) {
  const Waiting waiting(waiting_);
  co_return co_await deps_.hasher.call([hash, password](PasswordHasher& hasher) {
    if (hash) return hasher.verify(*hash, password);
    hasher.waste(password);
    return false;
  });
}

io::Task<std::string> AuthService::hash(std::string password) {
  const Waiting waiting(waiting_);
  co_return co_await deps_.hasher.call([&password](PasswordHasher& hasher) { return hasher.hash(password); });
}

io::Task<std::expected<model::Account, Refusal>> AuthService::known_by_password(std::string name, std::string password,
                                                                                model::Address address) {
  auto account = co_await find(name);
  const bool here = account && account->origin == model::AccountOrigin::local;
  const bool theirs = account && account->origin == model::AccountOrigin::oidc;
  if (!here && !theirs && mirror_.has_directory()) {
    const Waiting waiting(waiting_);
    co_return co_await mirror_.sign_in(std::move(name), std::move(password), address);
  }
  const auto hash = here && !account->password_hash.empty() ? std::optional(account->password_hash) : std::nullopt;
  const bool right = co_await check(hash, std::move(password));
  if (!right) co_return std::unexpected(wrong_pair());
  co_return std::move(*account);
}

// The same, but not more often than the guard lets pass, and with a line in the audit log for what was wrong.
io::Task<std::expected<model::Account, Refusal>> AuthService::guarded(std::string name, std::string password,
                                                                      model::Address address) {
  if (waiting_ >= most_waiting) {
    co_return std::unexpected(Refusal{503, "busy", "Too many people are signing in. Try again.", base::Seconds{2}});
  }
  if (const auto left = guard_.attempt(name, address, deps_.clock.now())) {
    ++stats_.locked;
    co_await audit_refusal(name, address);
    co_return std::unexpected(locked(*left));
  }
  const bool too_long = password.size() > most_password_bytes;
  if (too_long) password.clear();
  auto known = co_await known_by_password(name, std::move(password), address);
  if (known && too_long) known = std::unexpected(wrong_pair());
  if (known || known.error().status == 503) guard_.succeeded(name, address);
  if (known || known.error().status == 503) co_return known;
  ++stats_.wrong;
  co_await audit_refusal(name, address);
  co_return known;
}

io::Task<std::expected<SignIn, Refusal>> AuthService::login(LoginRequest login, model::Address address) {
  login.account.resize(std::min(login.account.size(), most_account_bytes));
  auto account = co_await guarded(std::move(login.account), std::move(login.password), address);
  if (!account) co_return std::unexpected(account.error());
  co_await prepare();
  if (SecondStep::needed(*account)) co_return std::unexpected(second_.refusal(*account, *challenges_));
  co_return co_await complete(std::move(*account), address);
}

io::Task<std::expected<model::Account, Refusal>> AuthService::check_password(std::string account, std::string password,
                                                                             model::Address address) {
  return guarded(std::move(account), std::move(password), address);
}

io::Task<SignIn> AuthService::complete(model::Account account, model::Address address) {
  ++stats_.logins;
  const auto now = deps_.clock.now();
  co_await deps_.accounts.call(
      [name = account.name, now](contract::AccountStore& store) { store.record_login(name, now); });
  co_await audit({now, account.name, "login", account.name, address.to_string()});
  const auto life = account.origin == model::AccountOrigin::oidc ? sign_on_life : refresh_life;
  co_return co_await sign_in(std::move(account), random_token(), now + life);
}

io::Task<std::expected<SignIn, Refusal>> AuthService::refresh(std::string token, model::Address address) {
  const auto now = deps_.clock.now();
  auto stored = co_await deps_.accounts.call(
      [hash = fingerprint(token), now](contract::AccountStore& store) { return store.use_refresh_token(hash, now); });
  if (!stored || stored->expires_at <= now) co_return std::unexpected(signed_out());
  const bool in_grace = stored->used_at && now - *stored->used_at <= refresh_grace;
  if (stored->used_at && !in_grace) co_return std::unexpected(co_await revoke(std::move(*stored), address));
  auto account = co_await find(stored->account);
  if (account) account = co_await mirror_.refreshed(std::move(*account));
  if (!account) co_return std::unexpected(signed_out());
  if (in_grace) co_return access_only(*account, stored->family);
  const bool theirs = account->origin == model::AccountOrigin::oidc;
  const auto until = theirs ? stored->expires_at : now + refresh_life;
  co_return co_await sign_in(std::move(*account), stored->family, until);
}

io::Task<Refusal> AuthService::revoke(model::RefreshToken token, model::Address address) {
  ++stats_.reused;
  co_await deps_.accounts.call([family = token.family](contract::AccountStore& store) { store.revoke_family(family); });
  if (deps_.revoked) deps_.revoked(token.family);
  co_await audit({deps_.clock.now(), token.account, "refresh_reused", token.account, address.to_string()});
  co_return signed_out();
}

io::Task<void> AuthService::logout(std::string token, model::Address address) {
  const auto now = deps_.clock.now();
  auto stored = co_await deps_.accounts.call([hash = fingerprint(token), now](contract::AccountStore& store) {
    auto found = store.use_refresh_token(hash, now);
    if (found) store.revoke_family(found->family);
    return found;
  });
  if (!stored) co_return;
  if (deps_.revoked) deps_.revoked(stored->family);
  co_await audit({now, stored->account, "logout", stored->account, address.to_string()});
}

void AuthService::tell_revoked(const std::string& family) const {
  if (deps_.revoked) deps_.revoked(family);
}

io::Task<bool> AuthService::setup_needed() {
  co_return co_await deps_.accounts.call([](contract::AccountStore& store) { return store.accounts().empty(); });
}

io::Task<std::map<std::string, std::string>> AuthService::standings(std::vector<std::string> accounts) {
  co_return co_await deps_.accounts.call([&accounts](contract::AccountStore& store) {
    std::map<std::string, std::string> standings;
    for (const auto& name : accounts) {
      const auto account = store.account(name);
      if (!account) continue;
      std::string standing = std::string(base::json::enum_name(account->role)) + " " + account->password_hash;
      for (const auto& group : account->scope) standing += "\n" + group;
      standings[name] = fingerprint(standing);
    }
    return standings;
  });
}

io::Task<void> AuthService::tidy() {
  co_await deps_.accounts.call(
      [now = deps_.clock.now()](contract::AccountStore& store) { store.forget_refresh_tokens(now); });
}

SignIn AuthService::access_only(const model::Account& account, const std::string& family) const {
  const auto now = deps_.clock.now();
  const auto expires_at = now + access_life;
  const AccessClaims claims{account.name, account.role, now, expires_at, random_token(), family};
  const Me me{account.name, account.role, expires_at, account.origin, account.scope, SecondStep::needed(account)};
  return {me, tokens_->sign(claims), std::nullopt};
}

io::Task<SignIn> AuthService::sign_in(model::Account account, std::string family, base::Time until) {
  co_await prepare();
  auto result = access_only(account, family);
  const auto token = random_token();
  const model::RefreshToken stored{fingerprint(token), family, account.name, until, std::nullopt};
  co_await deps_.accounts.call([stored](contract::AccountStore& store) { store.add_refresh_token(stored); });
  result.refresh_token = token;
  co_return result;
}

io::Task<void> AuthService::audit(model::AuditEntry entry) {
  co_await deps_.accounts.call([entry](contract::AccountStore& store) { store.append_audit(entry); });
}

io::Task<void> AuthService::audit_refusal(const std::string& account, const model::Address& address) {
  constexpr std::size_t most_per_minute = 30;
  const auto now = deps_.clock.now();
  if (now - refusals_since_ >= base::Seconds{60} || now < refusals_since_) {
    refusals_since_ = now;
    refusals_ = 0;
  }
  if (++refusals_ > most_per_minute) {
    ++stats_.audit_dropped;
    co_return;
  }
  co_await audit({now, account, "login_refused", account, address.to_string()});
}

}  // namespace davylamp::api
