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
  std::optional<std::string> server;  // whose attempts these are; absent: the name stands for it
  std::string state_file;             // how far the logs were read; empty: that is not remembered
  std::string kernel_log_device = "/dev/kmsg";
};

class Source : public contract::Source {
 public:
  virtual std::vector<model::Loss> losses() const = 0;
};

// `clock` must outlive it. Times without a zone are of this machine's. Opens and reads nothing but the state file
// before it runs.
std::unique_ptr<Source> make_source(const Config& config, const base::Clock& clock, const base::Zones& zones);

}  // namespace davylamp::firewall
