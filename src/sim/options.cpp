#include "sim/options.hpp"

#include <charconv>
#include <functional>
#include <map>

#include "base/text.hpp"

namespace davylamp::sim {
namespace {

using Set = std::function<bool(Options&, std::string_view)>;  // false: the value is no good

std::optional<double> decimal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || !(value >= 0)) return std::nullopt;
  return value;
}

Set text(std::optional<std::string> Options::* member) {
  return [member](Options& options, std::string_view value) {
    options.*member = std::string(value);
    return !value.empty();
  };
}

Set number(std::uint64_t Options::* member, std::uint64_t most) {
  return [member, most](Options& options, std::string_view value) {
    const auto parsed = base::parse_number<std::uint64_t>(value);
    options.*member = parsed.value_or(0);
    return parsed.has_value() && *parsed <= most;
  };
}

template <class Target>
Set real(Target target, double most) {
  return [target, most](Options& options, std::string_view value) {
    const auto parsed = decimal(value);
    target(options) = parsed.value_or(0);
    return parsed.has_value() && *parsed <= most;
  };
}

Set milliseconds(base::Milliseconds ServerSettings::* member) {
  return [member](Options& options, std::string_view value) {
    const auto parsed = decimal(value);
    options.server.*member = base::Milliseconds{static_cast<std::int64_t>(parsed.value_or(0) * 1000)};
    return parsed.has_value() && *parsed <= 1e6;
  };
}

Set flag(std::function<void(Options&)> set) {
  return [set = std::move(set)](Options& options, std::string_view) {
    set(options);
    return true;
  };
}

bool set_version(Options& options, std::string_view value) {
  if (value != "2.4" && value != "2.6" && value != "2.7") return false;
  options.server.version = value == "2.4" ? Version::v2_4 : value == "2.6" ? Version::v2_6 : Version::v2_7;
  options.server.counts_by_timer = value == "2.7";
  return true;
}

bool set_style(Options& options, std::string_view value) {
  options.server.counts_by_timer = value == "timer";
  return value == "timer" || value == "event";
}

bool set_churn(Options& options, std::string_view value) {
  const auto seconds = decimal(value);
  options.server.habits.session_seconds = seconds.value_or(0);
  options.server.habits.away_seconds = seconds.value_or(0) / 10;
  return seconds.has_value();
}

const std::map<std::string_view, Set, std::less<>>& values() {
  static const std::map<std::string_view, Set, std::less<>> all{
      {"--directory",
       [](Options& o, std::string_view v) {
         o.directory = v;
         return !v.empty();
       }},
      {"--sockets", number(&Options::sockets, 200)},
      {"--clients", number(&Options::clients, 1'000'000)},
      {"--seed", number(&Options::seed, UINT64_MAX)},
      {"--seconds",
       [](Options& o, std::string_view v) {
         o.seconds = decimal(v);
         return o.seconds.has_value();
       }},
      {"--rate-bps", real([](Options& o) -> double& { return o.population.rate_bps; }, 1e11)},
      {"--active", real([](Options& o) -> double& { return o.population.active_share; }, 1)},
      {"--stubborn", real([](Options& o) -> double& { return o.population.stubborn_share; }, 1)},
      {"--ipv6", real([](Options& o) -> double& { return o.population.ipv6_share; }, 1)},
      {"--floats-per-hour", real([](Options& o) -> double& { return o.server.habits.floats_per_hour; }, 3600)},
      {"--churn", set_churn},
      {"--arrive", milliseconds(&ServerSettings::arrive_within)},
      {"--respawn", milliseconds(&ServerSettings::respawn)},
      {"--ping-restart", milliseconds(&ServerSettings::ping_restart)},
      {"--version", set_version},
      {"--bytecount-style", set_style},
      {"--password",
       [](Options& o, std::string_view v) {
         o.server.password = v;
         return !v.empty();
       }},
      {"--status-seconds", real([](Options& o) -> double& { return o.status_seconds; }, 86'400)},
      {"--status-version",
       [](Options& o, std::string_view v) {
         o.status_format = base::parse_number<int>(v).value_or(0);
         return o.status_format >= 1 && o.status_format <= 3;
       }},
      {"--truth", text(&Options::truth)},
      {"--script", text(&Options::script)},
      {"--toml", text(&Options::toml)},
      {"--hook", text(&Options::hook)},
      {"--hook-loss", real([](Options& o) -> double& { return o.hook_loss; }, 1)},
  };
  return all;
}

const std::map<std::string_view, Set, std::less<>>& flags() {
  static const std::map<std::string_view, Set, std::less<>> all{
      {"--help", flag([](Options& o) { o.help = true; })},
      {"-h", flag([](Options& o) { o.help = true; })},
      {"--hold", flag([](Options& o) { o.server.hold = true; })},
      {"--tcp", flag([](Options& o) { o.server.tcp = true; })},
      {"--rhythm", flag([](Options& o) { o.server.habits.rhythm = true; })},
      {"--hostile", flag([](Options& o) { o.population.hostile = true; })},
      {"--long-username", flag([](Options& o) { o.population.long_username = true; })},
      {"--status-file", flag([](Options& o) { o.status_file = true; })},
  };
  return all;
}

std::unexpected<base::Error> refused(std::string_view word, std::string_view why) {
  return base::fail("usage", base::printable(word) + ": " + std::string(why) + "; see davylamp-sim --help");
}

base::Result<Options> checked(Options options) {
  if (options.help) return options;
  if (options.directory.empty()) return refused("--directory", "is needed: where the sockets are to be");
  if (options.sockets == 0) return refused("--sockets", "must be at least 1");
  if (options.status_file && options.status_seconds < 0.1) return refused("--status-seconds", "must be at least 0.1");
  return options;
}

}  // namespace

base::Result<Options> parse_options(std::span<const std::string_view> words) {
  Options options;
  if (words.empty() || words[0] == "--help" || words[0] == "-h") {
    options.help = true;
    return options;
  }
  if (words[0] != "openvpn") return refused(words[0], "is nothing that can be simulated; there is openvpn");
  for (std::size_t index = 1; index < words.size(); ++index) {
    const auto equals = words[index].starts_with("--") ? words[index].find('=') : std::string_view::npos;
    const auto name = words[index].substr(0, equals);
    if (const auto found = flags().find(name); found != flags().end() && equals == std::string_view::npos) {
      found->second(options, {});
      continue;
    }
    const auto found = values().find(name);
    if (found == values().end()) return refused(words[index], "there is no such option");
    if (equals == std::string_view::npos && index + 1 == words.size()) return refused(name, "its value is missing");
    const auto value = equals == std::string_view::npos ? words[++index] : words[index].substr(equals + 1);
    if (!found->second(options, value)) return refused(name, "cannot be " + base::printable(value));
  }
  return checked(std::move(options));
}

std::string_view usage() {
  return R"(davylamp-sim openvpn --directory DIR [OPTIONS]

Pretends to be OpenVPN servers with many clients: one management socket each (DIR/sim-01.sock ...), with the real
dialogue. Nothing leaves the machine: it opens unix sockets in a directory of its own, and files, and nothing else.

  --sockets N            servers (4)            --clients N        clients, over all servers (1000)
  --seed N               the same again (1)     --seconds S        ends after S seconds (never)
  --toml FILE            writes a configuration of Davylamp for these servers
 servers
  --version V            2.4, 2.6 or 2.7 (2.6)  --bytecount-style  event: with a client's packets, as up to 2.6;
  --tcp                  over TCP                                  timer: all at once, as 2.7
  --password P           of the interfaces      --hold             wait for `hold release`
  --respawn S            a process that ended comes back after S seconds (5); 0: never
  --status-file          writes DIR/NAME.status every --status-seconds S (10) in format --status-version N (3)
 clients
  --rate-bps R           the mean of what an active client receives (200000); a few move most
  --active SHARE         of them move payload (0.7)
  --churn S              sessions last S seconds on average, with pauses of a tenth (nobody leaves)
  --rhythm               with --churn: fewer people at night, where they live
  --arrive S             the first clients come within S seconds (10)
  --ping-restart S       who was cut silently returns after S seconds (30)
  --floats-per-hour N    address changes in mid-session (0)
  --ipv6 SHARE           come over IPv6 (0.1)   --stubborn SHARE   return whatever they are told (0.05)
  --hostile              names that would like to be SQL, HTML, shell or terminal escapes
  --long-username        client 2 of each server has a username of 440 bytes, which stops `status`
 tests
  --truth FILE           every second and at the end: what really passed, a JSON object per session
  --script FILE          what happens when: lines `SECONDS SERVER|* VERB ...`, see docs/operate/simulator.md
  --hook "PROGRAM ..."   is run at connect and disconnect with OpenVPN's environment; {server} in it is the
                         server's name
  --hook-loss SHARE      of the disconnects whose hook is not run (0)
)";
}

}  // namespace davylamp::sim
