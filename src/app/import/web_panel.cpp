#include "app/import/web_panel.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <map>

#include "base/codec_read.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

constexpr double bytes_per_mib = 1024.0 * 1024.0;

using Object = boost::json::object;

std::string text_in(const Object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr) return {};
  if (value->is_string()) return std::string(std::string_view(value->get_string()));
  return value->is_number() ? boost::json::serialize(*value) : "";
}

// A number, also as text; nothing when absent, null or not one.
std::optional<double> number_in(const Object& object, std::string_view name) {
  const auto text = text_in(object, name);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

// Nothing when it is negative or larger than a counter.
std::optional<std::uint64_t> bytes_in(const Object& object, std::string_view name, double unit) {
  const auto number = number_in(object, name);
  if (!number || *number < 0 || *number * unit > 9e18) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(*number * unit));
}

std::optional<model::Address> address_in(const Object& object, std::string_view name) {
  const auto address = model::Address::parse(text_in(object, name));
  return address ? std::optional(*address) : std::nullopt;
}

class Panel {
 public:
  Panel(const WebPanelFiles& files, const ImportWish& wish) : files_(files), wish_(wish) {
    plan_.tool = "openvpn-web-panel";
  }

  base::Result<ImportPlan> plan() {
    if (const auto read = read_geolocation(); !read) return std::unexpected(read.error());
    if (const auto read = read_history(); !read) return std::unexpected(read.error());
    if (const auto read = read_active(); !read) return std::unexpected(read.error());
    for (const auto& [id, entry] : opened_) {
      plan_.refused.push_back({record_name("session of", text_in(*entry, "name")) + " " + id,
                               "only its beginning was written: neither its end nor its counters are known"});
    }
    return std::move(plan_);
  }

 private:
  base::Result<boost::json::value> parse(const std::string& text, std::string_view file) {
    auto value = base::json::parse(text);
    if (!value) return base::fail("bad_file", std::string(file) + " is not JSON: " + value.error().message);
    return value;
  }

  base::Result<void> read_geolocation() {
    if (!files_.geolocation) return {};
    auto value = parse(*files_.geolocation, "client_geolocation.json");
    if (!value) return std::unexpected(value.error());
    geolocation_ = std::move(*value);
    return {};
  }

  base::Result<void> read_history() {
    if (!files_.history) return {};
    auto value = parse(*files_.history, "session_history.json");
    if (!value) return std::unexpected(value.error());
    history_ = std::move(*value);
    if (!history_.is_array()) return base::fail("bad_file", "session_history.json holds no list of sessions");
    std::map<std::string, const Object*> closed;
    for (const auto& item : history_.get_array()) {
      ++plan_.records;
      const auto* entry = item.if_object();
      const auto id = entry == nullptr ? "" : text_in(*entry, "session_id");
      if (entry == nullptr || id.empty()) {
        plan_.refused.push_back({"record " + std::to_string(plan_.records), "has no session_id"});
        continue;
      }
      auto& place = text_in(*entry, "session_end").empty() ? opened_ : closed;
      if (!place.emplace(id, entry).second) ++plan_.merged;
    }
    for (const auto& [id, entry] : closed) {
      plan_.merged += opened_.erase(id);
      add_closed(id, *entry);
    }
    return {};
  }

  void add_closed(const std::string& id, const Object& entry) {
    const auto opened = wish_.time(text_in(entry, "timestamp"));
    const auto closed = wish_.time(text_in(entry, "session_end"));
    const auto rx = bytes_in(entry, "rx", bytes_per_mib);
    const auto tx = bytes_in(entry, "tx", bytes_per_mib);
    if (!opened || !closed || !rx || !tx) {
      const auto why = !opened ? opened.error().message : !closed ? closed.error().message : "has no usable counters";
      plan_.refused.push_back({record_name("session of", text_in(entry, "name")) + " " + id, why});
      return;
    }
    auto session = session_of(entry, text_in(entry, "name"));
    session.opened_at = *opened;
    session.closed_at = *closed;
    session.end_reason = model::EndReason::left;
    session.rx_bytes = *rx;
    session.tx_bytes = *tx;
    add_session(plan_, wish_, id, std::move(session));
  }

  base::Result<void> read_active() {
    if (!files_.active) return {};
    auto value = parse(*files_.active, "active_sessions.json");
    if (!value) return std::unexpected(value.error());
    active_ = std::move(*value);
    if (!active_.is_object()) return base::fail("bad_file", "active_sessions.json holds no table of sessions");
    for (const auto& member : active_.get_object()) {
      ++plan_.records;
      const std::string name(member.key());
      const auto* entry = member.value().if_object();
      if (entry == nullptr) {
        plan_.refused.push_back({record_name("open session of", name), "is no table"});
        continue;
      }
      plan_.merged += opened_.erase(text_in(*entry, "session_id"));
      add_active(name, *entry);
    }
    return {};
  }

  void add_active(const std::string& name, const Object& entry) {
    const auto refuse = [&](std::string why) {
      plan_.refused.push_back({record_name("open session of", name), std::move(why)});
    };
    if (!files_.active_ended_at) {
      return refuse("is still open: Davylamp counts it where it watches the server; --with-active takes it as ended");
    }
    const auto opened = wish_.time(text_in(entry, "connected_at"));
    const auto rx = bytes_in(entry, "bytes_received", 1);
    const auto tx = bytes_in(entry, "bytes_sent", 1);
    const auto id = text_in(entry, "session_id");
    if (!opened) return refuse(opened.error().message);
    if (!rx || !tx || id.empty()) return refuse("has no usable counters or no session_id");
    auto session = session_of(entry, name);
    session.opened_at = *opened;
    session.closed_at = std::max(*opened, *files_.active_ended_at);
    session.end_reason = model::EndReason::unknown;
    session.rx_bytes = *rx;
    session.tx_bytes = *tx;
    add_session(plan_, wish_, id, std::move(session));
  }

  model::Session session_of(const Object& entry, const std::string& name) const {
    model::Session session;
    session.user = name;
    session.common_name = name;
    session.real_address = address_in(entry, "ip");
    session.real_port = base::parse_number<std::uint16_t>(text_in(entry, "port"));
    for (const auto* member : {"vpn_ip", "vpn_ipv4", "vpn_ipv6"}) {
      const auto address = address_in(entry, member);
      if (address) (address->is_v4() ? session.virtual_address : session.virtual_address6) = address;
    }
    session.place = place_of(name, text_in(entry, "ip"));
    return session;
  }

  // Where the panel's own registry says that a client's address is.
  std::optional<model::Place> place_of(const std::string& name, const std::string& address) const {
    const boost::json::value* at = &geolocation_;
    for (const auto& step : {std::string("clients"), name, std::string("ips"), address, std::string("location")}) {
      const auto* object = at->if_object();
      at = object == nullptr ? nullptr : object->if_contains(step);
      if (at == nullptr) return std::nullopt;
    }
    const auto* location = at->if_object();
    if (location == nullptr) return std::nullopt;
    const auto country = text_in(*location, "country");
    const auto city = text_in(*location, "city");
    if (country.empty() && city.empty()) return std::nullopt;
    model::Place place;
    if (!country.empty()) place.country = country;
    if (country.size() == 2) place.country_code = country;
    if (!city.empty()) place.city = city;
    place.latitude = number_in(*location, "latitude");
    place.longitude = number_in(*location, "longitude");
    return place;
  }

  const WebPanelFiles& files_;
  const ImportWish& wish_;
  ImportPlan plan_;
  boost::json::value history_;
  boost::json::value active_;
  boost::json::value geolocation_;
  std::map<std::string, const Object*> opened_;
};

}  // namespace

base::Result<ImportPlan> plan_web_panel(const WebPanelFiles& files, const ImportWish& wish) {
  return Panel(files, wish).plan();
}

}  // namespace davylamp::app
