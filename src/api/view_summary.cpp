#include "api/view_summary.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace davylamp::api {
namespace {

constexpr std::size_t most_top = 10;

bool wanted(const std::vector<std::string>& servers, const std::string& name) {
  return servers.empty() || std::ranges::find(servers, name) != servers.end();
}

template <class Visit>
void for_each_session(const LiveView& view, const std::vector<std::string>& servers, Visit visit) {
  for (const auto& [id, session] : view.sessions()) {
    if (wanted(servers, session.server)) visit(session);
  }
}

// The greatest first; of equal ones the lesser name.
template <class T, class Value, class Name>
std::vector<T> top(std::vector<T> items, std::size_t most, const std::pair<Value, Name>& order) {
  std::ranges::sort(items, [&](const T& a, const T& b) {
    const auto value_a = std::invoke(order.first, a);
    const auto value_b = std::invoke(order.first, b);
    return value_a != value_b ? value_a > value_b : std::invoke(order.second, a) < std::invoke(order.second, b);
  });
  if (items.size() > most) items.resize(most);
  return items;
}

template <class Items>
auto values_of(Items items) {
  std::vector<typename Items::mapped_type> values;
  values.reserve(items.size());
  for (auto& [key, value] : items) values.push_back(std::move(value));
  return values;
}

}  // namespace

Stats summarise(const LiveView& view, const std::vector<std::string>& servers) {
  Stats stats;
  std::map<std::string_view, TopUser> users;
  std::map<std::string_view, TopCountry> countries;
  for_each_session(view, servers, [&](const model::Session& session) {
    ++stats.open_sessions;
    stats.rx_bps += session.rx_bps;
    stats.tx_bps += session.tx_bps;
    auto& user = users[session.user];
    user.user = session.user;
    user.rx_bps += session.rx_bps;
    user.tx_bps += session.tx_bps;
    if (!session.place || !session.place->country_code) return;
    const auto& place = *session.place;
    if (!user.country_code) user.country_code = place.country_code;
    auto& country = countries[*place.country_code];
    country.country_code = *place.country_code;
    country.country = place.country.value_or(*place.country_code);
    ++country.sessions;
  });
  stats.open_users = users.size();
  stats.countries = countries.size();
  const auto rate = [](const TopUser& user) { return user.rx_bps + user.tx_bps; };
  stats.top_users = top(values_of(std::move(users)), most_top, std::pair(rate, &TopUser::user));
  stats.top_countries =
      top(values_of(std::move(countries)), most_top, std::pair(&TopCountry::sessions, &TopCountry::country_code));
  return stats;
}

MapView map_of(const LiveView& view, const std::vector<std::string>& servers) {
  using Spot = std::tuple<double, double, std::string, std::string>;
  const model::Place nowhere;
  MapView map;
  std::map<Spot, MapPoint> points;
  std::map<Spot, std::set<std::string_view>> users;
  std::map<std::string, MapCountry> countries;
  std::map<std::string_view, std::uint64_t> per_server;
  for_each_session(view, servers, [&](const model::Session& session) {
    ++per_server[session.server];
    const auto& place = session.place ? *session.place : nowhere;
    if (place.country_code) {
      auto& country = countries[*place.country_code];
      country.country_code = *place.country_code;
      ++country.sessions;
    }
    if (!place.latitude || !place.longitude) {
      ++map.without_location;
      return;
    }
    const Spot spot{*place.latitude, *place.longitude, place.country_code.value_or(""), place.city.value_or("")};
    auto& point = points[spot];
    point.latitude = *place.latitude;
    point.longitude = *place.longitude;
    point.city = place.city;
    point.country_code = place.country_code.value_or("");
    point.country = place.country.value_or("");
    ++point.sessions;
    point.rx_bps += session.rx_bps;
    point.tx_bps += session.tx_bps;
    ++point.servers[session.server];
    auto& seen = users[spot];
    seen.insert(session.user);
    point.users = seen.size();
  });
  for (const auto& [name, server] : view.servers()) {
    if (!wanted(servers, name)) continue;
    MapServer spot{name, std::nullopt, std::nullopt, per_server[name]};
    if (server.place) {
      spot.latitude = server.place->latitude;
      spot.longitude = server.place->longitude;
    }
    map.servers.push_back(std::move(spot));
  }
  const auto spot_of = [](const MapPoint& point) { return std::pair(point.latitude, point.longitude); };
  map.points = top(values_of(std::move(points)), SIZE_MAX, std::pair(&MapPoint::sessions, spot_of));
  map.countries =
      top(values_of(std::move(countries)), SIZE_MAX, std::pair(&MapCountry::sessions, &MapCountry::country_code));
  return map;
}

}  // namespace davylamp::api
