#include "app/discover/services.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

std::string list(const std::vector<std::uint16_t>& ports) {
  std::string text;
  for (const auto port : ports) text += (text.empty() ? "" : ", ") + std::to_string(port);
  return text;
}

std::string where(const FoundService& service) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (!service.udp.empty()) add("udp " + list(service.udp));
  if (!service.tcp.empty()) add("tcp " + list(service.tcp));
  if (service.wireguard_interface) add("interface " + *service.wireguard_interface);
  if (service.program && service.process_id) add(*service.program + ", process " + std::to_string(*service.process_id));
  if (service.unit) add(*service.unit);
  return text;
}

// The keys that watch it, each a line.
std::vector<std::string> keys(const FoundService& service) {
  std::vector<std::string> lines{"name = " + base::json::write(service.name)};
  if (service.wireguard_interface) lines.push_back("interface = " + base::json::write(*service.wireguard_interface));
  if (service.process) {
    lines.push_back("process = " + base::json::write(*service.process));
  } else {
    if (!service.udp.empty()) lines.push_back("udp = [" + list(service.udp) + "]");
    if (!service.tcp.empty()) lines.push_back("tcp = [" + list(service.tcp) + "]");
  }
  if (!service.interfaces.empty()) lines.push_back("interfaces = " + base::json::write(service.interfaces));
  return lines;
}

std::string in_one_line(const FoundService& service) {
  std::string text;
  for (const auto& key : keys(service)) text += (text.empty() ? "" : "; ") + key;
  return "[[source.watch]] with " + text;
}

}  // namespace

std::string services_text(const Services& services) {
  std::string text;
  for (const auto& service : services.proposed) {
    text += "[proposed]   " + service.name + ": " + service.what + " (" + where(service) + ")\n";
    text += "             " + service.sentence + "\n";
  }
  for (const auto& service : services.others) {
    text += "[not recognised] " + service.name + " (" + where(service) + ")\n";
    if (!service.sentence.empty()) text += "             " + service.sentence + "\n";
    text += "             to watch it: " + in_one_line(service) + "\n";
  }
  for (const auto& obstacle : services.obstacles) text += "note: " + obstacle + "\n";
  return text;
}

std::string services_toml(const Services& services) {
  std::string text;
  for (const auto& service : services.proposed) {
    text += "\n# " + base::printable(service.what + " (" + where(service) + "): " + service.sentence) + "\n";
    text += service.wireguard_interface ? "[[source.wireguard]]\n" : "[[source.watch]]\n";
    for (const auto& key : keys(service)) text += key + "\n";
  }
  for (const auto& service : services.others) {
    text += "\n# not recognised: " + base::printable(service.name + " (" + where(service) + ")") +
            "; to watch it: " + base::printable(in_one_line(service)) + "\n";
  }
  for (const auto& obstacle : services.obstacles) text += "# " + base::printable(obstacle) + "\n";
  return text;
}

}  // namespace davylamp::app
