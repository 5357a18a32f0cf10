#include "sources/wireguard/config_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace davylamp::wireguard {
namespace {

constexpr std::size_t most_bytes = std::size_t{32} * 1024 * 1024;

bool same(const struct stat& one, const struct stat& other) {
  return one.st_ino == other.st_ino && one.st_dev == other.st_dev && one.st_size == other.st_size &&
         one.st_mtim.tv_sec == other.st_mtim.tv_sec && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec;
}

}  // namespace

bool ConfigFile::fail(const std::string& what) {
  auto trouble = path_ + " " + what + "; peers without a name are shown by the beginning of their keys";
  if (!needed_ && errno == ENOENT) trouble.clear();
  state_ = {};
  return std::exchange(trouble_, std::move(trouble)) != trouble_;
}

bool ConfigFile::refresh() {
  struct stat state{};
  if (::stat(path_.c_str(), &state) != 0) return fail(std::string("cannot be read: ") + std::strerror(errno));
  if (looked_ && same(state, state_)) return false;
  const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return fail(std::string("cannot be read: ") + std::strerror(errno));
  // Made in one size: private keys are in it, and growing it would leave copies behind.
  const bool plain = S_ISREG(state.st_mode) && static_cast<std::size_t>(state.st_size) <= most_bytes;
  std::string text(plain ? static_cast<std::size_t>(state.st_size) : 0, '\0');
  std::size_t held = 0;
  while (held < text.size()) {
    const auto size = ::read(file, text.data() + held, text.size() - held);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    held += static_cast<std::size_t>(size);
  }
  ::close(file);
  if (!plain) return fail("is no file of a size that a configuration has");
  auto config = read_server_config(std::string_view(text).substr(0, held));
  ::explicit_bzero(text.data(), text.size());
  state_ = state;
  trouble_.clear();
  const bool changed = !std::exchange(looked_, true) || !(config == config_);
  config_ = std::move(config);
  return changed;
}

}  // namespace davylamp::wireguard
