#include "store/postgres/link_failures.hpp"

#include "base/text.hpp"

namespace davylamp::postgres {
namespace {

// PostgreSQL, appendix A. A class stands for all its states that are not named before it.
struct Advice {
  std::string_view state;
  std::string_view code;
  std::string_view what_to_do;
};
constexpr std::string_view try_again = "it is tried again; when it stays so, look at the server's log";
constexpr Advice advices[] = {
    {"40001", "store_busy", "another wrote the same rows: it is tried again"},
    {"40P01", "store_busy", "another wrote the same rows: it is tried again"},
    {"55P03", "store_busy", "another holds a lock for long: it is tried again"},
    {"57014", "store_busy", "it took longer than it may: look for what slows the server down"},
    {"53100", "store_full", "the server's disk is full: free some space"},
    {"53300", "store_unreachable", "raise max_connections of the server, or the limit of the role"},
    {"3D000", "store_unreachable", "make the database: createdb --owner ROLE NAME"},
    {"28", "store_refused", "check the user in store.url, store.password_file and the server's pg_hba.conf"},
    {"42501", "store_read_only", "the role must own the database: ALTER DATABASE ... OWNER TO ..."},
    {"25006", "store_read_only", "the server only reads: name the primary in store.url"},
    {"08", "store_unreachable", try_again},
    {"57P", "store_unreachable", try_again},
    {"25P03", "store_unreachable", "this process stood still for too long: it is tried again"},
    {"XX001", "store_corrupt", "the database is damaged: restore a backup"},
    {"XX002", "store_corrupt", "an index is damaged: REINDEX it"},
};

}  // namespace

base::Failure to_failure(std::string_view doing, std::string_view name, std::string_view state,
                         std::string_view reason) {
  const auto line = base::printable(base::trim(reason.substr(0, 500)));
  auto message = std::string(doing) + " the database " + std::string(name) + ": " + line;
  for (const auto& advice : advices) {
    if (!state.starts_with(advice.state)) continue;
    return {std::string(advice.code), message + "; " + std::string(advice.what_to_do)};
  }
  if (state.empty()) return {"store_unreachable", message + "; " + std::string(try_again)};
  return {"store_failed", message + " (SQLSTATE " + std::string(state) + ")"};
}

}  // namespace davylamp::postgres
