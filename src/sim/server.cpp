#include "sim/server.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "sim/status_text.hpp"

namespace davylamp::sim {
namespace {

constexpr base::Milliseconds wheel_slot{10};
constexpr base::Milliseconds between_packets{1'000};
constexpr base::Milliseconds between_pings{10'000};
constexpr std::uint64_t ping_bytes = 40;
constexpr double seconds_per_hour = 3600;
// Longer than any monitor needs; OpenVPN itself has no limit, and grows.
constexpr std::size_t most_output_bytes = 256U * 1024 * 1024;

void append_number(std::string& text, std::uint64_t value) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text.append(digits.data(), end);
}

}  // namespace

Server::Server(ServerSettings settings, std::vector<Person> people, Outside outside, std::uint64_t seed, base::Time now)
    : settings_(std::move(settings)),
      people_(std::move(people)),
      outside_(std::move(outside)),
      random_(seed),
      wheel_(now, wheel_slot),
      local_times_(settings_.version != Version::v2_4),
      now_(now) {
  for (std::uint32_t index = 0; index < people_.size(); ++index) waiting_people_.push_back(index);
  spawn();
}

void Server::advance(base::Time now) {
  now_ = now;
  wheel_.advance(now, [this](const Entry& entry) { due(entry); });
}

void Server::due(const Entry& entry) {
  if (entry.what == Due::come) return connect(entry.index);
  if (entry.what == Due::step) {
    if (entry.serial == lives_) step();
    return;
  }
  if (entry.what == Due::burst) {
    if (entry.serial == burst_serial_) burst();
    return;
  }
  Instance* instance = instance_of(entry);
  if (instance == nullptr) return;
  if (entry.what == Due::packet) packet(*instance);
  if (entry.what == Due::establish) establish(*instance);
  if (entry.what == Due::end) end(*instance, Ending::with_hook);
  if (entry.what == Due::leave && !instance->leaving && !frozen_) leave(person(*instance).name, false);
}

void Server::schedule(base::Milliseconds after, Due what, std::uint32_t index, std::uint32_t serial) {
  wheel_.schedule(now_ + after, {what, index, serial});
}

Instance* Server::instance_of(const Entry& entry) {
  auto& instance = instances_[entry.index];
  return instance.live && instance.serial == entry.serial ? &instance : nullptr;
}

// The one that the user uses: not one that says goodbye.
Instance* Server::named(std::string_view common_name) {
  const auto found = std::ranges::find_if(instances_, [&](const Instance& instance) {
    return instance.live && !instance.leaving && instance.phase == Phase::established &&
           person(instance).name == common_name;
  });
  return found == instances_.end() ? nullptr : &*found;
}

std::uint32_t Server::slot_of(const Instance& instance) const {
  return static_cast<std::uint32_t>(&instance - instances_.data());
}

void Server::attach() {
  monitor_ = {.attached = true, .environment_filter = monitor_.environment_filter};
}

void Server::detach() {
  monitor_ = {.environment_filter = monitor_.environment_filter};
  ++burst_serial_;
  output_.clear();
}

void Server::say(std::string_view text) {
  if (monitor_.attached && output_.size() < most_output_bytes) output_ += text;
}

std::uint64_t Server::established_count() const {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      instances_, [](const Instance& instance) { return instance.live && instance.phase != Phase::handshake; }));
}

std::string Server::title() const {
  constexpr std::string_view system = " x86_64-pc-linux-gnu [SSL (OpenSSL)] [LZO] [LZ4] [EPOLL] [MH/PKTINFO] [AEAD]";
  const std::string_view number = settings_.version == Version::v2_4   ? "2.4.12"
                                  : settings_.version == Version::v2_6 ? "2.6.14"
                                                                       : "2.7.6";
  return "OpenVPN " + std::string(number) + std::string(system);
}

void Server::append_status(std::string& text, int format, bool to_monitor) {
  for (auto& instance : instances_) {
    if (instance.live) catch_up(instance);
  }
  const auto rows = sim::append_status(text, *this, {format, to_monitor ? "\r\n" : "\n"});
  if (!to_monitor) return;
  for (std::size_t slot = 0; slot < rows; ++slot) {
    if (instances_[slot].live) instances_[slot].told(ToldBy::status, now_);
  }
}

void Server::catch_up(Instance& instance) {
  const auto passed = static_cast<std::uint64_t>((now_ - instance.moved_at).count());
  if (passed == 0) return;
  instance.moved_at = now_;
  if (instance.rx_bps == 0 && instance.tx_bps == 0) return;
  const auto rx = instance.rx_bps * passed / 1000;
  const auto tx = instance.tx_bps * passed / 1000;
  instance.rx_bytes += rx;
  instance.tx_bytes += tx;
  rx_bytes_ += rx;
  tx_bytes_ += tx;
  instance.last_ref = base::to_unix_seconds(now_);
}

// A packet of the client passes: payload, or a ping.
void Server::packet(Instance& instance) {
  catch_up(instance);
  if (!instance.muted && !frozen_ && instance.rx_bps == 0) {
    instance.rx_bytes += ping_bytes;
    instance.tx_bytes += ping_bytes;
  }
  const auto& client = person(instance);
  const bool active = client.active && !instance.muted;
  if (active && random_.chance(0.05)) {
    const auto factor = std::exp(0.7 * random_.normal());
    instance.rx_bps = static_cast<std::uint64_t>(static_cast<double>(client.rx_bps) / 8 * factor);
    instance.tx_bps = static_cast<std::uint64_t>(static_cast<double>(client.tx_bps) / 8 * factor);
  }
  if (active && settings_.habits.floats_per_hour > 0 &&
      random_.chance(settings_.habits.floats_per_hour / seconds_per_hour)) {
    float_to_new_address(instance);
  }
  report(instance);
  const auto pause = active ? between_packets : between_pings;
  const base::Milliseconds jitter{static_cast<std::int64_t>(random_.below(20))};
  schedule(pause + jitter, Due::packet, slot_of(instance), instance.serial);
}

// Up to 2.6: only when a packet of that client passes and the interval is over. Nothing before ESTABLISHED.
void Server::report(Instance& instance) {
  if (settings_.counts_by_timer || monitor_.bytecount_seconds <= 0 || instance.phase == Phase::handshake) return;
  if (now_ - instance.reported_at < base::Seconds{monitor_.bytecount_seconds}) return;
  instance.reported_at = now_;
  say(">BYTECOUNT_CLI:");
  if (!monitor_.attached) return;
  append_number(output_, instance.client_id);
  output_ += ',';
  append_number(output_, instance.rx_bytes);
  output_ += ',';
  append_number(output_, instance.tx_bytes);
  output_ += "\r\n";
  instance.told(ToldBy::bytecount, now_);
}

void Server::set_bytecount(std::int64_t seconds) {
  monitor_.bytecount_seconds = std::max<std::int64_t>(seconds, 0);
  ++burst_serial_;
  if (settings_.counts_by_timer && seconds > 0) {
    const base::Seconds longest{3600};
    schedule(std::min(base::Seconds{seconds}, longest), Due::burst, 0, burst_serial_);
  }
}

// 2.7: all clients at once, idle ones too.
void Server::burst() {
  std::string line;
  for (auto& instance : instances_) {
    if (!instance.live || instance.phase == Phase::handshake) continue;
    catch_up(instance);
    line = ">BYTECOUNT_CLI:";
    append_number(line, instance.client_id);
    line += ',';
    append_number(line, instance.rx_bytes);
    line += ',';
    append_number(line, instance.tx_bytes);
    line += "\r\n";
    say(line);
    instance.told(ToldBy::bytecount, now_);
  }
  schedule(base::Seconds{monitor_.bytecount_seconds}, Due::burst, 0, burst_serial_);
}

void Server::mute(Instance& instance) {
  catch_up(instance);
  instance.muted = true;
  instance.rx_bps = 0;
  instance.tx_bps = 0;
}

}  // namespace davylamp::sim
