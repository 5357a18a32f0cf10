#include "app/pulse/pulse.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/codec.hpp"
#include "base/codec_read.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds beat_every{2};
constexpr base::Seconds longest_silence{15};

}  // namespace

Health judge(const PulseReport& report, base::Time now) {
  Health health;
  if (report.roles.empty()) return {.alive = false, .ready = false, .text = "no role has started yet"};
  for (const auto& [role, at] : report.roles) {
    if (now - at <= longest_silence) continue;
    health.text = "the role " + role + " has not turned for " +
                  std::to_string(std::chrono::duration_cast<base::Seconds>(now - at).count()) + " s";
    return health;
  }
  health.alive = true;
  health.ready = !report.trouble;
  health.text = report.trouble.value_or("all is well");
  return health;
}

std::string pulse_path(const std::string& state_directory) {
  return (fs::path(state_directory) / "pulse.json").string();
}

base::Result<PulseReport> read_pulse(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return base::fail("no_pulse", "there is no " + path + ": is davylampd running with this configuration?");
  auto report = base::json::read<PulseReport>(text.str());
  if (!report) return base::fail("no_pulse", path + ": " + report.error().message);
  return report;
}

Pulse::Pulse(std::string path, const base::Clock& clock, Trouble trouble)
    : path_(std::move(path)), clock_(clock), trouble_(std::move(trouble)) {}

Pulse::~Pulse() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

io::Task<void> Pulse::beat(std::string role) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  for (;;) {
    note(role);
    timer.expires_after(beat_every);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
}

// A file that cannot be written grows old, which says it all.
void Pulse::note(const std::string& role) {
  const auto trouble = trouble_ ? trouble_() : std::nullopt;
  const std::lock_guard lock(mutex_);
  report_.roles[role] = clock_.now();
  report_.trouble = trouble ? std::optional(trouble->message) : std::nullopt;
  std::string text;
  base::json::append(text, report_);
  const auto fresh = path_ + ".new";
  std::ofstream file(fresh, std::ios::trunc);
  file << text << '\n';
  file.close();
  std::error_code ignored;
  if (file) fs::rename(fresh, path_, ignored);
}

}  // namespace davylamp::app
