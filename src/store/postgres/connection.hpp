// The engine of store/sql on PostgreSQL.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "store/postgres/config.hpp"
#include "store/postgres/link.hpp"
#include "store/sql/engine.hpp"

namespace davylamp::postgres {

// Locks that daemons take among themselves, for the length of a transaction.
enum class SharedLock : std::uint8_t { migrations = 1, operators = 2, leases = 3, heartbeats = 4, partitions = 5 };

// Connects at once, and again when a transaction (or a statement on its own) begins after the session was lost: what
// was being done then is a Failure, what comes next works.
class Connection final : public sql::Connection {
 public:
  // How long a statement may take; 0: as long as it needs.
  struct Patience {
    int statement_seconds = 60;
    int lock_seconds = 20;
    // How long a transaction that changes things may stand still: a daemon that sleeps must not hold up the others, so
    // the server ends its session.
    int still_milliseconds = 5'000;
  };
  explicit Connection(const Config& config) : Connection(config, Patience()) {}
  Connection(const Config& config, Patience patience);

  std::unique_ptr<sql::Cursor> prepare(std::string_view sql) override;
  std::unique_ptr<sql::Cursor> prepare_rows(std::string_view sql) override;
  void run(const std::string& sql) override;
  const std::string& name() const override { return link_.name(); }
  const sql::Dialect& dialect() const override;
  void begin(sql::Unit unit) override;
  void commit() override;
  void roll_back() noexcept override;
  void check_tenure(const model::Tenure& tenure) override;

  // Until the end of the transaction.
  void lock(SharedLock which);
  bool in_unit() const { return in_unit_; }
  // The session, connected; for cursors and COPY.
  Link& link();

 private:
  Link link_;
  std::string begin_changing_;
  bool in_unit_ = false;
};

}  // namespace davylamp::postgres
