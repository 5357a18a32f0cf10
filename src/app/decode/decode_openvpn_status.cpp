#include "app/decode/decode.hpp"
#include "sources/openvpn/status_document.hpp"

namespace davylamp::app {
namespace {

using openvpn::StatusFormat;

void add_real_address(JsonLine& line, const openvpn::RealAddress& real) {
  line.add_unless_empty("real_address", real.address)
      .add("real_port", real.port)
      .add_unless_empty("transport", real.protocol);
}

JsonLine client_line(const openvpn::StatusClient& client) {
  const openvpn::ClientRow& row = client.row;
  JsonLine line("client");
  line.add("common_name", row.common_name).add("username", client.username);
  add_real_address(line, client.real);
  line.add_unless_empty("virtual_address", client.virtual_address)
      .add_unless_empty("virtual_address6", client.virtual_address6)
      .add("rx_bytes", row.rx_bytes)
      .add("tx_bytes", row.tx_bytes)
      .add("connected_at", client.connected_at)
      .add("client_id", row.client_id)
      .add_unless_empty("cipher", row.cipher)
      .add("session", client.session);
  return line;
}

JsonLine route_line(const openvpn::StatusRoute& route) {
  JsonLine line("route");
  line.add("virtual_address", route.virtual_address).add("common_name", route.row.common_name);
  add_real_address(line, route.real);
  if (route.cached) line.add("cached", true);
  return line;
}

void add_format(JsonLine& line, StatusFormat format) {
  switch (format) {
    case StatusFormat::version1:
      line.add("format", 1);
      break;
    case StatusFormat::version2:
      line.add("format", 2);
      break;
    case StatusFormat::version3:
      line.add("format", 3);
      break;
    case StatusFormat::statistics:
      line.add("format", "client-stats");
      break;
    case StatusFormat::unknown:
      break;
  }
}

JsonLine summary_line(const openvpn::StatusDocument& document) {
  const openvpn::StatusSummary& summary = document.summary;
  JsonLine line("summary");
  add_format(line, summary.format);
  line.add_unless_empty("version", summary.version)
      .add("clients", summary.clients)
      .add("sessions", document.sessions)
      .add("routes", summary.routes)
      .add("rx_bytes", summary.rx_bytes)
      .add("tx_bytes", summary.tx_bytes)
      .add("complete", summary.complete);
  return line;
}

}  // namespace

DecodeOutcome decode_openvpn_status(std::string_view bytes, const openvpn::ServerZone& zone, JsonLines& out) {
  const openvpn::StatusDocument document = openvpn::read_status_document(bytes, zone);
  for (const openvpn::StatusClient& client : document.clients) out.write(client_line(client));
  for (const openvpn::StatusRoute& route : document.routes) out.write(route_line(route));
  for (const openvpn::StatusStatistic& statistic : document.statistics) {
    out.write(JsonLine("statistic").add("name", statistic.name).add("value", statistic.value));
  }
  for (const openvpn::StatusProblem& problem : document.problems) {
    out.write(JsonLine("problem").add("line", problem.line).add("what", problem.what));
  }
  out.write(summary_line(document));
  if (document.summary.format == StatusFormat::unknown) return DecodeOutcome::unreadable;
  return document.problems.empty() ? DecodeOutcome::understood : DecodeOutcome::skipped;
}

}  // namespace davylamp::app
