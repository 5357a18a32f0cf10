// From the configuration to those who know people from elsewhere.
#pragma once

#include <memory>

#include "app/config.hpp"
#include "contract/directory.hpp"

namespace davylamp::app {

// Null where none is configured. Throw Failure when a secret cannot be read.
std::unique_ptr<contract::Directory> open_directory(const LdapConfig& config);
std::unique_ptr<contract::SingleSignOn> open_single_sign_on(const OidcConfig& config);

}  // namespace davylamp::app
