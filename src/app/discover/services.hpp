// Services of this host besides OpenVPN: what listens, what is known of it, how to watch it.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "witness/sockets/process_ports.hpp"

namespace davylamp::app {

struct FoundService {
  std::string name;  // for the configuration, unique among those proposed; of the others: the program's
  std::string what;  // "Shadowsocks"; empty: not recognised
  std::optional<std::string> program;
  std::optional<std::uint32_t> process_id;
  std::optional<std::string> unit;
  std::vector<std::uint16_t> udp;
  std::vector<std::uint16_t> tcp;
  std::optional<std::string> wireguard_interface;
  std::optional<std::string> process;   // watched by its program: its ports change
  std::vector<std::string> interfaces;  // that belong to it: "ppp*"
  std::string sentence;
};
BOOST_DESCRIBE_STRUCT(FoundService, (),
                      (name, what, program, process_id, unit, udp, tcp, wireguard_interface, process, interfaces,
                       sentence))

struct Services {
  std::vector<FoundService> proposed;
  std::vector<FoundService> others;    // what listens for other hosts besides
  std::vector<std::string> obstacles;  // one sentence each
};

// Pure. `names` are taken already. Sockets that only this host can reach are left out.
Services judge_services(const std::vector<sockets::OwnedSocket>& sockets,
                        const std::vector<std::string>& wireguard_interfaces, std::set<std::string> names);
// `root` stands in front of /proc, /sys and /var/run ("" on a real host). Reads only.
Services find_services(const std::string& root, const std::set<std::string>& names);

// A paragraph per service, and a line per other listener with what would watch it.
std::string services_text(const Services& services);
// [[source.watch]] and [[source.wireguard]] tables; the others as comments.
std::string services_toml(const Services& services);

}  // namespace davylamp::app
