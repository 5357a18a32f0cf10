// SMTP by libcurl.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "contract/notifier.hpp"

namespace davylamp::notify {

struct SmtpOrder {
  std::string server;
  bool tls_required = true;
  std::optional<std::string> user;
  std::string password;
  std::optional<std::string> ca_file;
  std::string from;
  std::vector<std::string> to;
  std::string letter;
  base::Milliseconds limit{30'000};
};

// One letter, one connection. `stopping` is asked about once a second.
contract::Receipt hand_over(const SmtpOrder& order, const std::function<bool()>& stopping);

}  // namespace davylamp::notify
