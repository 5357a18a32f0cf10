// Parses: what `swanctl` prints of messages and of IKE_SAs. For recordings; the source itself speaks VICI. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sources/ipsec/security_association.hpp"

namespace davylamp::ipsec {

// A message as `--raw` ("list-sa event {rw {uniqueid=1 ...}}") or `--pretty` (a line each) prints it.
struct PrintedMessage {
  std::string heading;  // "list-sa event", "list-sas reply"
  Node content;
  std::size_t line = 0;  // where it begins, from 1
  bool whole = true;     // false: it was torn, or says something between its elements
};
struct PrintedProblem {
  std::size_t line = 0;
  std::string what;
};

std::vector<PrintedMessage> read_printed(std::string_view text, std::vector<PrintedProblem>& problems);

// The tabular form of `swanctl --list-sas`.
std::vector<Ike> read_list_sas(std::string_view text, std::vector<PrintedProblem>& problems);

// A pattern of strongSwan's own tests for a line of `--raw`: "home.*version=2 state=ESTABLISHED ...
// child-sas.*net.*...". What `.*` stands for is absent.
Node read_pattern(std::string_view pattern);

}  // namespace davylamp::ipsec
