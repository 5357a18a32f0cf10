// What must hold of [store].
#include "app/config/rules.hpp"

namespace davylamp::app {
namespace {

constexpr std::string_view schemes[] = {"postgresql://", "postgres://"};

// "user:secret" before the '@', or a parameter: it would be shown wherever the configuration is.
bool has_password(std::string_view url) {
  if (url.contains("?password=") || url.contains("&password=")) return true;
  const auto begin = url.find("://");
  if (begin == std::string_view::npos) return false;
  const auto authority = url.substr(begin + 3, url.find_first_of("/?", begin + 3) - begin - 3);
  const auto at = authority.rfind('@');
  return at != std::string_view::npos && authority.substr(0, at).contains(':');
}

void check_url(const StoreConfig& store, std::vector<std::string>& problems) {
  bool known = false;
  for (const auto scheme : schemes) known = known || store.url->starts_with(scheme);
  if (!known) problems.emplace_back("store.url: must begin with postgresql://; leave it out for SQLite at store.path");
  if (has_password(*store.url))
    problems.emplace_back(
        "store.url: must not hold a password; write it into a file, and its name into "
        "store.password_file");
  if (store.backup_directory)
    problems.emplace_back(
        "store.backup_directory: copies are made of SQLite only; PostgreSQL is backed up with "
        "pg_dump, see docs/operate/postgresql.md");
}

}  // namespace

std::vector<std::string> broken_store_rules(const StoreConfig& store) {
  std::vector<std::string> problems;
  if (store.url) check_url(store, problems);
  if (store.password_file && !store.url)
    problems.emplace_back("store.password_file: is of no use without store.url: SQLite has no password");
  return problems;
}

}  // namespace davylamp::app
