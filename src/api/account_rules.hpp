// What must hold of accounts, server groups and nodes, and who may touch them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/body.hpp"
#include "api/routes.hpp"

namespace davylamp::api {

inline constexpr std::size_t most_account_name_bytes = 64;
inline constexpr std::size_t most_scope_groups = 64;
inline constexpr std::size_t most_server_groups = 1'000;
inline constexpr std::size_t most_group_servers = 1'000;

// As members of a body: "name", "scope[1]", "servers[0]".
Complaints check_account_name(const std::string& name);
Complaints check_scope(const std::vector<std::string>& scope, const std::vector<model::ServerGroup>& groups);
Complaints check_new_password(const std::string& member, const std::string& password);
Complaints check_server_group(const model::ServerGroup& group);
Complaints check_node_name(const std::string& name);

// 403 when the caller sees only some servers: what it asks for is about all of them.
std::optional<Response> refuse_scoped(const Call& call);
// 403 when a program asks, by an API token, or this host, over the control socket: it is for people who signed in.
std::optional<Response> refuse_programs(const Call& call);

}  // namespace davylamp::api
