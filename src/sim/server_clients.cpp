// How clients come, move and go.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "sim/environment.hpp"
#include "sim/server.hpp"

namespace davylamp::sim {
namespace {

using base::Milliseconds;

constexpr Milliseconds goodbye{5'000};  // between an exit message and the end of the instance
constexpr Milliseconds retry{1'050};    // connect-retry of an honest client
constexpr Milliseconds stubborn_retry{5'000};
constexpr std::uint64_t handshake_rx_bytes = 2'130;
constexpr std::uint64_t handshake_tx_bytes = 2'203;
constexpr std::uint64_t goodbye_bytes = 110;
constexpr int hours_per_day = 24;

// How many of the people are awake at an hour of their day.
double share_awake(int hour) {
  constexpr double least = 0.1;
  const auto angle = 2 * std::numbers::pi * (hour - 14) / hours_per_day;
  return least + (1 - least) * (0.5 + 0.5 * std::cos(angle));
}

}  // namespace

void Server::connect(std::uint32_t person_index) {
  if (life_ != Life::up) {
    waiting_people_.push_back(person_index);
    return;
  }
  if (free_instances_.empty()) {
    free_instances_.push_back(static_cast<std::uint32_t>(instances_.size()));
    instances_.emplace_back();
  }
  const auto slot = free_instances_.back();
  free_instances_.pop_back();
  auto& instance = instances_[slot];
  const auto serial = instance.serial + 1;
  instance = {};
  instance.live = true;
  instance.serial = serial;
  instance.person = person_index;
  instance.client_id = next_client_id_++;
  instance.since = instance.moved_at = now_;
  instance.since_text = local_times_.text_of(base::to_unix_seconds(now_));
  instance.last_ref = base::to_unix_seconds(now_);
  instance.real = people_[person_index].home;
  instance.port = static_cast<std::uint16_t>(1024 + random_.below(64'000));
  instance.rx_bytes = 343;
  instance.tx_bytes = 1'371;
  write_real_text(instance);
  by_client_id_.insert_or_assign(instance.client_id, slot);
  schedule(Milliseconds{40 + static_cast<std::int64_t>(random_.below(120))}, Due::establish, slot, serial);
}

void Server::write_real_text(Instance& instance) {
  const auto address = instance.real.to_string();
  const auto port = std::to_string(instance.port);
  if (settings_.version != Version::v2_7) {
    // Up to 2.6 an IPv6 address has neither port nor brackets.
    instance.real_text = instance.real.is_v4() ? address + ":" + port : address;
    return;
  }
  // A dual-stack socket writes udp6 in front of IPv4 as well.
  const std::string protocol = settings_.tcp ? "tcp6-server:" : "udp6:";
  instance.real_text = protocol + (instance.real.is_v4() ? address : "[" + address + "]") + ":" + port;
}

void Server::place(Instance& instance) {
  if (free_pool_.empty()) free_pool_.push_back(next_pool_index_++);
  instance.pool_index = free_pool_.back();
  free_pool_.pop_back();
  const auto host = instance.pool_index + 2;
  const auto byte = [](std::uint64_t value) { return std::to_string(value & 255U); };
  instance.virtual_address =
      "10." + byte(8 + settings_.number + (host >> 16U)) + "." + byte(host >> 8U) + "." + byte(host);
  auto bytes = std::array<std::uint8_t, 16>{0xfd, static_cast<std::uint8_t>(8 + settings_.number)};
  const auto host6 = instance.pool_index + 0x1000;
  for (unsigned index = 0; index < 4; ++index) bytes[15 - index] = static_cast<std::uint8_t>(host6 >> (8 * index));
  instance.virtual_address6 = model::Address::from_v6(bytes).to_string();
}

void Server::establish(Instance& instance) {
  const auto& client = person(instance);
  instance.rx_bytes = handshake_rx_bytes + random_.below(30);
  instance.tx_bytes = handshake_tx_bytes + random_.below(5);
  rx_bytes_ += instance.rx_bytes;
  tx_bytes_ += instance.tx_bytes;
  instance.moved_at = now_;
  place(instance);
  const auto environment = environment_of(*this, instance, HookKind::connect);
  if (outside_.hooks != nullptr && !outside_.hooks->connect(environment)) return refuse(instance);
  instance.phase = Phase::established;
  if (client.active) {
    instance.rx_bps = client.rx_bps / 8;
    instance.tx_bps = client.tx_bps / 8;
  }
  announce(instance, environment);
  const auto slot = slot_of(instance);
  schedule(Milliseconds{static_cast<std::int64_t>(random_.below(1'000))}, Due::packet, slot, instance.serial);
  if (settings_.habits.session_seconds > 0) schedule(session_length(client), Due::leave, slot, instance.serial);
}

// It is announced all the same, its row loses its address, and the disconnect hook will run for it.
void Server::refuse(Instance& instance) {
  instance.phase = Phase::refused;
  const auto environment = environment_of(*this, instance, HookKind::connect);
  free_pool_.push_back(instance.pool_index);
  instance.virtual_address.clear();
  instance.virtual_address6.clear();
  instance.leaving = true;
  announce(instance, environment);
  schedule(goodbye, Due::end, slot_of(instance), instance.serial);
  if (person(instance).stubborn) come_back(instance.person, stubborn_retry);
}

void Server::announce(const Instance& instance, const std::vector<std::string>& environment) {
  if (!monitor_.attached) return;
  say(">CLIENT:ESTABLISHED," + std::to_string(instance.client_id) + "\r\n");
  for (const auto& assignment : environment) {
    // Levels above 0 leave out what a monitor needs most; they stay when the monitor goes.
    const bool needed = assignment.starts_with("common_name=") || assignment.starts_with("time_unix=");
    if (monitor_.environment_filter >= 2 && needed) continue;
    output_ += ">CLIENT:ENV,";
    output_ += assignment;
    output_ += "\r\n";
  }
  output_ += ">CLIENT:ENV,END\r\n";
}

base::Milliseconds Server::session_length(const Person& client) {
  auto mean = settings_.habits.session_seconds;
  if (settings_.habits.rhythm) {
    const auto hour = (base::to_unix_seconds(now_) / 3600 + client.utc_offset_hours) % hours_per_day;
    mean *= share_awake(static_cast<int>(hour));
  }
  return Milliseconds{1'000 + static_cast<std::int64_t>(random_.exponential(mean) * 1000)};
}

void Server::come_back(std::uint32_t person_index, Milliseconds after) {
  schedule(after, Due::come, person_index);
}

// Who left of his own will stays away for a while; at night, where he lives, for longer.
void Server::come_later(std::uint32_t person_index) {
  if (settings_.habits.session_seconds <= 0) return;
  auto mean = settings_.habits.away_seconds;
  if (settings_.habits.rhythm) {
    const auto hour = (base::to_unix_seconds(now_) / 3600 + people_[person_index].utc_offset_hours) % hours_per_day;
    mean /= share_awake(static_cast<int>(hour));
  }
  come_back(person_index, Milliseconds{1'000 + static_cast<std::int64_t>(random_.exponential(mean) * 1000)});
}

Account Server::account_of(const Instance& instance) const {
  const auto seconds = [](base::Time at) { return static_cast<double>(at.time_since_epoch().count()) / 1000; };
  return {.server = settings_.name,
          .common_name = person(instance).name,
          .since = base::to_unix_seconds(instance.since),
          .virtual_address = instance.virtual_address,
          .client_id = instance.client_id,
          .rx_bytes = instance.rx_bytes,
          .tx_bytes = instance.tx_bytes,
          .told_rx_bytes = instance.told_rx_bytes,
          .told_tx_bytes = instance.told_tx_bytes,
          .told_by = instance.told_by,
          .told_at = instance.told_by == ToldBy::nothing ? 0 : seconds(instance.told_at),
          .ended_at = instance.live ? 0 : seconds(now_),
          .was_session = instance.phase == Phase::established};
}

std::vector<Account> Server::open_accounts() {
  std::vector<Account> accounts;
  for (auto& instance : instances_) {
    if (!instance.live) continue;
    catch_up(instance);
    accounts.push_back(account_of(instance));
  }
  return accounts;
}

void Server::end(Instance& instance, Ending ending) {
  catch_up(instance);
  const bool known_to_hook = instance.phase != Phase::handshake;
  if (ending == Ending::with_hook && known_to_hook && outside_.hooks != nullptr &&
      outside_.hooks->disconnect(environment_of(*this, instance, HookKind::disconnect))) {
    instance.told(ToldBy::hook, now_);
  }
  instance.live = false;
  if (outside_.ended) outside_.ended(account_of(instance));
  by_client_id_.erase(instance.client_id);
  if (!instance.virtual_address.empty()) free_pool_.push_back(instance.pool_index);
  free_instances_.push_back(slot_of(instance));
}

bool Server::client_kill(std::uint64_t client_id, std::string_view message) {
  const auto found = by_client_id_.find(client_id);
  if (found == by_client_id_.end()) return false;
  auto& instance = instances_[found->second];
  if (instance.leaving) return true;
  instance.leaving = true;
  schedule(goodbye, Due::end, found->second, instance.serial);
  const bool restart = message == "RESTART";
  const bool understood = restart || message == "HALT" || message.starts_with("AUTH_FAILED");
  const bool stubborn = person(instance).stubborn;
  // An unwilling client goes on until the server takes the instance away.
  if (!understood || stubborn) {
    come_back(instance.person, goodbye + retry);
    return true;
  }
  mute(instance);
  instance.rx_bytes += goodbye_bytes;
  instance.tx_bytes += goodbye_bytes;
  if (restart) come_back(instance.person, retry);
  return true;
}

std::size_t Server::kill_name(std::string_view common_name) {
  std::size_t killed = 0;
  for (auto& instance : instances_) {
    if (!instance.live || instance.phase == Phase::handshake || person(instance).name != common_name) continue;
    if (!instance.leaving) come_back(instance.person, settings_.ping_restart);
    end(instance, Ending::with_hook);
    ++killed;
  }
  return killed;
}

void Server::come(std::string_view common_name) {
  const auto found = std::ranges::find(people_, common_name, &Person::name);
  if (found != people_.end()) return connect(static_cast<std::uint32_t>(found - people_.begin()));
  people_.push_back(make_person({}, 1'000 + people_.size(), random_));
  people_.back().name = common_name;
  people_.back().active = false;
  connect(static_cast<std::uint32_t>(people_.size() - 1));
}

void Server::leave(std::string_view common_name, bool silently) {
  Instance* instance = named(common_name);
  if (instance == nullptr) return;
  mute(*instance);
  instance->leaving = true;
  come_later(instance->person);
  if (silently) return schedule(2 * settings_.ping_restart, Due::end, slot_of(*instance), instance->serial);
  if (settings_.tcp) return end(*instance, Ending::with_hook);
  instance->rx_bytes += goodbye_bytes;
  say(">NOTIFY:info,remote-exit,EXIT\r\n");
  schedule(goodbye, Due::end, slot_of(*instance), instance->serial);
}

void Server::move(std::string_view common_name, std::uint64_t rx_bytes, std::uint64_t tx_bytes) {
  Instance* instance = named(common_name);
  if (instance == nullptr) return;
  catch_up(*instance);
  instance->rx_bytes += rx_bytes;
  instance->tx_bytes += tx_bytes;
  rx_bytes_ += rx_bytes;
  tx_bytes_ += tx_bytes;
  report(*instance);
}

void Server::float_to_new_address(Instance& instance) {
  instance.real = address_near(instance.real, random_);
  instance.port = static_cast<std::uint16_t>(1024 + random_.below(64'000));
  write_real_text(instance);
}

void Server::float_away(std::string_view common_name) {
  if (Instance* instance = named(common_name)) float_to_new_address(*instance);
}

void Server::set_active(std::string_view common_name, bool active) {
  for (auto& client : people_) {
    if (client.name == common_name) client.active = active && !frozen_;
  }
  for (auto& instance : instances_) {
    const auto& client = person(instance);
    if (!instance.live || instance.muted || instance.phase != Phase::established || client.name != common_name)
      continue;
    catch_up(instance);
    instance.rx_bps = client.active ? client.rx_bps / 8 : 0;
    instance.tx_bps = client.active ? client.tx_bps / 8 : 0;
  }
}

void Server::freeze() {
  frozen_ = true;
  for (auto& client : people_) client.active = false;
  for (auto& instance : instances_) {
    if (!instance.live) continue;
    catch_up(instance);
    instance.rx_bps = 0;
    instance.tx_bps = 0;
  }
}

}  // namespace davylamp::sim
