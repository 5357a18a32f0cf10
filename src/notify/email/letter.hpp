// A message as e-mail (RFC 5322, RFC 2045-2047): headers that cannot be forged by what they hold.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/notifier.hpp"

namespace davylamp::notify {

struct LetterHead {
  std::string from;
  std::vector<std::string> to;
};

// The whole letter, lines ended by CR LF. Its Message-ID is the same for the same delivery; letters about one incident
// refer to the same id, so that mail programs show them together.
std::string letter(const contract::Message& message, const LetterHead& head);

// RFC 2047 encoded words in UTF-8 and base64, none longer than 75 characters, cut between characters.
std::string encoded_words(std::string_view text);

// Whether this is an address that may stand in a header and in SMTP: printable ASCII, one @, no spaces, no brackets.
bool is_mail_address(std::string_view text);

}  // namespace davylamp::notify
