// Attempts at this host's services, as a firewall's and a VPN's logs tell them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "base/zone.hpp"
#include "contract/source.hpp"
#include "model/house_job.hpp"

namespace davylamp::firewall {

struct Config {
  std::string name;
  std::optional<std::uint16_t> nflog_group;
  bool kernel_log = false;
  std::optional<std::string> file;
  std::vector<std::string> accepted;
  std::vector<std::string> refused;
  std::optional<std::string> openvpn_log;
};

class Source : public contract::Source {
 public:
  virtual std::vector<model::Loss> losses() const = 0;
};

// `clock` and `zones` must outlive it.
std::unique_ptr<Source> make_source(const Config& config, const base::Clock& clock, const base::Zones& zones);

}  // namespace davylamp::firewall
