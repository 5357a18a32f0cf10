#include "app/doctor/as_user.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

// One finding per line: its severity as a digit, then its text, which holds no control characters but what
// base::printable leaves.
std::string to_lines(const std::vector<Finding>& findings) {
  std::string lines;
  for (const auto& finding : findings) {
    lines += finding.severity == Severity::problem ? '1' : '0';
    lines += base::printable(finding.text) + "\n";
  }
  return lines;
}

std::vector<Finding> from_lines(std::string_view lines) {
  std::vector<Finding> findings;
  for (const auto line : base::split(lines, '\n')) {
    if (line.empty()) continue;
    findings.push_back({line.front() == '1' ? Severity::problem : Severity::notice, std::string(line.substr(1))});
  }
  return findings;
}

bool become(const passwd& account) {
  return initgroups(account.pw_name, account.pw_gid) == 0 && setgid(account.pw_gid) == 0 && setuid(account.pw_uid) == 0;
}

}  // namespace

std::vector<Finding> reachable_as(const std::string& account, const Config& config, base::Time now, std::string& user) {
  const auto* entry = geteuid() == 0 ? getpwnam(account.c_str()) : nullptr;
  std::array<int, 2> ends{};
  if (entry == nullptr || pipe(ends.data()) != 0) {
    const auto* me = getpwuid(geteuid());
    user = me == nullptr ? std::to_string(geteuid()) : me->pw_name;
    return check_reachable(config, now);
  }
  user = account;
  const auto child = fork();
  if (child == 0) {
    const auto lines = become(*entry) ? to_lines(check_reachable(config, now)) : std::string();
    const bool written = write(ends[1], lines.data(), lines.size()) == static_cast<ssize_t>(lines.size());
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  std::string lines;
  std::array<char, 4096> part{};
  for (ssize_t count = 0; child > 0 && (count = read(ends[0], part.data(), part.size())) > 0;) {
    lines.append(part.data(), static_cast<std::size_t>(count));
  }
  close(ends[0]);
  if (child > 0) waitpid(child, nullptr, 0);
  return from_lines(lines);
}

}  // namespace davylamp::app
