// What a webhook is told.
#pragma once

#include <string>
#include <string_view>

#include "contract/notifier.hpp"

namespace davylamp::notify {

// {"kind":"notice","delivery_id","notice","severity","title","text","at","incident"?}; `incident` as the API has it,
// absent in a test.
std::string webhook_body(const contract::Message& message);

// "sha256=" and 64 hexadecimal digits.
std::string webhook_signature(std::string_view secret, std::string_view timestamp, std::string_view body);

}  // namespace davylamp::notify
