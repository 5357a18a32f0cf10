// What an HTTP answer means for a message.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "contract/notifier.hpp"
#include "io/http_client.hpp"

namespace davylamp::notify {

// Delivered with 2xx; again with 408, 425, 429 and 5xx (RFC 9110, RFC 6585, RFC 8470), and when nobody answered;
// anything else is refused. A pause is taken from Retry-After in seconds (RFC 9110, 10.2.3); a date there is not
// looked at. `whom` begins the sentence: "ntfy at push.example.org".
contract::Receipt receipt_of(const base::Result<io::HttpAnswer>& answer, const std::string& whom);

// For a sentence: at most `most_bytes` of the other side's words, on one line, printable.
std::string quoted(std::string_view words, std::size_t most_bytes = 200);

// "push.example.org" of "https://push.example.org:8443/topic": what may be said of a URL.
std::string host_of(std::string_view url);

}  // namespace davylamp::notify
