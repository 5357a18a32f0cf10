// Tokens that programs ask with.
#include <algorithm>

#include "api/account_rules.hpp"
#include "api/audit_line.hpp"
#include "api/auth/roles.hpp"
#include "api/auth/token_text.hpp"
#include "api/dto/accounts.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

using contract::AccountStore;

constexpr std::size_t most_tokens_of_one = 100;
// Of an account that somebody else vouches for: nobody is asked again while a program goes on.
constexpr auto longest_foreign_life = std::chrono::hours(24 * 90);

bool sees_all(const Call& call) {
  return call.caller->role == model::Role::admin && call.caller->scope.empty();
}

base::Result<std::uint64_t> add(AccountStore& store, const model::ApiToken& token, const model::AuditEntry& audit) {
  const auto all = store.api_tokens();
  if (std::ranges::count(all, token.account, &model::ApiToken::account) >= std::ptrdiff_t{most_tokens_of_one})
    return base::fail("too_many", "the account has 100 tokens already: revoke those that are not used");
  return store.add_api_token(token, audit);
}

// Fills in what was left out, and says what is wrong.
Complaints complete(ApiTokenRequest& wish, const model::Account& owner, base::Time now) {
  Complaints complaints;
  if (wish.name.empty() || wish.name.size() > most_account_name_bytes) complaints.add("name", "must be 1 to 64 bytes");
  if (!wish.role) wish.role = owner.role;
  if (!includes(owner.role, *wish.role)) complaints.add("role", "is more than the account may");
  if (wish.expires_at && *wish.expires_at <= now) complaints.add("expires_at", "is over");
  const bool foreign = owner.origin == model::AccountOrigin::oidc;
  if (foreign && !wish.expires_at) wish.expires_at = now + longest_foreign_life;
  if (foreign && *wish.expires_at > now + longest_foreign_life)
    complaints.add("expires_at", "is more than 90 days away, for an account that signs in elsewhere");
  check_reason(complaints, wish.reason.value_or(""), Need::optional);
  return complaints;
}

}  // namespace

io::Task<Response> get_api_tokens(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  ApiTokenList list;
  const auto all = co_await resources.accounts.call([](AccountStore& store) { return store.api_tokens(); });
  for (const auto& token : all) {
    if (sees_all(call) || token.account == call.caller->account) list.items.push_back(api_token_view(token));
  }
  co_return json_response(list);
}

io::Task<Response> post_api_token(Resources& resources, const Call& call) {
  if (call.caller->api_token) co_return *refuse_programs(call);
  auto wish = read_body<ApiTokenRequest>(call.request);
  if (!wish) co_return std::move(wish.error());
  const auto name = wish->account.value_or(call.caller->account);
  if (name != call.caller->account && !sees_all(call))
    co_return refusal_response(call.request,
                               {403, "not-allowed", "Tokens for others are made by admins.", std::nullopt});
  const auto owner = co_await resources.accounts.call([&name](AccountStore& store) { return store.account(name); });
  if (!owner) co_return refusal_response(call.request, {404, "not-found", "There is no such account.", std::nullopt});
  const auto complaints = complete(*wish, *owner, resources.clock.now());
  if (!complaints.empty()) co_return complaints.refusal(call.request);
  const auto text = std::string(api_token_prefix) + random_token();
  model::ApiToken token{.name = wish->name,
                        .account = name,
                        .token_hash = fingerprint(text),
                        .role = *wish->role,
                        .created_at = resources.clock.now(),
                        .expires_at = wish->expires_at,
                        .last_used_at = std::nullopt};
  const auto audit = audit_entry(resources, call,
                                 {"api_token_added", name, wish->reason.value_or(""),
                                  token.name + ", " + std::string(base::json::enum_name(token.role))});
  const auto id =
      co_await resources.accounts.call([&token, &audit](AccountStore& store) { return add(store, token, audit); });
  if (!id) co_return store_refusal(call.request, id.error());
  token.id = *id;
  co_return created(json_response(IssuedApiToken{api_token_view(token), text}));
}

io::Task<Response> delete_api_token(Resources& resources, const Call& call) {
  if (call.caller->api_token) co_return *refuse_programs(call);
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto id = id_of(call.parameter());
  const auto all = co_await resources.accounts.call([](AccountStore& store) { return store.api_tokens(); });
  const auto token = std::ranges::find(all, id, &model::ApiToken::id);
  // Of others' tokens nobody learns whether there are any.
  if (token == all.end() || (token->account != call.caller->account && !sees_all(call)))
    co_return refusal_response(call.request, {404, "not-found", "There is no such token.", std::nullopt});
  const auto audit = audit_entry(resources, call, {"api_token_removed", token->account, *reason, token->name});
  const auto removed =
      co_await resources.accounts.call([id, &audit](AccountStore& store) { return store.remove_api_token(id, audit); });
  if (!removed) co_return store_refusal(call.request, removed.error());
  resources.auth.tell_revoked(api_token_family(id));
  co_return no_content();
}

}  // namespace davylamp::api
