#include "sources/openvpn/hook_spool.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/text.hpp"
#include "hook/message.hpp"
#include "sources/openvpn/hook_folder.hpp"

namespace davylamp::openvpn {
namespace {

// Everyone may put a file there and nobody but its owner may touch it; it gets the daemon's group, which may read it.
constexpr mode_t spool_mode = 03733;
constexpr mode_t claimed_mode = 0700;
// Two messages, so that a whole one is among them wherever they begin.
constexpr std::size_t chunk_bytes = 2 * hook::most_message_bytes;

bool is_of(const struct stat& facts, const std::set<UserId>& accounts) {
  return S_ISREG(facts.st_mode) && facts.st_nlink == 1 && accounts.contains(facts.st_uid);
}

std::vector<std::string> names_in(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) throw base::Failure("hook_spool", "cannot list " + folder + ": " + error.message());
  std::sort(names.begin(), names.end());
  return names;
}

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  bool is_of(const std::set<UserId>& accounts) const {
    struct stat facts{};
    return descriptor_ >= 0 && ::fstat(descriptor_, &facts) == 0 && openvpn::is_of(facts, accounts);
  }
  std::size_t read(std::span<char> into, std::uint64_t offset) const {
    const auto got = ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
    return got < 0 ? 0 : static_cast<std::size_t>(got);
  }

 private:
  int descriptor_;
};

}  // namespace

HookSpool::HookSpool(std::string directory, Rules rules)
    : spool_(directory + "/spool"), claimed_folder_(std::move(directory) + "/claimed"), rules_(std::move(rules)) {}

void HookSpool::prepare() {
  make_hook_folder(spool_, spool_mode);
  make_hook_folder(claimed_folder_, claimed_mode);
  claimed_.clear();
  for (const auto& name : names_in(claimed_folder_)) {
    const auto number = base::parse_number<std::uint64_t>(name);
    if (!number || std::to_string(*number) != name) continue;
    claimed_.emplace(*number, Claimed{.offset = 0, .passes = 0, .again = true});
    next_number_ = std::max(next_number_, *number + 1);
  }
}

bool HookSpool::read(const Take& take) {
  claim();
  std::size_t read_bytes = 0;
  for (auto entry = claimed_.begin(); entry != claimed_.end();) {
    auto& [number, file] = *entry;
    const auto path = claimed_folder_ + "/" + std::to_string(number);
    while (read_bytes < rules_.most_bytes_per_pass) {
      const auto got = read_file(path, file, take);
      if (got == 0) break;
      read_bytes += got;
      file.passes = 0;
    }
    if (read_bytes >= rules_.most_bytes_per_pass) return true;
    if (++file.passes > rules_.passes_kept) {
      forget(path, file, take);
      entry = claimed_.erase(entry);
    } else {
      ++entry;
    }
  }
  return false;
}

void HookSpool::claim() {
  for (const auto& name : names_in(spool_)) {
    const auto path = spool_ + "/" + name;
    struct stat facts{};
    if (::lstat(path.c_str(), &facts) != 0) continue;
    const auto account = base::parse_number<UserId>(name);
    if (!account || *account != facts.st_uid || !is_of(facts, rules_.accounts)) {
      discard(path, S_ISDIR(facts.st_mode));
      continue;
    }
    if (facts.st_size == 0) continue;
    const auto number = next_number_++;
    const auto claimed = claimed_folder_ + "/" + std::to_string(number);
    if (::rename(path.c_str(), claimed.c_str()) == 0) claimed_.emplace(number, Claimed{});
  }
}

void HookSpool::discard(const std::string& path, bool is_folder) {
  ++forged_;
  [[maybe_unused]] const int gone = is_folder ? ::rmdir(path.c_str()) : ::unlink(path.c_str());
}

std::size_t HookSpool::read_file(const std::string& path, Claimed& file, const Take& take) {
  struct stat facts{};
  const bool has_more = ::lstat(path.c_str(), &facts) == 0 && static_cast<std::uint64_t>(facts.st_size) > file.offset;
  if (!has_more) return 0;
  const OpenFile open(path);
  if (!open.is_of(rules_.accounts)) return 0;
  std::vector<char> chunk(chunk_bytes);
  const auto got = open.read(chunk, file.offset);
  std::size_t begin = 0;
  for (std::size_t end = 0; end < got; ++end) {
    if (chunk[end] != '\n') continue;
    take(std::span(chunk).subspan(begin, end - begin), file.again);
    begin = end + 1;
  }
  if (begin == 0 && got == chunk.size()) {  // no message is that long
    take(chunk, file.again);
    begin = got;
  }
  file.offset += begin;
  return begin;
}

// The end of a file that lacks its line feed: whoever wrote it died, or the disk was full.
void HookSpool::forget(const std::string& path, const Claimed& file, const Take& take) {
  {
    const OpenFile open(path);
    std::vector<char> rest(hook::most_message_bytes);
    const auto got = open.is_of(rules_.accounts) ? open.read(rest, file.offset) : 0;
    if (got != 0) take(std::span(rest).first(got), file.again);
  }
  ::unlink(path.c_str());
}

}  // namespace davylamp::openvpn
