// The serve role: keeps the live view, answers the page and the API.
#pragma once

#include <memory>
#include <optional>

#include "api/server.hpp"
#include "api/service.hpp"
#include "app/config.hpp"
#include "app/role.hpp"
#include "base/zone.hpp"
#include "contract/bus.hpp"
#include "contract/directory.hpp"
#include "contract/heartbeat_journal.hpp"
#include "contract/shared_buckets.hpp"
#include "contract/store.hpp"

namespace davylamp::app {

class Serve : private api::RequestLog {
 public:
  struct Dependencies {
    contract::Bus& bus;
    contract::Store& store;
    const base::Clock& clock;
    const base::Zones& zones;
    Log& log;
    std::string version;
    std::unique_ptr<contract::HeartbeatJournal> journal{};      // null: no agent reports here
    std::unique_ptr<contract::SharedBuckets> shared_buckets{};  // null: this daemon counts alone who asks how often
  };
  // Binds the address. Throws Failure that says what to do.
  Serve(Role& role, const Config& config, Dependencies dependencies);
  ~Serve() override;
  // "http://127.0.0.1:8080"
  const std::string& url() const { return url_; }

 private:
  io::Task<void> run();
  io::Task<void> follow();
  io::Task<void> listen();
  io::Task<void> reload();
  void ask_again(const std::vector<model::Change>& changes);
  void answered(const api::RequestRecord& record) override;
  void failed(std::string_view task, std::string_view why) override;
  api::ServerOptions options(const Config& config);
  api::AboutFacts about(const Config& config) const;
  api::ApiService::Dependencies service(Role& role, const Config& config);
  void open_directories(const Config& config, api::ApiService::Dependencies& service);
  void open_hub(Role& role, const Config& config);
  void publish(std::vector<model::Heartbeat>&& heartbeats);

  Dependencies dependencies_;
  std::unique_ptr<contract::ChangeReader> changes_;
  std::unique_ptr<contract::CommandReader> commands_;  // null: there is no other daemon
  io::Worker<contract::StoreReader> reader_;
  io::Worker<contract::AccountStore> accounts_;
  io::Worker<contract::LimitStore> limits_;
  io::Worker<api::PasswordHasher> hasher_;
  model::SourceId journal_source_;
  std::uint64_t journal_boot_ = 0;
  std::optional<io::Worker<contract::AgentStore>> agents_;
  std::optional<io::Worker<contract::AlertStore>> alerts_;
  std::optional<io::Worker<contract::NodeStore>> nodes_;
  std::optional<io::Worker<contract::Directory>> directory_;
  std::optional<io::Worker<contract::SingleSignOn>> single_sign_on_;
  std::optional<io::Worker<contract::HeartbeatJournal>> journal_;
  std::optional<api::ReportService> reports_;
  api::ApiService service_;
  std::string url_;
  api::Server server_;
};

}  // namespace davylamp::app
