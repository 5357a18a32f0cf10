#include "app/discover/known_services.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr std::array programs{
    KnownService{"accel-pppd", "accel-ppp", "accel-ppp (L2TP, PPTP, SSTP, PPPoE)", true},
    KnownService{"brook", "brook", "Brook"},
    KnownService{"caddy", "caddy", "Caddy, a web server (NaiveProxy where it is set up so)"},
    KnownService{"charon", "ipsec", "strongSwan (IPsec)"},
    KnownService{"conduit", "conduit", "Psiphon Conduit"},
    KnownService{"gost", "gost", "GOST"},
    KnownService{"hysteria", "hysteria", "Hysteria"},
    KnownService{"lyrebird", "lyrebird", "lyrebird (obfs4 bridge of Tor)"},
    KnownService{"mtg", "mtproto", "MTProto proxy"},
    KnownService{"mtproto-proxy", "mtproto", "MTProto proxy"},
    KnownService{"naive", "naive", "NaiveProxy"},
    KnownService{"obfs4proxy", "obfs4", "obfs4proxy (bridge of Tor)"},
    KnownService{"ocserv", "ocserv", "ocserv (OpenConnect, AnyConnect)"},
    KnownService{"outline-ss-server", "outline", "Outline (Shadowsocks)"},
    KnownService{"pluto", "ipsec", "Libreswan (IPsec)"},
    KnownService{"pppd", "ppp", "pppd", true},
    KnownService{"pptpd", "pptp", "pptpd (PPTP)", true},
    KnownService{"psiphond", "psiphond", "Psiphon server"},
    KnownService{"shadowsocks-server", "shadowsocks", "Shadowsocks"},
    KnownService{"sing-box", "sing-box", "sing-box"},
    KnownService{"snowflake-proxy", "snowflake", "Snowflake proxy"},
    KnownService{"snowflake-server", "snowflake", "Snowflake server"},
    KnownService{"ss-manager", "shadowsocks", "Shadowsocks"},
    KnownService{"ss-server", "shadowsocks", "Shadowsocks"},
    KnownService{"ssserver", "shadowsocks", "Shadowsocks"},
    KnownService{"stunnel", "stunnel", "stunnel"},
    KnownService{"stunnel4", "stunnel", "stunnel"},
    KnownService{"tincd", "tinc", "tinc"},
    KnownService{"tor", "tor", "Tor"},
    KnownService{"trojan", "trojan", "Trojan"},
    KnownService{"trojan-go", "trojan", "Trojan"},
    KnownService{"tuic", "tuic", "TUIC"},
    KnownService{"tuic-server", "tuic", "TUIC"},
    KnownService{"v2ray", "v2ray", "V2Ray"},
    KnownService{"vpnbridge", "softether", "SoftEther VPN"},
    KnownService{"vpnserver", "softether", "SoftEther VPN"},
    KnownService{"xl2tpd", "l2tp", "xl2tpd (L2TP)", true},
    KnownService{"xray", "xray", "Xray"},
};

struct KnownPort {
  model::Protocol protocol;
  std::uint16_t port;
  KnownService service;
};
constexpr std::array ports{
    KnownPort{model::Protocol::udp, 500, {"", "ipsec", "IPsec (by its port)"}},
    KnownPort{model::Protocol::udp, 4500, {"", "ipsec", "IPsec (by its port)"}},
    KnownPort{model::Protocol::udp, 1194, {"", "openvpn-udp", "OpenVPN (by its port)"}},
    KnownPort{model::Protocol::tcp, 1194, {"", "openvpn-tcp", "OpenVPN (by its port)"}},
    KnownPort{model::Protocol::udp, 1701, {"", "l2tp", "L2TP (by its port)", true}},
    KnownPort{model::Protocol::tcp, 1723, {"", "pptp", "PPTP (by its port)", true}},
    KnownPort{model::Protocol::tcp, 8388, {"", "shadowsocks", "Shadowsocks (by its port)"}},
    KnownPort{model::Protocol::udp, 8388, {"", "shadowsocks", "Shadowsocks (by its port)"}},
};

bool is_the_same(std::string_view program, std::string_view known) {
  if (!program.starts_with(known)) return false;
  const auto rest = program.substr(known.size());
  constexpr std::string_view separators = "-_.0123456789";
  return rest.empty() || separators.find(rest.front()) != std::string_view::npos;
}

}  // namespace

const KnownService* known_program(std::string_view program) {
  const auto lower = base::to_lower(program);
  const KnownService* found = nullptr;
  for (const auto& service : programs) {
    const bool longer = found == nullptr || service.program.size() > found->program.size();
    if (longer && is_the_same(lower, service.program)) found = &service;
  }
  return found;
}

const KnownService* known_port(model::Protocol protocol, std::uint16_t port) {
  const auto* found = std::ranges::find_if(
      ports, [&](const KnownPort& known) { return known.protocol == protocol && known.port == port; });
  return found == ports.end() ? nullptr : &found->service;
}

}  // namespace davylamp::app
