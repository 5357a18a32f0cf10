#include "sim/simulation.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/codec.hpp"
#include "base/result.hpp"

namespace davylamp::sim {
namespace {

namespace fs = std::filesystem;

constexpr base::Milliseconds turn_every{20};
constexpr base::Milliseconds truth_every{1'000};
// So many sessions are written in a millisecond or two; more of them are written less often.
constexpr std::size_t sessions_per_truth_second = 2'000;

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw base::Failure("script", "cannot read the script " + path);
  return text.str();
}

std::string toml_string(const std::string& text) {
  std::string quoted;
  base::json::append(quoted, text);
  return quoted;
}

std::string server_name(std::uint64_t number) {
  const auto text = std::to_string(number + 1);
  return "sim-" + (text.size() < 2 ? "0" : std::string()) + text;
}

std::string hook_of(std::string command, const std::string& server) {
  constexpr std::string_view place = "{server}";
  for (auto at = command.find(place); at != std::string::npos; at = command.find(place, at + server.size())) {
    command.replace(at, place.size(), server);
  }
  return command;
}

}  // namespace

Simulation::Simulation(const Options& options, const base::Clock& clock)
    : options_(options),
      timer_(loop_),
      signals_(loop_, SIGINT, SIGTERM),
      freezes_(loop_, SIGUSR1),
      directory_(fs::absolute(options.directory)),
      started_at_(clock.now()),
      began_(std::chrono::steady_clock::now()),
      truth_at_(started_at_),
      status_at_(started_at_) {
  std::error_code error;
  const bool made = fs::create_directories(directory_, error);
  if (made) fs::permissions(directory_, fs::perms::owner_all, error);
  if (error) throw base::Failure("directory", "cannot make " + directory_.string() + ": " + error.message());
  if (options.truth) truth_.emplace(*options.truth);
  if (options.script) script_ = base::value_or_throw(parse_script(file_text(*options.script)));
  make_hosts();
  if (options.toml) write_toml();
}

void Simulation::make_hosts() {
  Random random(options_.seed);
  for (std::uint64_t number = 0; number < options_.sockets; ++number) {
    std::vector<Person> people;
    for (auto person = number; person < options_.clients; person += options_.sockets) {
      people.push_back(make_person(options_.population, person, random));
    }
    auto& host = hosts_.emplace_back();
    auto settings = options_.server;
    settings.name = server_name(number);
    settings.number = static_cast<unsigned>(number);
    Server::Outside outside;
    if (options_.hook) {
      host.hooks = std::make_unique<HookRunner>(
          HookRunner::Settings{hook_of(*options_.hook, settings.name), options_.hook_loss, random.next()});
    }
    outside.hooks = host.hooks.get();
    if (truth_) outside.ended = [this](const Account& account) { truth_->ended(account); };
    host.server = std::make_unique<Server>(std::move(settings), std::move(people), std::move(outside), random.next(),
                                           started_at_);
    host.listener = std::make_unique<ManagementListener>(loop_, *host.server, socket_of(*host.server));
  }
}

fs::path Simulation::socket_of(const Server& server) const {
  return directory_ / (server.settings().name + ".sock");
}

void Simulation::write_toml() const {
  std::ofstream file(*options_.toml);
  file << "# Simulated OpenVPN servers. See docs/operate/simulator.md\n[node]\nname = \"simulator\"\nstate_directory = "
       << toml_string((directory_ / "state").string())
       << "\n[store]\npath = " << toml_string((directory_ / "state" / "davylamp.db").string()) << "\n";
  for (const auto& host : hosts_) {
    const auto& settings = host.server->settings();
    file << "[[source.openvpn]]\nname = " << toml_string(settings.name)
         << "\nmanagement = " << toml_string(socket_of(*host.server).string())
         << "\naddress = " << toml_string(std::string(server_address(settings.number)))
         << "\ntransport = " << (settings.tcp ? "\"tcp\"" : "\"udp\"") << "\nlab = true\n";
    if (!settings.password.empty()) {
      file << "password_file = " << toml_string((directory_ / "management-password").string()) << "\n";
    }
  }
  fs::create_directories(directory_ / "state");
  file.close();
  if (!file) throw base::Failure("toml", "cannot write " + *options_.toml);
  if (options_.server.password.empty()) return;
  const auto path = directory_ / "management-password";
  std::ofstream password(path);
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  password << options_.server.password << "\n";
}

base::Time Simulation::now() const {
  return started_at_ + std::chrono::duration_cast<base::Milliseconds>(std::chrono::steady_clock::now() - began_);
}

void Simulation::run() {
  signals_.async_wait([this](const boost::system::error_code& error, int) {
    if (!error) loop_.stop();
  });
  freezes_.async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    for (auto& host : hosts_) host.server->freeze();
  });
  timer_.expires_at(began_);
  wait();
  loop_.run();
  if (truth_) write_truth();
}

void Simulation::wait() {
  // Never hurries after turns that were missed.
  timer_.expires_at(std::max(timer_.expiry() + turn_every, std::chrono::steady_clock::now()));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    turn();
    wait();
  });
}

void Simulation::turn() {
  const auto time = now();
  for (auto& host : hosts_) host.server->advance(time);
  for (; next_line_ < script_.size() && started_at_ + script_[next_line_].at <= time; ++next_line_) {
    const auto& line = script_[next_line_];
    for (auto& host : hosts_) {
      if (line.server == "*" || line.server == host.server->settings().name) carry_out(line, *host.server);
    }
  }
  for (auto& host : hosts_) host.listener->follow();
  if (options_.status_file && time >= status_at_) write_status_files();
  if (truth_ && time >= truth_at_) write_truth();
  const base::Milliseconds length{static_cast<std::int64_t>(options_.seconds.value_or(0) * 1000)};
  if (options_.seconds && time - started_at_ >= length) loop_.stop();
}

// In place, as OpenVPN does: a reader may see half of two states.
void Simulation::write_status_files() {
  status_at_ = now() + base::Milliseconds{static_cast<std::int64_t>(options_.status_seconds * 1000)};
  std::string text;
  for (auto& host : hosts_) {
    if (!host.server->listening()) continue;
    text.clear();
    host.server->append_status(text, options_.status_format, false);
    const auto path = directory_ / (host.server->settings().name + ".status");
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    if (!file.is_open()) file.open(path, std::ios::out | std::ios::binary);
    file << text;
    file.close();
    if (!file) throw base::Failure("status_file", "cannot write " + path.string());
    fs::resize_file(path, text.size());
  }
}

void Simulation::write_truth() {
  std::vector<Account> open;
  for (auto& host : hosts_) {
    auto accounts = host.server->open_accounts();
    open.insert(open.end(), std::make_move_iterator(accounts.begin()), std::make_move_iterator(accounts.end()));
  }
  truth_->write(open);
  truth_at_ = now() + truth_every * (1 + static_cast<std::int64_t>(open.size() / sessions_per_truth_second));
}

std::string Simulation::summary() {
  return std::to_string(hosts_.size()) + " servers, " + std::to_string(options_.clients) +
         " clients; the first socket is " + socket_of(*hosts_.front().server).string();
}

}  // namespace davylamp::sim
