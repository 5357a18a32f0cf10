// The secret that a node's collector shows. Pure, but for the randomness.
#pragma once

#include <string>
#include <string_view>

namespace davylamp::io {

// "dn_" and 43 random characters: 258 bits.
std::string make_node_token();
// SHA-256 in lowercase hexadecimal: what is stored instead of it.
std::string node_token_hash(std::string_view token);

}  // namespace davylamp::io
