// Search filters (RFC 4515) with somebody's words in them.
#pragma once

#include <string>
#include <string_view>

namespace davylamp::directory {

// A value as it may stand in a filter: what has a meaning there is escaped (section 3).
std::string escaped_filter_value(std::string_view value);
// `filter` with each {name} and {dn} replaced by the escaped values.
std::string filled_filter(std::string_view filter, std::string_view name, std::string_view dn);
// The attribute that the filter compares with {name}: "uid" of "(&(objectClass=person)(uid={name}))". Empty: none.
std::string naming_attribute(std::string_view filter);

}  // namespace davylamp::directory
