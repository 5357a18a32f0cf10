// A world for the commands to run in, kept in memory. For tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/cli/command_line.hpp"
#include "base/testing/temporary_directory.hpp"
#include "store/memory/store.hpp"
#include "store/sqlite/backup.hpp"
#include "store/sqlite/import_store.hpp"
#include "store/sqlite/restore.hpp"

namespace davylamp::app {

class CliTest : public testing::Test {
 protected:
  CliTest() {
    write_config("");
    std::ofstream(folder + "/davylamp.db").flush();
  }

  void write_config(const std::string& more) const {
    std::ofstream(folder + "/davylamp.toml")
        << "[node]\nname = \"edge-1\"\n[store]\npath = \"" << folder << "/davylamp.db\"\n"
        << more;
  }
  // The exit code; what was printed is in `out` and `err`.
  int run(std::vector<std::string_view> words, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream printed;
    std::ostringstream complained;
    CliWorld world{in,
                   printed,
                   complained,
                   clock,
                   "1.2.3",
                   folder,
                   {},
                   [this](const Config&) { return open(); },
                   [this](std::string_view) { return ask(); },
                   &CliTest::hash,
                   [this](const std::string& path, const ControlRequest& request) { return answer(path, request); },
                   zones,
                   [](const Config& given, const std::string& path) { return sqlite::backup(given.store.path, path); },
                   [this](const Config& given, const std::string& path) {
                     return sqlite::restore(path, given.store.path, clock.now()).kept_at;
                   },
                   [](const Config& given) { return sqlite::open_import(given.store.path); }};
    const std::string config = folder + "/davylamp.toml";
    words.insert(words.begin(), {"--config", config});
    const int code = run_command_line(words, world);
    out = printed.str();
    err = complained.str();
    return code;
  }

  base::TemporaryDirectory temporary_;
  std::string folder = temporary_.path();
  std::string out;
  std::string err;
  base::ManualClock clock;
  std::unique_ptr<contract::Store> store = memory::open();
  // A daemon that answers "METHOD /target" with what is set here, and with 404 elsewhere.
  std::map<std::string, ControlAnswer> answers;
  bool daemon_runs = true;
  const base::Zones* zones = &base::utc_zones;
  std::vector<ControlRequest> asked;
  std::string asked_at;            // the socket
  std::vector<std::string> typed;  // what ask_secret gives, one after the other; nothing: there is no terminal

 private:
  // The one store, opened as often as asked.
  class Shared : public contract::Store {
   public:
    explicit Shared(contract::Store& store) : store_(store) {}
    std::unique_ptr<contract::StoreWriter> writer(const model::Tenure& tenure) override {
      return store_.writer(tenure);
    }
    std::unique_ptr<contract::StoreReader> reader() override { return store_.reader(); }
    std::unique_ptr<contract::AccountStore> accounts() override { return store_.accounts(); }
    std::unique_ptr<contract::LimitStore> limits() override { return store_.limits(); }
    std::unique_ptr<contract::AgentStore> agents() override { return store_.agents(); }
    std::unique_ptr<contract::AlertStore> alerts() override { return store_.alerts(); }
    std::unique_ptr<contract::NodeStore> nodes() override { return store_.nodes(); }

   private:
    contract::Store& store_;
  };
  std::unique_ptr<contract::Store> open() { return std::make_unique<Shared>(*store); }
  base::Result<ControlAnswer> answer(const std::string& path, const ControlRequest& request) {
    if (!daemon_runs) return base::fail("no_daemon", "no daemon answers at " + path);
    asked.push_back(request);
    asked_at = path;
    const auto found = answers.find(request.method + " " + request.target);
    if (found != answers.end()) return found->second;
    return ControlAnswer{404, "{\"type\":\"not_found\",\"title\":\"Not found\",\"detail\":\"there is no such thing\"}"};
  }
  base::Result<std::string> ask() {
    if (typed.empty()) return base::fail("no_terminal", "there is no terminal");
    auto answer = typed.front();
    typed.erase(typed.begin());
    return answer;
  }
  static base::Result<std::string> hash(std::string_view password) {
    if (password.size() < 10) return base::fail("weak_password", "the password is too short");
    return "hash of " + std::to_string(password.size());
  }
};

}  // namespace davylamp::app
