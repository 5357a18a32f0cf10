#include "sources/ipsec/security_association.hpp"

#include "base/text.hpp"

namespace davylamp::ipsec {
namespace {

constexpr std::size_t most_text_bytes = 512;

// Takes the members of one section; what is a number must be one.
class Members {
 public:
  explicit Members(const Node& node) : node_(node) {}
  std::string text(std::string_view name) const { return base::to_utf8(node_.text(name).substr(0, most_text_bytes)); }
  bool yes(std::string_view name) const { return node_.text(name) == "yes"; }
  template <class T = std::uint64_t>
  std::optional<T> number(std::string_view name) {
    const auto* found = node_.find(name);
    if (found == nullptr) return std::nullopt;
    const auto value = base::parse_number<T>(found->value);
    if (!value) ++problems_;
    return value;
  }
  std::vector<std::string> list(std::string_view name) const {
    const auto* found = node_.find(name);
    std::vector<std::string> items;
    if (found == nullptr) return items;
    for (const auto& item : found->items) items.push_back(base::to_utf8(item.substr(0, most_text_bytes)));
    return items;
  }
  std::string cipher() const {
    auto text = this->text("encr-alg");
    if (const auto size = this->text("encr-keysize"); !size.empty()) text += "-" + size;
    const auto integrity = this->text("integ-alg");
    if (!integrity.empty()) text += (text.empty() ? "" : "/") + integrity;
    return text;
  }
  unsigned problems() const { return problems_; }

 private:
  const Node& node_;
  unsigned problems_ = 0;
};

Child read_child(const Node& node, unsigned& problems) {
  Members members(node);
  Child child;
  child.name = members.text("name");
  if (child.name.empty()) child.name = base::to_utf8(node.name);
  child.unique_id = members.number("uniqueid").value_or(0);
  child.state = members.text("state");
  child.mode = members.text("mode");
  child.protocol = members.text("protocol");
  child.encapsulated = members.yes("encap");
  child.spi_in = members.text("spi-in");
  child.spi_out = members.text("spi-out");
  child.cipher = members.cipher();
  child.bytes_in = members.number("bytes-in");
  child.bytes_out = members.number("bytes-out");
  child.packets_in = members.number("packets-in");
  child.packets_out = members.number("packets-out");
  child.idle_in_seconds = members.number("use-in");
  child.idle_out_seconds = members.number("use-out");
  child.installed_seconds = members.number("install-time");
  child.local_selectors = members.list("local-ts");
  child.remote_selectors = members.list("remote-ts");
  problems += members.problems();
  return child;
}

void read_children(const Node& children, Ike& ike) {
  for (const auto& node : children.children) {
    if (node.kind != Node::Kind::section) continue;
    const auto* replaced = node.find("old");
    const auto* fresh = node.find("new");
    // child-rekey tells both, one below the other.
    for (const auto* each : {replaced, fresh}) {
      if (each != nullptr && each->kind == Node::Kind::section) ike.children.push_back(read_child(*each, ike.problems));
    }
    if (replaced == nullptr && fresh == nullptr) ike.children.push_back(read_child(node, ike.problems));
  }
}

Ike read_ike(std::string_view connection, const Node& node) {
  Members members(node);
  Ike ike;
  ike.connection = base::to_utf8(connection);
  ike.unique_id = members.number("uniqueid").value_or(0);
  ike.version = members.text("version");
  ike.state = members.text("state");
  ike.local_host = members.text("local-host");
  ike.local_port = members.number<std::uint16_t>("local-port");
  ike.local_id = members.text("local-id");
  ike.remote_host = members.text("remote-host");
  ike.remote_port = members.number<std::uint16_t>("remote-port");
  ike.remote_id = members.text("remote-id");
  ike.remote_login = members.text("remote-eap-id");
  if (ike.remote_login.empty()) ike.remote_login = members.text("remote-xauth-id");
  ike.initiator = members.yes("initiator");
  ike.behind_nat = members.yes("nat-remote");
  ike.cipher = members.cipher();
  ike.established_seconds = members.number("established");
  ike.local_virtual = members.list("local-vips");
  ike.remote_virtual = members.list("remote-vips");
  ike.problems = members.problems();
  if (const auto* children = node.find("child-sas")) read_children(*children, ike);
  return ike;
}

}  // namespace

std::optional<model::Endpoint> Ike::remote() const {
  const auto address = model::Address::parse(remote_host);
  if (!address) return std::nullopt;
  return model::Endpoint{*address, remote_port};
}

Report read_report(const Node& message) {
  Report report;
  report.up = message.text("up") == "yes";
  for (const auto& node : message.children) {
    if (node.kind != Node::Kind::section) continue;
    const auto* replaced = node.find("old");
    const auto* fresh = node.find("new");
    if (replaced != nullptr && fresh != nullptr) {
      report.replaced.push_back(read_ike(node.name, *replaced));
      report.ikes.push_back(read_ike(node.name, *fresh));
    } else {
      report.ikes.push_back(read_ike(node.name, node));
    }
  }
  return report;
}

}  // namespace davylamp::ipsec
