#include "sources/openvpn/server_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "sources/openvpn/certificate_expiry.hpp"

namespace davylamp::openvpn {
namespace {

constexpr base::Seconds look_seconds{60};
constexpr std::size_t largest_file_bytes = 1'000'000;

// A file descriptor that closes itself.
class File {
 public:
  // Without O_NONBLOCK a fifo in the place of a file would stop the loop.
  explicit File(const std::string& path) : number_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (number_ >= 0) close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

std::int64_t nanoseconds(const timespec& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

std::string read_text(const File& file, std::size_t size) {
  std::string text(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const auto count = ::read(file.number(), text.data() + have, size - have);
    if (count <= 0) break;
    have += static_cast<std::size_t>(count);
  }
  text.resize(have);
  return text;
}

}  // namespace

const ServerFiles::Seen& ServerFiles::read(const std::string& path) {
  auto& seen = files_[path];
  const File file(path);
  struct stat status{};
  if (file.number() < 0 || fstat(file.number(), &status) != 0) {
    seen = {0, 0, std::nullopt, path + " cannot be read: " + std::strerror(errno)};
    return seen;
  }
  if (!S_ISREG(status.st_mode) || static_cast<std::uint64_t>(status.st_size) > largest_file_bytes) {
    seen = {0, 0, std::nullopt, path + " is not a file of at most 1 MB and is left alone"};
    return seen;
  }
  const auto changed = nanoseconds(status.st_mtim);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (seen.text && seen.changed_nanoseconds == changed && seen.size_bytes == size) return seen;
  seen = {changed, size, read_text(file, size), ""};
  return seen;
}

void ServerFiles::look(base::Time now) {
  looked_at_ = now;
  config_ = {};
  expiries_.clear();
  problems_.clear();
  if (config_file_.empty()) return;
  std::set<std::string> used;
  config_ = read_server_config_file(config_file_, [&](const std::string& path) {
    used.insert(path);
    return read(path).text;
  });
  for (const auto& path : config_.unreadable) problems_.push_back("the configuration " + files_[path].problem);
  for (const auto& source : certificate_sources(config_)) {
    if (!source.text) used.insert(source.path);
  }
  read_certificates();
  std::erase_if(files_, [&](const auto& entry) { return !used.contains(entry.first); });
}

void ServerFiles::read_certificates() {
  for (const auto& source : certificate_sources(config_)) {
    std::string text = source.text.value_or("");
    if (!source.text) {
      const auto& seen = read(source.path);
      if (!seen.text) {
        problems_.push_back("its " + source.what + " " + seen.problem + ", so its end is not known");
        continue;
      }
      text = *seen.text;
    }
    auto found = read_expiries(text, source.what, source.path);
    if (found.empty() && source.what != "crl") {
      problems_.push_back("its " + source.what + " " + source.path + " holds no certificate that could be read");
    }
    std::ranges::move(found, std::back_inserter(expiries_));
  }
  std::ranges::sort(expiries_, {}, &model::Expiry::expires_at);
}

void ServerFiles::fill(model::ServerFacts& facts, base::Time now) {
  if (!looked_at_ || now < *looked_at_ || now - *looked_at_ >= look_seconds) look(now);
  const auto release = parse_release(facts.version.value_or(""));
  const bool known_config = !config_.files.empty();
  facts.warnings = problems_;
  for (auto& text : known_faults(release, facts.dco, known_config ? &config_ : nullptr)) {
    facts.warnings.push_back(std::move(text));
  }
  if (!known_config) return;
  const auto known = config_facts(config_, release);
  facts.mode = known.mode;
  facts.listens_on = known.listens_on;
  facts.pool_size = known.pool_size;
  if (!facts.dco) facts.dco = known.dco;
  if (!facts.transport) facts.transport = config_.transport();
  facts.expiries = expiries_;
  for (auto& text : expiry_warnings(expiries_, now)) facts.warnings.push_back(std::move(text));
}

std::optional<std::string> user_of_server(const std::string& config_file) {
  const auto config = read_server_config_file(config_file, [](const std::string& path) -> std::optional<std::string> {
    const File file(path);
    struct stat status{};
    const bool readable = file.number() >= 0 && fstat(file.number(), &status) == 0 && S_ISREG(status.st_mode) &&
                          static_cast<std::uint64_t>(status.st_size) <= largest_file_bytes;
    if (!readable) return std::nullopt;
    return read_text(file, static_cast<std::size_t>(status.st_size));
  });
  return config.user;
}

}  // namespace davylamp::openvpn
