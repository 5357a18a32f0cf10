#include "api/auth/mirror.hpp"

#include <utility>

#include "base/codec.hpp"

namespace davylamp::api {
namespace {

using contract::AccountStore;
using contract::Person;
using model::AccountOrigin;

std::string_view who(AccountOrigin origin) {
  return origin == AccountOrigin::ldap ? "directory" : "single sign-on";
}

Refusal refusal_of(const base::Error& error) {
  if (error.code == "wrong") return {401, "wrong-password", "The account or the password is wrong.", std::nullopt};
  if (error.code == "no_role")
    return {403, "no-role", "You are known, but no group of yours may use Davylamp. Ask who looks after it.",
            std::nullopt};
  if (error.code == "refused") return {401, "sign-on-refused", error.message, std::nullopt};
  return {503, "directory-unreachable",
          "The directory cannot be asked now: " + error.message + ". Accounts of Davylamp itself still work.",
          base::Seconds{10}};
}

std::string detail_of(const Person& person) {
  std::string text = "[" + std::string(base::json::enum_name(person.role));
  for (const auto& group : person.scope) text += " " + group;
  return text + "]";
}

// One after another in the accounts' worker, so that nothing comes between.
base::Result<model::Account> put(AccountStore& store, const Person& person, AccountOrigin origin,
                                 const model::AuditEntry& audit) {
  model::Account account{
      .name = person.name, .role = person.role, .created_at = audit.at, .origin = origin, .scope = person.scope};
  const auto known = store.account(person.name);
  auto line = audit;
  line.reason = detail_of(person);
  if (!known) {
    line.action = "account_added";
    if (auto added = store.add_account(account); !added) return std::unexpected(added.error());
    store.append_audit(line);
  } else {
    if (known->origin != origin)
      return base::fail("taken", "the name belongs to an account that is not from the " + std::string(who(origin)));
    if (known->role == person.role && known->scope == person.scope) return *known;
    line.action = "account_changed";
    if (auto changed = store.change_account(account, line); !changed) return std::unexpected(changed.error());
  }
  const auto now = store.account(person.name);
  if (!now) return base::fail("not_found", "the account was removed meanwhile");
  return *now;
}

}  // namespace

void Mirror::remember(const std::string& name, base::Time next) {
  if (ask_again_at_.size() >= most_remembered) {
    std::erase_if(ask_again_at_, [now = deps_.clock.now()](const auto& item) { return item.second <= now; });
    if (ask_again_at_.size() >= most_remembered) ask_again_at_.clear();
  }
  ask_again_at_[name] = next;
}

io::Task<std::expected<model::Account, Refusal>> Mirror::keep(Person person, AccountOrigin origin,
                                                              std::string address) {
  const model::AuditEntry audit{deps_.clock.now(), std::string(who(origin)), "", person.name, std::move(address)};
  const auto kept = co_await deps_.accounts.call(
      [&person, origin, &audit](AccountStore& store) { return put(store, person, origin, audit); });
  if (kept) {
    if (origin == AccountOrigin::ldap) remember(person.name, deps_.clock.now() + fresh);
    co_return *kept;
  }
  co_return std::unexpected(
      Refusal{409, "name-taken", "You cannot sign in this way: " + kept.error().message + ".", std::nullopt});
}

io::Task<std::expected<model::Account, Refusal>> Mirror::sign_in(std::string name, std::string password,
                                                                 model::Address address) {
  auto person = co_await deps_.directory->call(
      [&name, &password](contract::Directory& directory) { return directory.sign_in(name, password); });
  if (!person) co_return std::unexpected(refusal_of(person.error()));
  co_return co_await keep(std::move(*person), AccountOrigin::ldap, address.to_string());
}

io::Task<std::expected<void, Refusal>> Mirror::check(std::string name, std::string password) {
  if (deps_.directory == nullptr) co_return std::unexpected(refusal_of({"unreachable", "no directory is configured"}));
  const auto person = co_await deps_.directory->call(
      [&name, &password](contract::Directory& directory) { return directory.sign_in(name, password); });
  if (!person) co_return std::unexpected(refusal_of(person.error()));
  co_return std::expected<void, Refusal>{};
}

io::Task<std::expected<std::string, Refusal>> Mirror::start(contract::SignOnStart start) {
  const auto url =
      co_await deps_.single_sign_on->call([&start](contract::SingleSignOn& provider) { return provider.start(start); });
  if (!url) co_return std::unexpected(refusal_of(url.error()));
  co_return *url;
}

io::Task<std::expected<model::Account, Refusal>> Mirror::finish(contract::SignOnAnswer answer, model::Address address) {
  auto person = co_await deps_.single_sign_on->call(
      [&answer](contract::SingleSignOn& provider) { return provider.finish(answer); });
  if (!person) co_return std::unexpected(refusal_of(person.error()));
  co_return co_await keep(std::move(*person), AccountOrigin::oidc, address.to_string());
}

io::Task<std::optional<model::Account>> Mirror::refreshed(model::Account account) {
  // Who came by a way that is closed now has no other.
  if (account.origin == AccountOrigin::oidc && deps_.single_sign_on == nullptr) co_return std::nullopt;
  if (account.origin == AccountOrigin::ldap && deps_.directory == nullptr) co_return std::nullopt;
  if (account.origin != AccountOrigin::ldap) co_return account;
  const auto now = deps_.clock.now();
  const auto found = ask_again_at_.find(account.name);
  if (found != ask_again_at_.end() && now < found->second) co_return account;
  remember(account.name, now + retry);  // others that come meanwhile do not ask as well
  auto person = co_await deps_.directory->call(
      [name = account.name](contract::Directory& directory) { return directory.look_up(name); });
  if (person) {
    auto kept = co_await keep(std::move(*person), AccountOrigin::ldap, "local");
    co_return kept ? std::optional(std::move(*kept)) : std::nullopt;
  }
  const auto& code = person.error().code;
  if (code != "wrong" && code != "no_role") co_return account;
  const model::AuditEntry audit{
      now,          "directory", "account_removed",
      account.name, "local",     code == "wrong" ? "[not in the directory any more]" : "[no group with a role]"};
  co_await deps_.accounts.call([name = account.name, audit](AccountStore& store) {
    [[maybe_unused]] const auto removed = store.remove_account(name, audit);  // or somebody else has done it
  });
  co_return std::nullopt;
}

}  // namespace davylamp::api
