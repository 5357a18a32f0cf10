// A timeline as text: what collectors saw and when, what was killed meanwhile, and what must be stored at the end.
//
//   source alpha openvpn udp       who speaks in the lines that follow
//   0s up                          the source reaches its server; `down`: it does not
//   0s seen anna rx=0 tx=0         a peer with its counters
//   5s moved anna rx=10 tx=20      counters alone
//   6s list anna bob               the full listing: these, with the counters that they last had
//   7s gone anna rx=50 tx=60       left; without counters the source knows no last word
//   8s final anna rx=50 tx=60      a disconnect hook's last word
//   9s restart                     the server began anew
//   9s reboot                      the collector did
//   9s crash                       the worker is killed: what it had not committed comes again
//   9s again 3                     the last three observations are published once more
//   9s pass                        nothing but time
//   expect session ...             see Player::results()
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace davylamp::scenarios {

struct Step {
  int line = 0;
  base::Milliseconds at{};
  std::string node;
  std::string kind;
  std::string server;
  std::vector<std::string> words;  // the verb first
};

struct Scenario {
  std::string name;
  std::vector<Step> steps;
  std::vector<std::string> expected;  // sorted
};

// Throws base::Failure that names the line.
Scenario parse(std::string_view text, std::string name);

}  // namespace davylamp::scenarios
