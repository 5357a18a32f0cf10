// `davylamp setup openvpn`: from what is found on this host to changed files, and back.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <vector>

#include "app/setup/changes.hpp"
#include "app/setup/server_plan.hpp"

namespace davylamp::app {

struct FileDiff {
  std::string path;
  std::string diff;
};
BOOST_DESCRIBE_STRUCT(FileDiff, (), (path, diff))

enum class SetupState { planned, changed, nothing_to_do, refused, failed };
BOOST_DESCRIBE_ENUM(SetupState, planned, changed, nothing_to_do, refused, failed)

struct ServerSetup {
  std::string name;
  std::string config_file;
  SetupState state = SetupState::planned;
  std::string sentence;
  std::vector<FileDiff> diffs;
  std::vector<std::string> notes;
  std::vector<std::string>
      commands;  // that the operator runs to put it in force, each with what it interrupts behind #
};
BOOST_DESCRIBE_STRUCT(ServerSetup, (), (name, config_file, state, sentence, diffs, notes, commands))

struct SetupReport {
  std::vector<ServerSetup> servers;
  std::vector<std::string> problems;  // that belong to no server, each a sentence
};
BOOST_DESCRIBE_STRUCT(SetupReport, (), (servers, problems))

// Blocking. Never starts, stops or signals anything.
class OpenvpnSetup {
 public:
  OpenvpnSetup(std::string root, SetupPaths paths)
      : root_(std::move(root)), paths_(std::move(paths)), changes_(root_) {}

  // Looks at the servers of this host, or at those `wanted` names (a name, or a path of a configuration).
  SetupReport plan(const std::vector<std::string>& wanted);
  // Does what was planned, each server whole or not at all; their states follow.
  void carry_out(SetupReport& report);

 private:
  // What one server's plan means for files.
  struct Work {
    std::vector<FileChange> files;
    std::vector<RunEntry> run_entries;
  };

  void plan_one(const FoundServer& found, SetupReport& report);
  std::optional<ServerSite> look_at(const FoundServer& found, ServerSetup& setup) const;
  base::Result<Work> work_for(const ServerSite& site, const ServerPlan& plan, ServerSetup& setup) const;
  base::Result<std::string> with_table(const ServerSite& site, const ServerPlan& plan, const std::string& text,
                                       ServerSetup& setup) const;
  std::string unit_text(const std::string& unit) const;
  std::optional<std::string> unit_of(const FoundServer& found) const;
  bool in_a_container(const FoundServer& found) const;

  std::string root_;
  SetupPaths paths_;
  Changes changes_;
  std::vector<Work> work_;  // beside the report's servers
};

// For people: diffs, notes, commands.
std::string setup_text(const SetupReport& report);

}  // namespace davylamp::app
