#include <string_view>
#include <utility>

#include "core/agents/exit_rules.hpp"

namespace davylamp::core {
namespace {

using model::EvidenceLine;

EvidenceLine exit_line(const ExitLook& look, const ExitSeen& exit) {
  const auto& report = exit.address.is_v4() ? look.heartbeat.exit_v4 : look.heartbeat.exit_v6;
  EvidenceLine line{exit.address.is_v4() ? "exit v4" : "exit v6", exit.address.to_string(), exit.place, true, {}};
  line.text = "Traffic leaves from " + address_text(exit.address, exit.place) + ": " +
              std::to_string(report->agreeing) + " of " + std::to_string(report->answered) + " look-ups say so";
  if (look.real.contains(exit.address)) {
    line.as_expected = false;
    line.text += "; this is an address of the site itself";
  } else if (const auto why = why_unexpected(look, exit); !why.empty()) {
    line.as_expected = false;
    line.text += "; it is " + why;
  }
  return line;
}

EvidenceLine silent_exit_line(const char* what, const model::ExitReport& report) {
  EvidenceLine line{what, "", std::nullopt, true, {}};
  if (!report.routed) {
    line.text =
        std::string("No ") + (what == std::string_view("exit v6") ? "IPv6" : "IPv4") + " route leaves this host";
  } else if (report.answered == 0) {
    line.text = "No look-up answered";
  } else {
    line.as_expected = false;
    line.text = "The look-ups contradict each other";
  }
  return line;
}

EvidenceLine connection_line(const ExitLook& look, const std::optional<ExitSeen>& exit) {
  const auto& from = *look.heartbeat.connected_from;
  const auto place = look.heartbeat.connected_place.value_or(model::Place{});
  EvidenceLine line{"connection", from.to_string(), look.heartbeat.connected_place, true, {}};
  line.text = "The report itself came from " + address_text(from, place);
  if (exit && exit->address == from) {
    line.text += ", the same exit";
  } else if (look.real.contains(from) && exit && !look.real.contains(exit->address)) {
    line.text += ", an address of the site: the way to the hub goes beside the tunnel (split tunnel)";
  }
  return line;
}

void add_route(std::vector<EvidenceLine>& lines, const model::LinkReport& link, bool v4) {
  const auto& interface = v4 ? link.default_v4 : link.default_v6;
  if (!interface) return;
  EvidenceLine line{v4 ? "default route v4" : "default route v6", *interface, std::nullopt, true, {}};
  line.as_expected = !link.tunnel || *interface == *link.tunnel;
  line.text = std::string("The default ") + (v4 ? "IPv4" : "IPv6") + " route goes over " + *interface;
  if (!line.as_expected) line.text += ", not over the tunnel " + *link.tunnel;
  lines.push_back(std::move(line));
}

void add_link(std::vector<EvidenceLine>& lines, const model::LinkReport& link) {
  if (link.tunnel) {
    EvidenceLine line{"tunnel", *link.tunnel, std::nullopt, link.tunnel_up, {}};
    line.text = "The tunnel interface " + *link.tunnel + (link.tunnel_up ? " is up" : " is down");
    lines.push_back(std::move(line));
  }
  add_route(lines, link, true);
  add_route(lines, link, false);
}

}  // namespace

std::vector<EvidenceLine> exit_evidence(const ExitLook& look) {
  std::vector<EvidenceLine> lines;
  const auto v4 = exit_v4(look.heartbeat);
  const auto v6 = exit_v6(look.heartbeat);
  if (v4) {
    lines.push_back(exit_line(look, *v4));
  } else if (look.heartbeat.exit_v4) {
    lines.push_back(silent_exit_line("exit v4", *look.heartbeat.exit_v4));
  }
  if (v6) {
    lines.push_back(exit_line(look, *v6));
  } else if (look.heartbeat.exit_v6) {
    lines.push_back(silent_exit_line("exit v6", *look.heartbeat.exit_v6));
  }
  const auto& from = look.heartbeat.connected_from;
  if (from) lines.push_back(connection_line(look, from->is_v4() ? v4 : v6));
  if (look.heartbeat.link) add_link(lines, *look.heartbeat.link);
  return lines;
}

}  // namespace davylamp::core
