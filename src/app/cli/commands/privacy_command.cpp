#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "api/dto/house.hpp"
#include "api/dto/limits.hpp"
#include "app/cli/daemon.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

// A new file that only its owner may read. Throws base::Failure, also when there is one already.
void write_private_file(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const auto fail = [&](const char* what) {
    const auto why = std::string(what) + ": " + std::strerror(errno);
    if (file >= 0) ::close(file);
    throw base::Failure("file", base::printable(path) + ": " + why);
  };
  if (file < 0) fail(errno == EEXIST ? "is there already and is not replaced" : "cannot be made");
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot be written");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::close(file) != 0) throw base::Failure("file", base::printable(path) + ": " + std::strerror(errno));
}

}  // namespace

int run_privacy_export(const Call& call) {
  const auto& names = call.arguments.names;
  if (names.empty() || names.size() > 2) return usage_error(call, "privacy export: needs USER and takes a FILE");
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto body =
      Daemon(call, *config).ask({"GET", "/api/v1/users/" + base::percent_encoded(names[0]) + "/export", ""});
  if (names.size() == 1 || names[1] == "-") {
    call.world.out << body << "\n";
    return exit_ok;
  }
  write_private_file(names[1], body + "\n");
  if (call.json) {
    call.world.out << "{\"user\":" << base::json::write(names[0]) << ",\"file\":" << base::json::write(names[1])
                   << ",\"bytes\":" << body.size() + 1 << "}\n";
  } else {
    call.world.out << base::printable(names[1]) << " holds what is kept of " << base::printable(names[0]) << "\n";
  }
  return exit_ok;
}

int run_privacy_erase(const Call& call) {
  if (call.arguments.names.size() != 1) return usage_error(call, "privacy erase: needs one USER");
  const auto& user = call.arguments.names.front();
  if (!call.arguments.has("--yes")) {
    return usage_error(call,
                       "privacy erase: cannot be undone; add --yes to erase what is kept of " + base::printable(user));
  }
  const auto reason = call.arguments.value("--reason");
  if (!reason || base::trim(*reason).empty()) {
    return usage_error(call, "privacy erase: needs --reason TEXT, for the audit log, which does not keep the name");
  }
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const auto erased = Daemon::read<api::Erased>(Daemon(call, *config)
                                                    .ask({"DELETE", "/api/v1/users/" + base::percent_encoded(user),
                                                          base::json::write(api::ReasonRequest{reason})}));
  if (call.json) {
    call.world.out << base::json::write(erased) << "\n";
  } else {
    call.world.out << "what was kept of " << base::printable(user) << " is erased: " << erased.rows << " rows\n";
  }
  return exit_ok;
}

}  // namespace davylamp::app
