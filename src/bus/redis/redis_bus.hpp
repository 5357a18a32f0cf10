// The bus of many processes: Redis Streams (7.0 and newer). docs/operate/redis.md says how to run it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "bus/redis/fanout.hpp"
#include "bus/redis/sender.hpp"
#include "contract/bus.hpp"

namespace davylamp::redis {

// As [bus] of the configuration.
struct Options {
  std::string url;
  std::string password;  // empty: none
  std::optional<std::string> ca_file;
  std::optional<std::string> certificate_file;
  std::optional<std::string> key_file;
  std::string prefix = "davylamp";
  std::uint32_t shards = 8;
  Sender::Limits sending{};
  Fanout::Limits reading{};
  // Told a sentence when a connection is lost and when it is there again; on the bus's own thread. Must not throw.
  std::function<void(const std::string& text)> told{};
};

// Throws Failure: "bad_url" or "tls".
std::shared_ptr<const Access> read_access(const Options& options);

// Asks Redis once: whether it is there, lets us in and divides the work as we do. Blocks, for some seconds at most.
base::Result<void> try_out(const Options& options);

// Starts a thread of its own. Throws Failure when the options are wrong or Redis refuses us for good; a Redis that is
// away is waited for.
std::unique_ptr<contract::Bus> open(Options options);

}  // namespace davylamp::redis
