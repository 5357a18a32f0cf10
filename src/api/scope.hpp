// Who sees only some servers sees and does nothing of the others, as if they were not there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/account.hpp"
#include "model/incident.hpp"

namespace davylamp::api {

// The servers that somebody may see.
class Scope {
 public:
  // Every server.
  Scope() = default;
  // The servers of those of `groups` that `names` names; no name is every server. Names that are no group's add
  // nothing.
  Scope(std::vector<std::string> names, const std::vector<model::ServerGroup>& groups);

  bool is_everything() const { return names_.empty(); }
  // An empty name, as events of Davylamp itself have, is of no server.
  bool sees(std::string_view server) const;
  // Whether it is about a server that is seen.
  bool sees(const model::Incident& incident) const;
  // Of what is asked for (nothing: every one of `known`) what is seen, for queries: never empty unless the scope is
  // everything, because that would ask for all.
  std::vector<std::string> narrow(std::vector<std::string> asked, const std::vector<std::string>& known) const;
  // The same as long as the same servers are seen.
  const std::string& key() const { return key_; }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::vector<std::string> servers_;
  std::vector<std::string> prefixes_;
  std::string key_;
};

}  // namespace davylamp::api
