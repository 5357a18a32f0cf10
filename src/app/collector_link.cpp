#include "app/collector_link.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <set>
#include <utility>

namespace davylamp::app {
namespace {

// An agent that is started again, or that reconnects, is no news.
constexpr base::Seconds absence_is_news_after{5};
constexpr base::Seconds strangers_told_every{10};
constexpr std::size_t most_marks = 256;

std::optional<uid_t> user_called(const std::string& name) {
  uid_t number = 0;
  const auto* end = name.data() + name.size();
  if (const auto read = std::from_chars(name.data(), end, number); read.ec == std::errc() && read.ptr == end)
    return number;
  std::array<char, 4096> space{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwnam_r(name.c_str(), &entry, space.data(), space.size(), &found) != 0 || found == nullptr)
    return std::nullopt;
  return found->pw_uid;
}

uplink::Listener::Options listener_options(const Config& config, std::string version) {
  uplink::Listener::Options options;
  options.socket = agent_socket_path(config);
  options.version = std::move(version);
  options.users = {0, ::geteuid()};
  if (const auto user = user_called(config.node.agent_user)) options.users.insert(*user);
  return options;
}

std::vector<model::SourceId> servers_of(const Config& config) {
  std::vector<model::SourceId> servers;
  const auto& node = config.node.name;
  const auto& source = config.source;
  servers.reserve(source.openvpn.size() + source.wireguard.size() + source.ipsec.size() + source.watch.size());
  for (const auto& item : source.openvpn) servers.push_back({node, "openvpn", item.name});
  for (const auto& item : source.wireguard) servers.push_back({node, "wireguard", item.name});
  for (const auto& item : source.ipsec) servers.push_back({node, "ipsec", item.name});
  for (const auto& item : source.watch) {
    if (!item.server) servers.push_back({node, "watch", item.name});
  }
  return servers;
}

}  // namespace

CollectorLink::CollectorLink(Role& role, const Config& config, Dependencies dependencies)
    : dependencies_(std::move(dependencies)),
      node_(config.node.name),
      socket_(agent_socket_path(config)),
      servers_(servers_of(config)),
      listener_(role.loop().get_executor(), listener_options(config, dependencies_.version), dependencies_.bus, *this) {
  role.scope().spawn("agents", listener_.run());
}

void CollectorLink::took(std::uint64_t counters_marked, std::vector<model::Cursor> cursors) {
  // What is not noted now is noted with a later batch.
  if (marks_.size() < most_marks) marks_.push_back({counters_marked, std::move(cursors)});
}

void CollectorLink::stored(std::uint64_t counters_taken) {
  std::optional<Mark> last;
  while (!marks_.empty() && marks_.front().counters <= counters_taken) {
    last = std::move(marks_.front());
    marks_.pop_front();
  }
  if (last) listener_.stored(last->cursors);
}

CollectorLink::Absence CollectorLink::absence(base::Time now) {
  if (listener_.is_connected(node_)) {
    absent_since_.reset();
    return {};
  }
  if (!absent_since_ || now < *absent_since_) absent_since_ = now;
  if (now - *absent_since_ < absence_is_news_after) return {};
  return {
      servers_,
      "no collector is connected: start davylamp-agent (systemctl start davylamp-agent); it is awaited at " + socket_};
}

void CollectorLink::arrived(const std::string&, const std::string& text) {
  dependencies_.log.info(text);
}

void CollectorLink::left(const std::string&, const std::string& text) {
  dependencies_.log.warning(text);
}

void CollectorLink::turned_away(const std::string& text) {
  const auto now = dependencies_.clock.now();
  if (turned_away_at_ && now - *turned_away_at_ < strangers_told_every && now >= *turned_away_at_) return;
  turned_away_at_ = now;
  dependencies_.log.warning(text);
}

}  // namespace davylamp::app
