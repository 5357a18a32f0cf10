#include "app/privacy/rotating_key.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "base/result.hpp"

namespace davylamp::app {
namespace {

[[noreturn]] void fail(const std::string& path, int error) {
  throw base::Failure("privacy_key", "cannot keep the key of privacy.mode = \"keyed_hash\" in " + path + ": " +
                                         std::strerror(error) + "; the state directory must be writable");
}

void write_file(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) fail(path, errno);
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  if (!written) fail(path, error);
}

}  // namespace

RotatingKey::RotatingKey(std::string path, base::Seconds lifetime, base::Time now)
    : path_(std::move(path)), lifetime_(lifetime) {
  if (sodium_init() < 0) throw base::Failure("privacy_key", "libsodium cannot be used on this machine");
  if (load()) {
    renew(now);
  } else {
    make(now);
  }
}

bool RotatingKey::load() {
  std::ifstream file(path_);
  std::int64_t since = 0;
  std::string hex;
  if (!(file >> since >> hex)) return false;
  std::size_t length = 0;
  const bool whole = sodium_hex2bin(key_.data(), key_.size(), hex.data(), hex.size(), nullptr, &length, nullptr) == 0 &&
                     length == key_.size();
  since_ = base::from_unix_seconds(since);
  return whole;
}

void RotatingKey::renew(base::Time now) {
  if (now < since_ || now - since_ >= lifetime_) make(now);
}

// Overwritten in place: a rename would leave the old key on the disk.
void RotatingKey::make(base::Time now) {
  randombytes_buf(key_.data(), key_.size());
  std::array<char, 2 * std::tuple_size_v<Key> + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), key_.data(), key_.size());
  since_ = base::floor_to(now, base::Seconds{1});
  write_file(path_, std::to_string(base::to_unix_seconds(since_)) + " " + hex.data() + "\n");
}

}  // namespace davylamp::app
