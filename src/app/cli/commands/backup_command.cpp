#include <filesystem>

#include "app/cli/command.hpp"
#include "app/cli/store_owner.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

int tell(const Call& call, const std::string& path, const std::string& what) {
  if (call.json) {
    call.world.out << "{\"file\":" << base::json::write(path) << ",\"text\":" << base::json::write(what) << "}\n";
  } else {
    call.world.out << base::printable(what) << "\n";
  }
  return exit_ok;
}

}  // namespace

int run_backup(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "backup: needs one FILE, which must not exist yet");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto path = std::filesystem::absolute(call.arguments.names.front()).string();
  return tell(call, path, call.world.backup(*config, path));
}

int run_restore(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "restore: needs one FILE that davylamp backup made");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const StoreOwner owner(config->store.path);
  return tell(call, config->store.path, call.world.restore(*config, call.arguments.names.front()));
}

}  // namespace davylamp::app
