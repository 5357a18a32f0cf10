#include "app/setup/setup.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <utility>

#include "app/config.hpp"
#include "app/discover/find.hpp"
#include "app/setup/marked_block.hpp"
#include "app/setup/unified_diff.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view plain_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
constexpr std::string_view label = "(davylamp setup openvpn --undo takes these lines out)";

std::string stem_of(const std::string& path) {
  return fs::path(path).stem().string();
}

// As paths and systemd's instance names can hold it without quotes.
bool is_plain(std::string_view name) {
  return !name.empty() && name.find_first_not_of(plain_letters) == std::string_view::npos && name.front() != '.' &&
         name.front() != '-' && name.size() <= 60;
}

bool is_wanted(const FoundServer& found, const std::vector<std::string>& wanted) {
  return wanted.empty() || std::ranges::any_of(wanted, [&](const std::string& name) {
           return found.config_file && (name == *found.config_file || name == stem_of(*found.config_file));
         });
}

ServerSetup refused(ServerSetup setup, std::string sentence) {
  setup.state = SetupState::refused;
  setup.sentence = std::move(sentence);
  return setup;
}

}  // namespace

SetupReport OpenvpnSetup::plan(const std::vector<std::string>& wanted) {
  SetupReport report;
  work_.clear();
  const auto discovery = find_openvpn_servers(root_);
  report.problems = discovery.obstacles;
  std::map<std::string, std::vector<const FoundServer*>> by_name;
  for (const auto& found : discovery.servers) {
    if (!is_wanted(found, wanted)) continue;
    if (!found.config_file) {
      report.problems.push_back("the OpenVPN server of process " + std::to_string(found.process_id.value_or(0)) +
                                " is started without a configuration file; setup changes files only");
      continue;
    }
    by_name[stem_of(*found.config_file)].push_back(&found);
  }
  for (const auto& name : wanted) {
    const bool known =
        std::ranges::any_of(discovery.servers, [&](const auto& found) { return is_wanted(found, {name}); });
    if (!known) report.problems.push_back("no OpenVPN server is called " + name + "; davylamp discover lists them");
  }
  for (const auto& [name, servers] : by_name) {
    if (servers.size() == 1) {
      plan_one(*servers.front(), report);
      continue;
    }
    std::string problem = "two servers are called " + name;
    std::string_view mark = ": ";
    for (const auto* found : servers) problem.append(std::exchange(mark, " and ")).append(*found->config_file);
    report.problems.push_back(problem + "; choose one with --server FILE, or rename a file");
  }
  if (by_name.empty() && report.problems.empty()) {
    report.problems.emplace_back(
        "no OpenVPN server was found: no process called openvpn serves clients, and no *.conf "
        "under /etc/openvpn does");
  }
  return report;
}

void OpenvpnSetup::plan_one(const FoundServer& found, SetupReport& report) {
  ServerSetup setup;
  setup.name = stem_of(*found.config_file);
  setup.config_file = *found.config_file;
  Work work;
  if (const auto site = look_at(found, setup)) {
    const auto plan = plan_server(*site, paths_);
    setup.notes = plan.notes;
    if (!plan.refusal.empty()) {
      setup = refused(std::move(setup), plan.refusal);
    } else if (auto made = work_for(*site, plan, setup)) {
      work = std::move(*made);
    } else {
      setup = refused(std::move(setup), made.error().message);
    }
  }
  report.servers.push_back(std::move(setup));
  work_.push_back(std::move(work));
}

std::optional<ServerSite> OpenvpnSetup::look_at(const FoundServer& found, ServerSetup& setup) const {
  const auto refuse = [&](std::string sentence) {
    setup = refused(std::move(setup), std::move(sentence));
    return std::nullopt;
  };
  if (!is_plain(setup.name)) {
    return refuse(
        "its file's name has letters that paths and units need quotes for; rename it to letters, digits and . _ -");
  }
  if (in_a_container(found)) {
    return refuse("its process sees another " + setup.config_file +
                  " than this host: it runs in a container; run setup there");
  }
  const auto text = changes_.read(setup.config_file);
  if (!text) return refuse(text.error().message);
  ServerSite site;
  site.name = setup.name;
  site.config_file = setup.config_file;
  site.text = text->value_or("");
  site.running = found.running;
  site.hook_installed = access((root_ + paths_.hook).c_str(), X_OK) == 0;
  site.unit = unit_of(found);
  if (site.unit) site.unit_text = unit_text(*site.unit);
  const auto read = [&](const std::string& path) -> std::optional<std::string> {
    if (path == site.config_file) return without_block(site.text, "");
    return changes_.read(path).value_or(std::nullopt);
  };
  site.whole = openvpn::read_server_config(found.start, found.directory, read);
  site.from_file = openvpn::read_server_config_file(site.config_file, read);
  site.verdict = judge({site.name, found.process_id, false}, site.whole);
  return site;
}

base::Result<OpenvpnSetup::Work> OpenvpnSetup::work_for(const ServerSite& site, const ServerPlan& plan,
                                                        ServerSetup& setup) const {
  Work work;
  const auto add = [&](std::string path, std::string after, std::string group) -> base::Result<void> {
    auto before = changes_.read(path);
    if (!before) return std::unexpected(before.error());
    if (before->value_or("") == after) return {};
    setup.diffs.push_back({path, unified_diff(path, before->value_or(""), after)});
    work.files.push_back(
        {std::move(path), std::move(*before), std::move(after), group == "root" ? 0644U : 0640U, group});
    return {};
  };
  const auto after =
      plan.config_lines.empty() ? without_block(site.text, "") : put_block(site.text, label, plan.config_lines);
  const auto lexed = openvpn::lex_config(after);
  for (const auto& line : plan.config_lines) {
    const auto ours = openvpn::lex_config(line);
    if (!ours.empty() && std::ranges::none_of(lexed, [&](const auto& have) { return have.words == ours[0].words; })) {
      return base::fail("unread", "a line at the end of " + site.config_file +
                                      " would not be read: an inline block in it is not closed");
    }
  }
  // The folders first: a configuration that names a folder which is not there stops OpenVPN at its next start.
  const auto own = [&](const std::vector<std::string>& lines) { return with_block("", label, lines); };
  std::vector<std::array<std::string, 3>> wanted;
  if (!plan.run_entries.empty()) {
    wanted.push_back(
        {"/etc/tmpfiles.d/davylamp-openvpn-" + site.name + ".conf", own(tmpfiles_lines(plan.run_entries)), "root"});
  }
  if (site.unit && !plan.unit_lines.empty()) {
    auto lines = plan.unit_lines;
    lines.insert(lines.begin(), "[Service]");
    wanted.push_back({"/etc/systemd/system/" + *site.unit + ".d/davylamp.conf", own(lines), "root"});
  }
  wanted.push_back({site.config_file, after, "root"});
  for (auto& [path, text, group] : wanted) {
    if (auto added = add(path, std::move(text), group); !added) return std::unexpected(added.error());
  }
  const auto toml = changes_.read(paths_.config);
  if (!toml) return std::unexpected(toml.error());
  auto table = with_table(site, plan, toml->value_or(""), setup);
  if (!table) return std::unexpected(table.error());
  if (auto added = add(paths_.config, std::move(*table), paths_.account); !added) return std::unexpected(added.error());
  work.run_entries = plan.run_entries;
  if (setup.diffs.empty()) {
    setup.state = SetupState::nothing_to_do;
    setup.sentence = "nothing to do";
    return work;
  }
  const bool vpn = std::ranges::any_of(work.files, [&](const auto& file) { return file.path == site.config_file; });
  const bool unit =
      std::ranges::any_of(work.files, [](const auto& file) { return file.path.ends_with(".d/davylamp.conf"); });
  if (unit) setup.commands.emplace_back("systemctl daemon-reload    # interrupts nothing");
  if (vpn && site.running) {
    setup.commands.push_back(
        (site.unit ? "systemctl restart " + *site.unit : "restart OpenVPN with " + site.config_file) +
        "    # disconnects every client of " + site.name +
        "; they come back by themselves within seconds. A reload does not open the socket");
  }
  setup.commands.emplace_back("systemctl restart davylampd    # interrupts no tunnel");
  return work;
}

base::Result<std::string> OpenvpnSetup::with_table(const ServerSite& site, const ServerPlan& plan,
                                                   const std::string& text, ServerSetup& setup) const {
  auto rest = without_block(text, site.name);
  const auto before = read_config(rest, paths_.config, {});
  if (!before.problems.empty()) {
    return base::fail("bad_config", paths_.config + " has problems that come first: " + before.problems.front());
  }
  for (const auto& server : before.config.source.openvpn) {
    const auto management = "management = " + base::json::write(server.management);
    const bool watched = std::ranges::find(plan.toml_lines, management) != plan.toml_lines.end();
    if (server.name != site.name && !watched) continue;
    std::string missing;
    for (const auto& line : plan.toml_lines) {
      if ((line.starts_with("status_file") && !server.status_file) ||
          (line.starts_with("hook_directory") && !server.hook_directory) ||
          (line.starts_with("config_file") && !server.config_file) ||
          (line.starts_with("management") && server.management.empty())) {
        missing += (missing.empty() ? "" : ", ") + line;
      }
    }
    if (!missing.empty())
      setup.notes.push_back(paths_.config + " has " + server.name + " already; add to its table: " + missing);
    return rest;
  }
  auto after = put_block(text, site.name, plan.toml_lines);
  const auto reading = read_config(after, paths_.config, {});
  if (reading.problems.empty()) return after;
  return base::fail("bad_config",
                    "a table at the end of " + paths_.config + " would not do: " + reading.problems.front());
}

std::string OpenvpnSetup::unit_text(const std::string& unit) const {
  const auto at = unit.find('@');
  const auto base_name = at == std::string::npos ? unit : unit.substr(0, at + 1) + ".service";
  std::string text;
  for (const auto* folder :
       {"/etc/systemd/system/", "/run/systemd/system/", "/usr/lib/systemd/system/", "/lib/systemd/system/"}) {
    const auto found = changes_.read(folder + base_name);
    if (!found || !*found) continue;
    text = **found;
    break;
  }
  for (const auto& name : {base_name, unit}) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root_ + "/etc/systemd/system/" + name + ".d", error)) {
      const auto part = changes_.read(entry.path().string().substr(root_.size()));
      if (part && *part) text += "\n" + without_block(**part, "");
    }
  }
  return text;
}

std::optional<std::string> OpenvpnSetup::unit_of(const FoundServer& found) const {
  if (found.process_id) {
    const auto cgroup = changes_.read("/proc/" + std::to_string(*found.process_id) + "/cgroup");
    if (!cgroup || !*cgroup) return std::nullopt;
    const auto end = (*cgroup)->find(".service");
    const auto start = end == std::string::npos ? end : (*cgroup)->rfind('/', end);
    if (start == std::string::npos) return std::nullopt;
    const auto unit = (*cgroup)->substr(start + 1, end + 8 - start - 1);
    return unit.starts_with("openvpn") ? std::optional(unit) : std::nullopt;
  }
  const fs::path file(*found.config_file);
  const auto folder = file.parent_path().string();
  const auto* prefix = folder == "/etc/openvpn/server" ? "openvpn-server@" : folder == "/etc/openvpn" ? "openvpn@" : "";
  return *prefix == '\0' ? std::nullopt : std::optional(prefix + file.stem().string() + ".service");
}

bool OpenvpnSetup::in_a_container(const FoundServer& found) const {
  if (!found.process_id) return false;
  std::error_code error;
  const auto theirs = root_ + "/proc/" + std::to_string(*found.process_id) + "/root" + *found.config_file;
  const bool same = fs::equivalent(theirs, root_ + *found.config_file, error);
  return !error && !same;
}

void OpenvpnSetup::carry_out(SetupReport& report) {
  for (std::size_t i = 0; i < report.servers.size(); ++i) {
    auto& setup = report.servers[i];
    if (setup.state != SetupState::planned && setup.state != SetupState::nothing_to_do) continue;
    // Also when no file changes: /run is empty after every start of the host.
    auto done = changes_.make(work_[i].run_entries);
    for (auto& file : work_[i].files) {
      if (!done || file.path != paths_.config) continue;
      // The servers before this one have added their tables since it was planned.
      auto now = changes_.read(paths_.config);
      if (now) {
        const auto block = file.after.substr(without_block(file.after, setup.name).size());
        file.before = *now;
        const auto rest = without_block(now->value_or(""), setup.name);
        file.after = rest;
        file.after.append(rest.empty() || rest.ends_with('\n') ? "" : "\n").append(block);
      }
    }
    if (done) done = changes_.apply(work_[i].files);
    if (!done) {
      setup.state = SetupState::failed;
      setup.sentence = done.error().message + "; nothing of this server was changed";
    } else if (setup.state == SetupState::planned) {
      setup.state = SetupState::changed;
    }
  }
}

}  // namespace davylamp::app
