#include "api/agents/key_ring.hpp"

#include <sodium.h>

#include "api/auth/token_text.hpp"

namespace davylamp::api {
namespace {

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace

KeyRing::KeyRing(std::string_view shared_key) : shared_hash_(shared_key.empty() ? "" : fingerprint(shared_key)) {}

void KeyRing::replace(const std::vector<model::AgentSettings>& agents, const std::vector<model::AgentToken>& tokens) {
  std::unordered_map<std::string, std::shared_ptr<Reporter>> kept;
  kept.swap(reporters_);
  for (const auto& settings : agents) {
    const auto found = kept.find(settings.name);
    if (found == kept.end()) {
      add(settings);
      continue;
    }
    found->second->interval_seconds = settings.interval_seconds;
    reporters_.insert(kept.extract(found));
  }
  for (const auto& [name, reporter] : kept) reporter->removed = true;
  tokens_.clear();
  for (const auto& token : tokens) {
    auto owner = reporter(token.agent);
    if (!owner || token.used_at) continue;
    tokens_[token.token_hash] = {token.token_hash, std::move(owner), token.one_time, token.expires_at};
  }
}

const KeyRing::Token* KeyRing::token(std::string_view hash, base::Time now) const {
  const auto found = tokens_.find(std::string(hash));
  if (found == tokens_.end() || !same(found->second.hash, hash)) return nullptr;
  const auto& expires_at = found->second.expires_at;
  return expires_at && *expires_at <= now ? nullptr : &found->second;
}

std::optional<KeyHolder> KeyRing::find(std::string_view key, base::Time now) const {
  if (key.empty()) return std::nullopt;
  const auto hash = fingerprint(key);
  const auto* const known = token(hash, now);
  if (known != nullptr && !known->one_time) return KeyHolder{known->reporter};
  if (!shared_hash_.empty() && same(hash, shared_hash_)) return KeyHolder{};
  return std::nullopt;
}

std::optional<std::string> KeyRing::one_time_agent(std::string_view one_time_hash, base::Time now) const {
  const auto* const known = token(one_time_hash, now);
  if (known == nullptr || !known->one_time) return std::nullopt;
  return known->reporter->name;
}

std::shared_ptr<Reporter> KeyRing::reporter(const std::string& name) const {
  const auto found = reporters_.find(name);
  return found == reporters_.end() ? nullptr : found->second;
}

std::shared_ptr<Reporter> KeyRing::add(const model::AgentSettings& settings) {
  auto& reporter = reporters_[settings.name];
  if (!reporter) reporter = std::make_shared<Reporter>(Reporter{.name = settings.name});
  reporter->interval_seconds = settings.interval_seconds;
  return reporter;
}

}  // namespace davylamp::api
