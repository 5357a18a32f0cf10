// The life of the process: starts, restarts, ends.
#include "sim/server.hpp"

namespace davylamp::sim {
namespace {

using base::Milliseconds;

constexpr Milliseconds until_closed{2'000};  // between RESTART to all and the end of all instances
constexpr Milliseconds until_connected{1'000};
constexpr Milliseconds frozen_retry{100};
constexpr Milliseconds first_return{200};
constexpr std::uint64_t last_return_milliseconds = 4'000;
constexpr std::size_t most_state_rows = 100;

}  // namespace

std::string Server::inner_address() const {
  return "10." + std::to_string(8 + settings_.number) + ".0.1";
}

std::string Server::inner_address6() const {
  std::array<std::uint8_t, 16> bytes{0xfd, static_cast<std::uint8_t>(8 + settings_.number)};
  bytes[15] = 1;
  return model::Address::from_v6(bytes).to_string();
}

bool Server::signal(std::string_view name) {
  if (name == "SIGUSR2") return true;
  if (name != "SIGUSR1" && name != "SIGHUP" && name != "SIGTERM") return false;
  if (life_ == Life::held && name == "SIGTERM") {
    go_down();
    return true;
  }
  if (life_ != Life::up) return true;
  life_ = Life::closing;
  closing_signal_ = name;
  for (auto& instance : instances_) {
    if (instance.live && !person(instance).stubborn) mute(instance);
  }
  schedule(until_closed, Due::step, 0, lives_);
  return true;
}

void Server::step() {
  // A monitor that does not read stops the restart, and with it the VPN.
  if (life_ == Life::closing && monitor_.attached && !output_.empty() && closing_signal_ != "SIGTERM") {
    return schedule(frozen_retry, Due::step, 0, lives_);
  }
  if (life_ == Life::closing) {
    end_all(Ending::with_hook);
    if (closing_signal_ == "SIGTERM") {
      enter("EXITING", closing_signal_, false);
      return go_down();
    }
    enter("RECONNECTING", closing_signal_, false);
    life_ = Life::restarting;
    return schedule(until_connected, Due::step, 0, lives_);
  }
  if (life_ == Life::restarting) return settings_.hold ? spawn() : come_up();
  if (life_ == Life::down) spawn();
}

void Server::end_all(Ending ending) {
  for (auto& instance : instances_) {
    if (!instance.live) continue;
    if (!instance.leaving) waiting_people_.push_back(instance.person);
    end(instance, ending);
  }
}

void Server::enter(std::string_view state, std::string_view detail, bool with_address) {
  auto row = std::to_string(base::to_unix_seconds(now_)) + "," + std::string(state) + "," + std::string(detail) + ",";
  row += with_address ? inner_address() + ",,,,," + inner_address6() : ",,,,";
  if (state_rows_.size() >= most_state_rows) state_rows_.erase(state_rows_.begin());
  state_rows_.push_back(row);
  if (monitor_.state_on) say(">STATE:" + row + "\r\n");
}

void Server::come_up() {
  ++lives_;
  life_ = Life::up;
  started_at_ = now_;
  next_client_id_ = 0;
  free_pool_.clear();
  next_pool_index_ = 0;
  if (closing_signal_ != "SIGUSR1") enter("ASSIGN_IP", "", true);
  enter("CONNECTED", "SUCCESS", true);
  const bool first = lives_ == 1;
  const auto within = first ? static_cast<std::uint64_t>(settings_.arrive_within.count()) : last_return_milliseconds;
  for (const auto person_index : waiting_people_) {
    const Milliseconds delay{static_cast<std::int64_t>(random_.below(within))};
    come_back(person_index, (first ? Milliseconds{0} : first_return) + delay);
  }
  waiting_people_.clear();
}

void Server::go_down() {
  ++lives_;
  life_ = Life::down;
  if (settings_.respawn != Milliseconds{0}) schedule(settings_.respawn, Due::step, 0, lives_);
}

void Server::die() {
  if (life_ == Life::down) return;
  end_all(Ending::unseen);
  output_.clear();
  go_down();
}

// A new process, or an old one that goes into hold again.
void Server::spawn() {
  if (life_ == Life::down) {
    process_id_ = static_cast<std::uint32_t>(1'000 + random_.below(60'000));
    rx_bytes_ = tx_bytes_ = 0;
    state_rows_.clear();
    monitor_ = {};
    closing_signal_ = "start";
  }
  enter("CONNECTING", "", false);
  if (!settings_.hold) return come_up();
  life_ = Life::held;
  say(">HOLD:Waiting for hold release:0\r\n");
}

void Server::release_hold() {
  if (life_ == Life::held) come_up();
}

}  // namespace davylamp::sim
