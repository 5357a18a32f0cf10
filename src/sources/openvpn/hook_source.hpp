// The daemon's end of davylamp-hook: receives who was refused and the last words on who left, and says who is to be
// refused. Stands beside the management source of the same server, as whose source it speaks.
#pragma once

#include <boost/describe.hpp>
#include <memory>
#include <optional>
#include <string>

#include "contract/source.hpp"
#include "sources/openvpn/hook_inbox.hpp"

namespace davylamp::openvpn {

struct HookConfig {
  std::string name;                 // the server's name
  std::string directory;            // the folder shared with the hook; one for each server, on a local file system
  std::optional<std::string> user;  // the account OpenVPN runs as; else root, "nobody" and "openvpn" are believed
};
BOOST_DESCRIBE_STRUCT(HookConfig, (), (name, directory, user))

// Emits PeerFinal and LoginRefused, never SourceHealth. Of the commands it carries out RefuseUsers and leaves the
// others, also unanswered, to the management source.
class HookSource : public contract::Source {
 public:
  // On the loop that runs the source.
  virtual HookStats stats() const = 0;
};

// `clock` must outlive the source. Never throws because of the configuration: that is what the first run fails with.
std::unique_ptr<HookSource> make_hook_source(HookConfig config, const base::Clock& clock);

}  // namespace davylamp::openvpn
