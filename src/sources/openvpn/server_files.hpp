// The files of one OpenVPN server on this host: its configuration, certificates and revocation list.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/server.hpp"
#include "sources/openvpn/config_facts.hpp"

namespace davylamp::openvpn {

// Not thread safe; keep one per server on the source's loop. Reads small local files (at most 1 MB each), and each
// again only when its time or size changed.
class ServerFiles {
 public:
  // `config_file` is absolute; empty when the operator named none: then only faults known without it are told.
  explicit ServerFiles(std::string config_file) : config_file_(std::move(config_file)) {}

  // Sets mode, listens_on, pool_size, warnings and expiries (soonest first), and dco where the configuration rules it
  // out and nothing better is known; transport where nothing better is known. Uses facts.version and facts.dco. Looks
  // at the file system at most once a minute of `now`, and at once after a clock that was set back. Never throws on
  // what files hold.
  void fill(model::ServerFacts& facts, base::Time now);

 private:
  // A file as it was when it was last read.
  struct Seen {
    std::int64_t changed_nanoseconds = 0;
    std::uint64_t size_bytes = 0;
    std::optional<std::string> text;  // nothing: it could not be read
    std::string problem;
  };

  void look(base::Time now);
  const Seen& read(const std::string& path);
  void read_certificates();

  std::string config_file_;
  std::optional<base::Time> looked_at_;
  std::map<std::string, Seen> files_;
  ServerConfig config_;
  std::vector<model::Expiry> expiries_;
  std::vector<std::string> problems_;
};

// Whom OpenVPN becomes by that configuration (`user`), and so its hooks; nothing when it names nobody or cannot be
// read.
std::optional<std::string> user_of_server(const std::string& config_file);

}  // namespace davylamp::openvpn
