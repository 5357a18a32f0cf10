#include "app/setup/server_plan.hpp"

#include "base/codec.hpp"
#include "base/text.hpp"
#include "sources/openvpn/config_facts.hpp"

namespace davylamp::app {
namespace {

bool becomes_somebody(const openvpn::ServerConfig& config) {
  return config.user && *config.user != "root";
}

std::string toml(std::string_view key, const std::string& value) {
  return std::string(key) + " = " + base::json::write(value);
}

class Planner {
 public:
  Planner(const ServerSite& site, const SetupPaths& paths) : site_(site), paths_(paths) {}

  ServerPlan plan() {
    if (site_.whole.has("client")) {
      plan_.refusal = "it is a client";
      return std::move(plan_);
    }
    plan_management();
    plan_status();
    plan_hooks();
    plan_table();
    plan_folders();
    return std::move(plan_);
  }

 private:
  void note(std::string text) { plan_.notes.push_back(std::move(text)); }
  void line(std::string text) { plan_.config_lines.push_back(std::move(text)); }

  void plan_management() {
    if (!site_.whole.management) {
      management_ = paths_.run + "/openvpn/" + site_.name + ".sock";
      line("management " + *management_ + " unix");
      plan_.run_entries.push_back({'d', paths_.run + "/openvpn", "0750", "root", paths_.account});
    } else if (site_.verdict.usable) {
      management_ = site_.verdict.management;
      note("its management interface " + *management_ + " stays as it is");
      if (site_.whole.management->is_unix()) {
        note("the user " + paths_.account + " must be able to reach that socket; davylamp check tells");
      }
    } else {
      note("its management interface is left alone and not used: " + site_.verdict.sentence);
    }
    for (const auto& text : site_.verdict.notes) {
      if (text.find("decode openvpn-status") == std::string::npos) note(text);
    }
  }

  void plan_status() {
    if (site_.from_file.status_file) {
      status_file_ = site_.from_file.status_file;
      note("its status file " + *status_file_ + " stays; the user " + paths_.account + " must be able to read it");
      if (site_.from_file.status_version.value_or("1") == "1") {
        note(
            "that file has version 1; \"status-version 3\" is exact, and other programs that read the file must know "
            "it");
      }
      return;
    }
    status_file_ = paths_.run + "/status/" + site_.name + ".status";
    line("status " + *status_file_ + " 10");
    if (site_.from_file.status_version) {
      note("status-version " + *site_.from_file.status_version + " stays");
    } else {
      line("status-version 3");
    }
    if (site_.whole.status_file && *site_.whole.status_file != *status_file_) {
      note("the status file of its command line, " + *site_.whole.status_file +
           ", is no longer written then; a program that reads it must read " + *status_file_);
    }
    const auto owner = becomes_somebody(site_.whole) ? *site_.whole.user : std::string("root");
    plan_.run_entries.push_back({'d', paths_.run + "/status", "0755", "root", "root"});
    plan_.run_entries.push_back({'f', *status_file_, "0640", owner, paths_.account});
  }

  void plan_hooks() {
    const auto directory = paths_.run + "/hook/" + site_.name;
    const auto command = paths_.hook + " " + directory;
    if (site_.whole.chroot) {
      return note(
          "it runs in " + *site_.whole.chroot +
          " (chroot), where OpenVPN looks for hooks after it started: they are left out. Exact ends of sessions "
          "and refusal at login need " +
          paths_.hook + " and " + directory + " inside that folder");
    }
    if (!site_.hook_installed) {
      return note("the hook program " + paths_.hook +
                  " is not installed, and OpenVPN does not start when a hook is missing: hooks are left out. Sessions "
                  "then end a few seconds late, and nobody is refused at login");
    }
    std::vector<std::string> added;
    for (const auto* name : {"client-connect", "client-disconnect"}) {
      const auto* existing = site_.whole.last(name);
      if (existing == nullptr) {
        added.push_back(std::string(name) + " \"" + command + "\"");
        continue;
      }
      note("its " + std::string(name) + " is " + std::string(existing->parameter(1)) +
           " and stays; OpenVPN runs one. At the end of that script, \"exec " + command +
           "\" passes it on with its environment" +
           (std::string_view(name) == "client-connect" ? " and keeps the answer" : ""));
    }
    const auto* security = site_.whole.last("script-security");
    const auto level = security == nullptr ? std::string_view("1") : security->parameter(1);
    if (!added.empty() && (level == "0" || level == "1")) {
      line("script-security 2");
      if (security != nullptr) note("script-security " + std::string(level) + " becomes 2: without it no hook runs");
    }
    for (auto& text : added) line(std::move(text));
    hook_directory_ = directory;
    plan_.run_entries.push_back({'d', paths_.run + "/hook", "0755", "root", "root"});
    // Everyone may pass and nobody may list: OpenVPN's user reaches what Davylamp puts there.
    plan_.run_entries.push_back({'d', directory, "0711", paths_.account, paths_.account});
    if (added.empty()) return;
    plan_.unit_lines =
        sandbox_lines(site_.unit_text, becomes_somebody(site_.whole) ? *site_.whole.user : std::string(), paths_);
  }

  void plan_table() {
    auto& lines = plan_.toml_lines;
    lines = {"[[source.openvpn]]", toml("name", site_.name)};
    if (management_) lines.push_back(toml("management", *management_));
    if (management_ && site_.verdict.password_file)
      lines.push_back(toml("password_file", *site_.verdict.password_file));
    if (status_file_) lines.push_back(toml("status_file", *status_file_));
    if (hook_directory_) lines.push_back(toml("hook_directory", *hook_directory_));
    lines.push_back(toml("config_file", site_.config_file));
    if (site_.verdict.address) lines.push_back(toml("address", *site_.verdict.address));
    lines.push_back(toml("transport", site_.verdict.transport));
  }

  void plan_folders() {
    if (plan_.run_entries.empty()) return;
    plan_.run_entries.insert(plan_.run_entries.begin(), {'d', paths_.run, "0755", "root", "root"});
  }

  const ServerSite& site_;
  const SetupPaths& paths_;
  ServerPlan plan_;
  std::optional<std::string> management_;
  std::optional<std::string> status_file_;
  std::optional<std::string> hook_directory_;
};

// The last value of a setting in [Service]; systemd takes the last of those that hold one value.
std::string_view setting(std::string_view unit_text, std::string_view name) {
  std::string_view value;
  for (const auto part : base::split(unit_text, '\n')) {
    const auto text = base::trim(part);
    if (text.starts_with(name) && text.substr(name.size()).starts_with('=')) value = text.substr(name.size() + 1);
  }
  return base::trim(value);
}

}  // namespace

ServerPlan plan_server(const ServerSite& site, const SetupPaths& paths) {
  return Planner(site, paths).plan();
}

std::vector<std::string> tmpfiles_lines(const std::vector<RunEntry>& entries) {
  std::vector<std::string> lines;
  lines.reserve(entries.size());
  for (const auto& entry : entries) {
    lines.push_back(std::string(1, entry.type) + " " + entry.path + " " + entry.mode + " " + entry.owner + " " +
                    entry.group + " -");
  }
  return lines;
}

std::vector<std::string> sandbox_lines(std::string_view unit_text, std::string_view user, const SetupPaths& paths) {
  std::vector<std::string> lines;
  // The kernel counts every process of that user on the whole host against it, and root's not at all.
  const auto processes = base::parse_number<std::uint64_t>(setting(unit_text, "LimitNPROC"));
  if (!user.empty() && processes && *processes < 100) lines.emplace_back("LimitNPROC=1000");
  const auto tasks = base::parse_number<std::uint64_t>(setting(unit_text, "TasksMax"));
  if (tasks && *tasks < 4) lines.emplace_back("TasksMax=10");
  if (setting(unit_text, "ProtectSystem") == "strict") lines.push_back("ReadWritePaths=" + paths.run);
  const auto families = setting(unit_text, "RestrictAddressFamilies");
  if (!families.empty() && !families.starts_with('~') && families.find("AF_UNIX") == std::string_view::npos) {
    lines.emplace_back("RestrictAddressFamilies=AF_UNIX");
  }
  if (setting(unit_text, "NoExecPaths") == "/") lines.push_back("ExecPaths=" + paths.hook);
  return lines;
}

}  // namespace davylamp::app
