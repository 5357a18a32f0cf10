#include "app/doctor/conntrack_findings.hpp"

#include <algorithm>

namespace davylamp::app {
namespace {

constexpr std::uint64_t full_percent = 80;

std::string lasting(const std::string& setting) {
  return "sysctl -w net.netfilter." + setting + "; to keep it: echo net.netfilter." + setting +
         " >> /etc/sysctl.d/60-davylamp.conf";
}

class Findings {
 public:
  explicit Findings(const conntrack::KernelSettings& settings) : settings_(settings) {}

  std::vector<Diagnosis> tell() {
    if (!settings_.present) {
      add(Health::note, "the kernel tracks no connections: no firewall rule uses connection tracking",
          "a rule with \"ct state\" starts it: nft add table inet davylamp_ct; nft add chain inet davylamp_ct input '{ "
          "type "
          "filter hook input priority 0; }'; nft add rule inet davylamp_ct input ct state new counter");
      return std::move(lines_);
    }
    accounting();
    if (settings_.timestamps == false) {
      add(Health::note,
          "the kernel does not note when a connection began: after a restart Davylamp knows it by its number alone",
          lasting("nf_conntrack_timestamp=1"));
    }
    events();
    room();
    return std::move(lines_);
  }

 private:
  void add(Health health, std::string text, std::string remedy = "") {
    lines_.push_back({"conntrack", health, std::move(text), std::move(remedy)});
  }

  void accounting() {
    if (settings_.accounting == false) {
      add(Health::problem,
          "the kernel does not count bytes of connections: peers of watched services are seen without them",
          lasting("nf_conntrack_acct=1") + "; it holds for connections that begin later");
    } else {
      add(Health::ok, "the kernel counts bytes of connections");
    }
  }

  void events() {
    if (settings_.events == std::uint32_t{0}) {
      add(Health::problem, "the kernel tells no ends of connections: the bytes of each one's last seconds are missing",
          lasting("nf_conntrack_events=1"));
    } else if (settings_.events == std::uint32_t{2}) {
      add(Health::note,
          "connections that began before Davylamp listened end without a word: the bytes of their last seconds are "
          "missing",
          lasting("nf_conntrack_events=1"));
    }
  }

  void room() {
    if (!settings_.count || !settings_.most || *settings_.most == 0) return;
    const auto text =
        std::to_string(*settings_.count) + " connections are tracked of at most " + std::to_string(*settings_.most);
    const bool full = *settings_.count >= *settings_.most;
    const bool nearly = *settings_.count * 100 >= *settings_.most * full_percent;
    if (nearly || full) {
      add(full ? Health::problem : Health::note, text + ": when the table is full the kernel drops new connections",
          lasting("nf_conntrack_max=" + std::to_string(*settings_.most * 2)));
    } else if (*settings_.count == 0) {
      add(Health::note, "no connection is tracked: none goes on, or no firewall rule uses connection tracking",
          "a rule with \"ct state\" starts it");
    } else {
      add(Health::ok, text);
    }
  }

  const conntrack::KernelSettings& settings_;
  std::vector<Diagnosis> lines_;
};

}  // namespace

std::vector<Diagnosis> diagnose_conntrack(const conntrack::KernelSettings& settings) {
  return Findings(settings).tell();
}

bool wants_conntrack(const Config& config) {
  return std::ranges::any_of(config.source.watch, [](const WatchConfig& watch) {
    return watch.witnesses.empty() || std::ranges::find(watch.witnesses, "conntrack") != watch.witnesses.end();
  });
}

}  // namespace davylamp::app
