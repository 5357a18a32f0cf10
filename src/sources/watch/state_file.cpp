#include "sources/watch/state_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "io/kept_file.hpp"
#include "sources/watch/state_check.hpp"

namespace davylamp::watch {
namespace {

std::string reason(int error) {
  return std::generic_category().message(error);
}

base::Error cannot(const std::string& what, const std::string& path, int error) {
  return {"state", "cannot " + what + " " + path + ": " + reason(error)};
}

template <std::size_t size>
void put(std::array<char, size>& place, std::string_view text) {
  place = {};
  std::ranges::copy(text.substr(0, size - 1), place.begin());
}

// Seven digits of base 36: no two lives of a host share them but by a chance of one in 78,000,000,000.
std::string new_epoch() {
  std::array<std::uint8_t, 7> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
    throw std::system_error(errno, std::generic_category(), "getrandom");
  std::string epoch;
  for (const auto byte : random) epoch += "0123456789abcdefghijklmnopqrstuvwxyz"[byte % 36];
  return epoch;
}

StateHeader header_for(const StatePlace& place) {
  auto header = fresh_header(place.most_peers, place.most_flows);
  put(header.boot_id, place.boot_id);
  put(header.epoch, new_epoch());
  return header;
}

}  // namespace

std::string kernel_boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

StateFile::StateFile(StateFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      mapped_(std::exchange(other.mapped_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)),
      remark_(std::exchange(other.remark_, {})) {}

StateFile& StateFile::operator=(StateFile&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(mapped_, other.mapped_);
  std::swap(bytes_, other.bytes_);
  std::swap(remark_, other.remark_);
  return *this;
}

StateFile::~StateFile() {
  if (mapped_ != nullptr) ::munmap(mapped_, bytes_);
  if (file_ >= 0) ::close(file_);
}

std::span<PeerSlot> StateFile::peers() {
  return {reinterpret_cast<PeerSlot*>(mapped_ + header_bytes), header().most_peers};
}

std::span<FlowSlot> StateFile::flows() {
  const auto peer_bytes = std::size_t{header().most_peers} * sizeof(PeerSlot);
  return {reinterpret_cast<FlowSlot*>(mapped_ + header_bytes + peer_bytes), header().most_flows};
}

base::Result<StateFile> StateFile::map(int file, std::size_t bytes) {
  const int flags = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  void* mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, file, 0);
  if (mapped == MAP_FAILED) {
    const int error = errno;
    if (file >= 0) ::close(file);
    return base::fail("state", "cannot map the state of a watched service: " + reason(error));
  }
  return StateFile(file, static_cast<char*>(mapped), bytes);
}

StateFile StateFile::in_memory(const StatePlace& place) {
  auto made = base::value_or_throw(map(-1, state_bytes(place.most_peers, place.most_flows)));
  made.header() = header_for(place);
  return made;
}

base::Result<StateFile> StateFile::make(const StatePlace& place) {
  const auto fresh = place.path + ".new";
  ::unlink(fresh.c_str());
  const int file = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return std::unexpected(cannot("make", fresh, errno));
  const auto bytes = state_bytes(place.most_peers, place.most_flows);
  ::flock(file, LOCK_EX | LOCK_NB);
  // A page that the disk has no room for would end the program when it is first written to.
  if (const int error = ::posix_fallocate(file, 0, static_cast<off_t>(bytes)); error != 0) {
    ::close(file);
    ::unlink(fresh.c_str());
    return std::unexpected(cannot("reserve room for", fresh, error));
  }
  auto made = map(file, bytes);
  if (made) made->header() = header_for(place);
  return made;
}

base::Result<std::optional<StateFile>> StateFile::find(const StatePlace& place, std::optional<std::string>& damage) {
  const int file = ::open(place.path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return std::nullopt;
    return std::unexpected(cannot("open", place.path, errno));
  }
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    ::close(file);
    return base::fail("busy", "another program holds " + place.path + ": does Davylamp run twice?");
  }
  struct stat status{};
  ::fstat(file, &status);
  const auto bytes = static_cast<std::size_t>(status.st_size);
  if (!S_ISREG(status.st_mode) || bytes < header_bytes) {
    ::close(file);
    damage = "it is no state file";
    return std::nullopt;
  }
  ::fchmod(file, 0600);
  auto found = map(file, bytes);
  if (!found) return std::unexpected(found.error());
  damage = fault_of(found->header(), bytes);
  if (damage || std::string_view(found->header().boot_id.data()) != place.boot_id) return std::nullopt;
  damage = fault_of(found->header(), found->peers(), found->flows());
  if (damage) return std::nullopt;
  return std::optional(std::move(*found));
}

void StateFile::take_over(StateFile& old) {
  auto& from = old.header();
  auto& to = header();
  to.epoch = from.epoch;
  to.next_key = from.next_key;
  to.counting = from.counting;
  to.counting_from = from.counting_from;
  const auto used = [](const FlowSlot& slot) { return slot.mark != FlowMark::free; };
  // Flows that find no room would be counted from their start again: all of them begin anew, from now on.
  if (static_cast<std::size_t>(std::ranges::count_if(old.flows(), used)) > flows().size()) {
    to.counting = {};
    to.counting_from = 1;
  } else {
    std::ranges::copy_if(old.flows(), flows().begin(), used);
  }
  auto free = peers().begin();
  for (const auto& slot : old.peers()) {
    if (slot.key != 0 && free != peers().end()) *free++ = slot;
  }
}

base::Result<StateFile> StateFile::open(const StatePlace& place) {
  io::make_private_folder(std::filesystem::path(place.path).parent_path());
  std::optional<std::string> damage;
  auto found = find(place, damage);
  if (!found) return std::unexpected(found.error());
  auto& old = *found;
  const bool fits = old && old->header().most_peers == place.most_peers && old->header().most_flows == place.most_flows;
  if (fits) return std::move(*old);
  auto made = make(place);
  if (!made) return made;
  if (old) made->take_over(*old);
  if (damage) {
    const auto aside = place.path + ".damaged";
    made->remark_ =
        place.path + " could not be read (" + *damage + "): it was set aside as " + aside + "; sessions begin anew";
    if (::rename(place.path.c_str(), aside.c_str()) != 0)
      return std::unexpected(cannot("set aside", place.path, errno));
  }
  if (::rename((place.path + ".new").c_str(), place.path.c_str()) != 0)
    return std::unexpected(cannot("put in place", place.path, errno));
  return made;
}

}  // namespace davylamp::watch
