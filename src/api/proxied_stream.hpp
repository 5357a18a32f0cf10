// Counts a live stream that came through a proxy, for whom it is, while it is open: the proxy's connections are not
// limited, those who stand behind it are.
#pragma once

#include <optional>

#include "api/connection.hpp"
#include "api/rates/bucket_table.hpp"

namespace davylamp::api {

class ProxiedStream {
 public:
  ProxiedStream(ConnectionContext& context, const Peer& peer, const Request& request) : context_(context) {
    if (!peer.proxy) return;
    auto& open = context_.proxied_streams[subscriber_of(request.remote_address)];
    fits_ = open < context_.options.limits.connections_per_address;
    if (!fits_) {
      ++context_.stats.refused_by_address;
      return;
    }
    ++open;
    subscriber_ = subscriber_of(request.remote_address);
  }
  ~ProxiedStream() {
    if (!subscriber_) return;
    const auto found = context_.proxied_streams.find(*subscriber_);
    if (--found->second == 0) context_.proxied_streams.erase(found);
  }
  ProxiedStream(const ProxiedStream&) = delete;
  ProxiedStream& operator=(const ProxiedStream&) = delete;

  bool fits() const { return fits_; }

 private:
  ConnectionContext& context_;
  std::optional<model::Address> subscriber_;
  bool fits_ = true;
};

}  // namespace davylamp::api
