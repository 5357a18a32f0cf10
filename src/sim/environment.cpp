#include "sim/environment.hpp"

#include "sim/local_time.hpp"
#include "sim/server.hpp"

namespace davylamp::sim {
namespace {

class Environment {
 public:
  void set(std::string_view name, std::string_view value) {
    assignments_.emplace_back(name);
    assignments_.back() += '=';
    assignments_.back() += value;
  }
  void set(std::string_view name, std::int64_t value) { set(name, std::to_string(value)); }
  std::vector<std::string> take() { return std::move(assignments_); }

 private:
  std::vector<std::string> assignments_;
};

void set_addresses(Environment& environment, const Server& server, const Instance& instance) {
  if (!instance.virtual_address.empty()) {
    environment.set("ifconfig_pool_ip6_netbits", "64");
    environment.set("ifconfig_pool_local_ip6", server.inner_address6());
    environment.set("ifconfig_pool_remote_ip6", instance.virtual_address6);
    environment.set("ifconfig_pool_netmask", "255.255.0.0");
    environment.set("ifconfig_pool_remote_ip", instance.virtual_address);
  }
  const bool v4 = instance.real.is_v4();
  const auto real = instance.real.to_string();
  environment.set("trusted_port", instance.port);
  environment.set(v4 ? "trusted_ip" : "trusted_ip6", real);
  environment.set("untrusted_port", instance.port);
  environment.set(v4 ? "untrusted_ip" : "untrusted_ip6", real);
}

void set_certificate(Environment& environment, const Person& person, const Instance& instance) {
  environment.set("common_name", person.name);
  if (!person.username.empty()) environment.set("username", person.username);
  environment.set("tls_serial_0", std::int64_t{1'000'000} + instance.person);
  environment.set("tls_id_0", "O=simulated, CN=" + person.name);
  environment.set("X509_0_CN", person.name);
  environment.set("X509_0_O", "simulated");
  environment.set("tls_id_1", "CN=simulated-ca");
  environment.set("X509_1_CN", "simulated-ca");
}

void set_program(Environment& environment, const Person& person) {
  environment.set("IV_PROTO", "990");
  environment.set("IV_CIPHERS", "AES-256-GCM:AES-128-GCM:CHACHA20-POLY1305");
  environment.set("IV_NCP", "2");
  environment.set("IV_MTU", "1600");
  environment.set("IV_TCPNL", "1");
  environment.set("IV_PLAT", person.platform);
  environment.set("IV_VER", person.program);
}

void set_server(Environment& environment, const Server& server) {
  environment.set("remote_port_1", "1194");
  environment.set("local_port_1", "1194");
  environment.set("proto_1", server.settings().tcp ? "tcp6-server" : "udp6");
  environment.set("daemon_pid", server.process_id());
  environment.set("daemon_start_time", base::to_unix_seconds(server.started_at()));
  environment.set("daemon_log_redirect", "0");
  environment.set("daemon", "1");
  environment.set("verb", "3");
  environment.set("config", "/etc/openvpn/" + server.settings().name + ".conf");
  environment.set("ifconfig_local", server.inner_address());
  environment.set("ifconfig_netmask", "255.255.0.0");
  environment.set("ifconfig_ipv6_local", server.inner_address6());
  environment.set("ifconfig_ipv6_netbits", "64");
  environment.set("script_context", "init");
  environment.set("tun_mtu", "1500");
  environment.set("dev", "tun" + std::to_string(server.settings().number));
  environment.set("dev_type", "tun");
  environment.set("redirect_gateway", "0");
}

}  // namespace

std::vector<std::string> environment_of(const Server& server, const Instance& instance, HookKind kind) {
  const auto& person = server.person(instance);
  const auto since = base::to_unix_seconds(instance.since);
  Environment environment;
  if (kind == HookKind::disconnect) {
    environment.set("bytes_sent", std::to_string(instance.tx_bytes));
    environment.set("bytes_received", std::to_string(instance.rx_bytes));
    environment.set("time_duration", base::to_unix_seconds(server.now()) - since);
  }
  environment.set("script_type", kind == HookKind::connect ? "client-connect" : "client-disconnect");
  set_addresses(environment, server, instance);
  environment.set("time_unix", since);
  environment.set("time_ascii", iso_local_time(since));
  set_certificate(environment, person, instance);
  set_program(environment, person);
  set_server(environment, server);
  return environment.take();
}

}  // namespace davylamp::sim
