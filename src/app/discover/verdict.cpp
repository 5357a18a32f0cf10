#include "app/discover/verdict.hpp"

#include "model/address.hpp"

namespace davylamp::app {
namespace {

// Why the interface cannot be shared with us; empty when it can.
std::string obstacle(const Sighting& sighting, const openvpn::ServerConfig& config) {
  const auto& line = *config.management;
  if (config.management_client) {
    return "its management interface dials out (management-client) instead of listening; without that line Davylamp "
           "could connect";
  }
  if (config.management_client_auth) {
    return "another program must approve every login over the management interface (management-client-auth), and "
           "OpenVPN serves "
           "one program at a time; Davylamp stays away";
  }
  if (config.management_signal) {
    return "it restarts, and cuts everyone off, whenever a program leaves its management interface "
           "(management-signal); remove "
           "that line first";
  }
  if (line.password_file == "stdin") {
    return "its management password is typed in at its start; put it into a file: management " + line.target + " " +
           line.port + " /etc/openvpn/management.password";
  }
  if (line.is_unix()) return "";
  if (line.target == "tunnel")
    return "its management interface listens inside the tunnel only; give it a socket instead";
  if (sighting.other_network) {
    return "its management port is in another network namespace, out of reach; give it a socket instead";
  }
  if (!model::Address::parse(line.target == "localhost" ? "127.0.0.1" : line.target)) {
    return "its management interface listens on a host name (" + line.target + "); write the address instead";
  }
  return "";
}

std::string management_text(const openvpn::ManagementLine& line) {
  if (line.is_unix()) return line.target;
  const auto host = line.target == "localhost" ? "127.0.0.1" : line.target;
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + line.port;
}

std::vector<std::string> notes_on(const openvpn::ServerConfig& config) {
  std::vector<std::string> notes;
  if (config.management_hold) {
    notes.emplace_back(
        "it waits for another program to release it at every start (management-hold); Davylamp does not");
  }
  if (config.management_user)
    notes.push_back("only the user " + *config.management_user + " may connect (management-client-user)");
  if (config.management_group) {
    notes.push_back("only processes of the group " + *config.management_group +
                    " may connect (management-client-group)");
  }
  if (config.management && !config.management->is_unix() && !config.management->password_file) {
    notes.emplace_back("its management port has no password: every user of this host can use it");
  }
  return notes;
}

void judge_without_management(FoundServer& found, const openvpn::ServerConfig& config) {
  const auto where = config.files.empty() ? "its configuration" : config.files.front();
  found.add_line = "management /run/openvpn/" + found.name + ".sock unix";
  found.sentence = "it has no management interface; add to " + where + ": " + *found.add_line +
                   (found.running ? ", then restart it (a reload is not enough)" : "");
  if (config.status_file) {
    found.notes.push_back("its status file can be looked at with: davylamp decode openvpn-status " +
                          *config.status_file);
  }
}

std::optional<std::string> public_address(const openvpn::ServerConfig& config) {
  if (!config.local_address) return std::nullopt;
  const auto address = model::Address::parse(*config.local_address);
  if (!address || address->kind() != model::AddressKind::public_) return std::nullopt;
  return address->to_string();
}

}  // namespace

FoundServer judge(const Sighting& sighting, const openvpn::ServerConfig& config) {
  FoundServer found;
  found.name = sighting.name;
  found.running = sighting.process_id.has_value();
  found.process_id = sighting.process_id;
  if (!config.files.empty()) found.config_file = config.files.front();
  found.status_file = config.status_file;
  found.status_version = config.status_version;
  found.transport = config.transport();
  found.port = config.port;
  found.address = public_address(config);
  found.device = config.device;
  if (!config.management) {
    judge_without_management(found, config);
    return found;
  }
  found.notes = notes_on(config);
  found.sentence = obstacle(sighting, config);
  found.management = management_text(*config.management);
  if (!found.sentence.empty()) return found;
  found.usable = true;
  found.password_file = config.management->password_file;
  found.sentence = std::string(config.management->is_unix() ? "its management socket is " : "its management port is ") +
                   *found.management + (found.running ? "" : "; it is not running now");
  return found;
}

}  // namespace davylamp::app
