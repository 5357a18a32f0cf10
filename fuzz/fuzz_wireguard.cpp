// What WireGuard, its tools and its configuration say, in any bytes: read whole or in pieces it is the same, prefixes
// belong to peers that are there, and no private or preshared key comes out of any of it.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "app/decode/decode_wireguard.hpp"
#include "sources/wireguard/book_file.hpp"
#include "sources/wireguard/kernel_decoder.hpp"
#include "sources/wireguard/server_config.hpp"
#include "sources/wireguard/tool_text.hpp"
#include "sources/wireguard/uapi_decoder.hpp"

namespace {

using namespace davylamp;
using wireguard::Device;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const Device& device) {
  for (const auto& peer : device.peers) {
    require(peer.first_allowed + peer.allowed_count <= device.allowed_ips.size());
    require(peer.handshake_ns >= 0);
  }
  require((device.problems == 0) == device.first_problem.empty());
}

void check_uapi(std::string_view text) {
  Device whole;
  wireguard::UapiDecoder decoder(whole);
  const auto taken = decoder.take(text);
  require(taken <= text.size());
  check(whole);
  Device pieces;
  wireguard::UapiDecoder again(pieces);
  std::string held;
  for (std::size_t at = 0; at < text.size() && !again.finished(); at += 7) {
    held += text.substr(at, 7);
    held.erase(0, again.take(held));
  }
  require(again.finished() == decoder.finished());
  require(pieces.peers.size() == whole.peers.size() && pieces.problems == whole.problems);
}

void check_kernel(std::string_view text) {
  Device device;
  wireguard::KernelDecoder decoder(device);
  decoder.take(std::as_bytes(std::span(text)));
  check(device);
  wireguard::read_family(std::as_bytes(std::span(text)), 1);
}

// A line that holds nothing but a secret: whatever stands before it, it must not come out.
void check_secrets(std::string_view text) {
  const std::string secret = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MTI=";
  const std::string hex(64, 'e');
  if (text.contains(secret) || text.contains(hex)) return;
  const std::string before(text.substr(0, text.find_last_of('\n') + 1));
  for (const auto& line : {"private_key=" + hex, "preshared_key=" + hex, "wg0\t" + secret + "\tx\t51820\toff",
                           secret + "\tx\t51820\toff", "  private key: " + secret, "  preshared key: " + secret}) {
    std::ostringstream out;
    app::JsonLines lines(out);
    app::decode_wireguard(before + line + "\n", lines);
    require(!out.str().contains(secret) && !out.str().contains(hex));
  }
  const auto config = wireguard::read_server_config(before + "PrivateKey = " + secret + "\n# PresharedKey = " + secret +
                                                    "\n# " + secret + "\n[Peer]\nPublicKey = " + secret + "\n");
  for (const auto& [key, name] : config.names) require(!name.contains(secret));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  check_uapi(text);
  check_kernel(text);
  check_secrets(text);
  std::ostringstream out;
  app::JsonLines lines(out);
  app::decode_wireguard(text, lines);
  for (const auto& [key, name] : wireguard::read_server_config(text).names) {
    require(!name.empty() && name.size() <= wireguard::most_name_bytes + 2);
  }
  if (const auto book = wireguard::read_book(text)) {
    const auto again = wireguard::read_book(wireguard::to_text(*book));
    require(again && again->peers == book->peers && again->epoch == book->epoch);
  }
  return 0;
}
