#include "sources/openvpn/hook_verdicts.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "hook/verdict_table.hpp"

namespace davylamp::openvpn {
namespace {

std::vector<hook::Refused> refused_of(const std::vector<model::Refusal>& refusals) {
  std::vector<hook::Refused> refused;
  refused.reserve(refusals.size());
  for (const auto& refusal : refusals) {
    refused.push_back(
        {.user = refusal.user,
         .reason = refusal.reason == model::RefusalReason::blocked ? hook::Reason::blocked : hook::Reason::quota,
         .until_ms = refusal.until_at ? refusal.until_at->time_since_epoch().count() : hook::for_good});
  }
  return refused;
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

void HookVerdicts::want(std::vector<model::Refusal> refusals) {
  if (is_wanted_ && refusals == wanted_) return;
  wanted_ = std::move(refusals);
  is_wanted_ = true;
  is_written_ = false;
}

base::Result<void> HookVerdicts::keep(base::Time now) {
  if (!is_wanted_ || (is_written_ && is_in_place())) return {};
  return write(now);
}

bool HookVerdicts::is_in_place() const {
  struct stat facts{};
  return ::lstat(path_.c_str(), &facts) == 0 && facts.st_ino == written_inode_;
}

// By rename: whoever has the old file mapped keeps it, and nobody sees half of the new one.
base::Result<void> HookVerdicts::write(base::Time now) {
  hook::SipKey salt;
  if (::getrandom(&salt, sizeof salt, 0) != sizeof salt)
    return base::fail("hook_verdicts", "the system gives no random numbers");
  const auto bytes =
      hook::verdict_table(refused_of(wanted_), salt, static_cast<std::uint64_t>(now.time_since_epoch().count()));
  const auto fresh = path_ + ".new";
  ::unlink(fresh.c_str());
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
  struct stat facts{};
  bool ok = file >= 0 && ::fchmod(file, 0644) == 0 && write_all(file, bytes) && ::fstat(file, &facts) == 0;
  const int failed_with = ok ? 0 : errno;
  if (file >= 0) ::close(file);
  ok = ok && ::rename(fresh.c_str(), path_.c_str()) == 0;
  if (!ok) {
    const auto why = std::generic_category().message(failed_with != 0 ? failed_with : errno);
    ::unlink(fresh.c_str());
    return base::fail("hook_verdicts",
                      "cannot write " + path_ + ": " + why + "; until then the hook goes by the older list");
  }
  written_inode_ = facts.st_ino;
  is_written_ = true;
  return {};
}

}  // namespace davylamp::openvpn
