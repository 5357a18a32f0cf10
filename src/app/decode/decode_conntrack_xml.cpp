// `conntrack -o xml`: one <flow> (or <expect>) after the other, of a listing or of events.
#include <algorithm>
#include <array>

#include "app/decode/decode_conntrack.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

// What an element holds between its tags; nothing when there is none. Takes it off `rest` with all before it.
struct Element {
  std::string_view name;
  std::string_view attributes;
  std::string_view content;
};

std::optional<Element> take_element(std::string_view& rest) {
  for (;;) {
    const auto open = rest.find('<');
    if (open == std::string_view::npos) return std::nullopt;
    const auto close = rest.find('>', open);
    if (close == std::string_view::npos) return std::nullopt;
    auto tag = rest.substr(open + 1, close - open - 1);
    rest.remove_prefix(close + 1);
    if (tag.empty() || tag[0] == '?' || tag[0] == '!' || tag[0] == '/') continue;
    const bool is_empty = tag.ends_with('/');
    if (is_empty) tag.remove_suffix(1);
    Element element;
    element.name = tag.substr(0, tag.find_first_of(" \t\r\n"));
    element.attributes = tag.substr(element.name.size());
    if (is_empty) return element;
    // Elements of conntrack never hold others of their own name.
    const auto end = rest.find("</" + std::string(element.name) + ">");
    if (end == std::string_view::npos) return element.name == "conntrack" ? std::nullopt : std::optional(element);
    element.content = rest.substr(0, end);
    rest.remove_prefix(end + element.name.size() + 3);
    return element;
  }
}

std::string_view attribute(const Element& element, std::string_view name) {
  const auto at = element.attributes.find(std::string(name) + "=\"");
  if (at == std::string_view::npos) return {};
  const auto value = element.attributes.substr(at + name.size() + 2);
  return value.substr(0, value.find('"'));
}

std::string unescaped(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> names{
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  std::string plain;
  while (!text.empty()) {
    const auto* found = std::ranges::find_if(names, [&](const auto& name) { return text.starts_with(name.first); });
    plain += found == names.end() ? text[0] : found->second;
    text.remove_prefix(found == names.end() ? 1 : found->first.size());
  }
  return base::to_utf8(plain);
}

class XmlFlow {
 public:
  base::Result<TrackedConnection> read(const Element& flow) {
    const auto type = attribute(flow, "type");
    found_.event = type == "new" || type == "update" || type == "destroy" ? type : std::string_view{};
    auto rest = flow.content;
    while (const auto part = take_element(rest)) {
      if (part->name == "meta") {
        meta(*part);
      } else if (part->name == "when") {
        keep(*part);
      }
    }
    if (!fault_.empty()) return base::fail("malformed", fault_);
    if (const auto fault = found_.fault()) return base::fail("malformed", *fault);
    return std::move(found_);
  }

 private:
  void meta(const Element& meta) {
    const auto direction = attribute(meta, "direction");
    auto rest = meta.content;
    while (const auto part = take_element(rest)) {
      if (direction == "original" || direction == "reply") {
        way(direction == "original" ? found_.original : found_.reply, *part);
      } else {
        independent(*part);
      }
    }
  }

  void way(TrackedWay& way, const Element& part) {
    if (part.name == "layer3") {
      const auto name = attribute(part, "protoname");
      if (name == "ipv4" || name == "ipv6") found_.family = name;
    } else if (part.name == "layer4") {
      found_.protocol = base::to_lower(base::to_utf8(attribute(part, "protoname")));
      found_.protocol_number = base::parse_number<std::uint8_t>(attribute(part, "protonum"));
    } else if (part.name == "zone") {
      way.zone = base::parse_number<std::uint16_t>(part.content);
      return;
    }
    auto rest = part.content;
    while (const auto member = take_element(rest)) {
      if (member->name == "id") {
        way.icmp_id = base::parse_number<std::uint32_t>(member->content);
      } else if (!take_tuple_member(way, member->name, base::trim(member->content), fault_)) {
        keep(*member);
      }
    }
  }

  void independent(const Element& part) {
    const auto value = base::trim(part.content);
    const auto number = base::parse_number<std::uint64_t>(value);
    if (part.name == "state") {
      found_.state = unescaped(value);
    } else if (part.name == "assured") {
      found_.assured = true;
    } else if (part.name == "unreplied") {
      found_.unreplied = true;
    } else if (part.name == "offload" || part.name == "hw_offload") {
      found_.offloaded = true;
    } else if (part.name == "secctx") {
      found_.security_context = unescaped(value);
    } else if (part.name == "helper") {
      found_.helper = unescaped(value);
    } else if (part.name == "labels") {
      labels(part);
    } else if (auto* target = number_of(part.name); target != nullptr) {
      *target = number;
      if (!number) fault_ = std::string(part.name) + " is no number: " + base::printable(value.substr(0, 40));
    } else if (part.name == "timestamp") {
      timestamp(part);
    } else {
      keep(part);
    }
  }

  std::optional<std::uint64_t>* number_of(std::string_view name) {
    if (name == "timeout") return &found_.timeout_seconds;
    if (name == "mark") return &found_.mark;
    if (name == "use") return &found_.use;
    if (name == "id") return &found_.id;
    if (name == "zone") return &found_.zone;
    if (name == "deltatime") return &found_.duration_seconds;
    return nullptr;
  }

  // <timestamp><start>SECONDS</start><stop>...</stop></timestamp>; nanoseconds, too.
  void timestamp(const Element& part) {
    constexpr double seconds_end = 1e12;
    auto rest = part.content;
    while (const auto member = take_element(rest)) {
      const auto value = base::parse_number<std::uint64_t>(base::trim(member->content));
      if (!value) {
        keep(*member);
        continue;
      }
      const auto seconds =
          static_cast<double>(*value) < seconds_end ? static_cast<double>(*value) : static_cast<double>(*value) / 1e9;
      (member->name == "stop" ? found_.stopped_at : found_.started_at) = seconds;
    }
  }

  void labels(const Element& part) {
    auto rest = part.content;
    while (const auto label = take_element(rest))
      found_.labels += (found_.labels.empty() ? "" : ",") + unescaped(label->content);
  }

  void keep(const Element& part) {
    if (part.content.empty()) {
      found_.words.push_back(base::to_utf8(part.name));
    } else {
      found_.other.emplace_back(base::to_utf8(part.name), unescaped(part.content));
    }
  }

  TrackedConnection found_;
  std::string fault_;
};

// Leaves of an expectation, named by their way.
void gather(std::string_view content, const std::string& prefix,
            std::vector<std::pair<std::string, std::string>>& members) {
  while (const auto part = take_element(content)) {
    if (part->content.find('<') == std::string_view::npos) {
      members.emplace_back(prefix + base::to_utf8(part->name), unescaped(part->content));
      continue;
    }
    // Three levels are all there are: meta, layer, value.
    auto inner = part->content;
    const auto direction = attribute(*part, "direction");
    const auto deeper = direction.empty() ? prefix : base::to_utf8(direction) + "-";
    while (const auto member = take_element(inner)) {
      if (member->content.find('<') == std::string_view::npos) {
        members.emplace_back(deeper + base::to_utf8(member->name), unescaped(member->content));
        continue;
      }
      auto leaves = member->content;
      while (const auto leaf = take_element(leaves))
        members.emplace_back(deeper + base::to_utf8(leaf->name), unescaped(leaf->content));
    }
  }
}

}  // namespace

void decode_conntrack_xml(std::string_view text, ConntrackLines& out) {
  const auto all = text;
  // Positions grow: each line is counted once.
  std::size_t counted = 0;
  std::size_t line = 1;
  while (!text.empty()) {
    const auto opened = text.find("<conntrack>");
    const auto flow_at = std::min(text.find("<flow"), text.find("<expect"));
    if (opened != std::string_view::npos && opened < flow_at) {
      text.remove_prefix(opened + std::string_view("<conntrack>").size());
      continue;
    }
    if (flow_at == std::string_view::npos) break;
    text.remove_prefix(flow_at);
    const auto at = all.size() - text.size();
    line += static_cast<std::size_t>(std::ranges::count(all.substr(counted, at - counted), '\n'));
    counted = at;
    const auto element = take_element(text);
    if (!element || element->content.empty()) {
      out.problem(line, "a flow that does not end was skipped");
      if (!element) break;
      continue;
    }
    if (element->name == "flow") {
      const auto connection = XmlFlow().read(*element);
      if (connection) {
        out.connection(*connection);
      } else {
        out.problem(line, connection.error().message + " was skipped");
      }
    } else if (element->name == "expect") {
      std::vector<std::pair<std::string, std::string>> members;
      gather(element->content, "", members);
      out.expectation(attribute(*element, "type"), members);
    } else {
      out.problem(line, "an element of an unknown name was skipped");
    }
  }
}

}  // namespace davylamp::app
