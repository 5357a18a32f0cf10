#include "enrich/geoip/database.hpp"

#include <netinet/in.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace davylamp::geoip {
namespace {

constexpr std::size_t v4_index_size = 65'536;

base::Error open_error(const std::string& path, int status, int system_error) {
  if (status == MMDB_FILE_OPEN_ERROR || status == MMDB_IO_ERROR) {
    const auto why = std::generic_category().message(system_error);
    return {"unreadable", "cannot read the GeoIP database " + path + ": " + why +
                              (system_error == EACCES ? "; let the davylamp user read it (chmod a+r)" : "")};
  }
  return {"not_mmdb",
          "the GeoIP database " + path + " is not a usable MMDB file (" + MMDB_strerror(status) + "); fetch it again"};
}

}  // namespace

std::optional<FileStamp> FileStamp::of(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileStamp{status.st_ino, status.st_size, status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
}

base::Result<std::unique_ptr<Database>> Database::open(const std::string& path) {
  // Before opening: should the file change in between, the next look sees a difference.
  const auto stamp = FileStamp::of(path);
  if (!stamp) return std::unexpected(open_error(path, MMDB_FILE_OPEN_ERROR, errno));
  struct stat status{};
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    return base::fail("unreadable", "cannot read the GeoIP database " + path + ": not a regular file");
  }
  MMDB_s mmdb{};
  errno = 0;
  const int opened = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &mmdb);
  if (opened != MMDB_SUCCESS) return std::unexpected(open_error(path, opened, errno));
  return std::unique_ptr<Database>(new Database(path, *stamp, mmdb));
}

Database::~Database() {
  MMDB_close(&mmdb_);
}

void Database::let_go() const {
  // The mapping is shared and read-only: nothing is lost, a later lookup maps the pages again.
  madvise(const_cast<std::uint8_t*>(mmdb_.file_content), static_cast<std::size_t>(mmdb_.file_size), MADV_DONTNEED);
}

std::string Database::type() const {
  return mmdb_.metadata.database_type == nullptr ? "" : mmdb_.metadata.database_type;
}

// A node is two records; one that is not below the count of nodes is a record of data, or nothing.
std::uint32_t Database::child(std::uint32_t node, bool right) const {
  const auto size = static_cast<std::size_t>(mmdb_.metadata.record_size);
  const auto* bytes = mmdb_.file_content + node * (size / 4);
  const auto three = [](const std::uint8_t* at) {
    return static_cast<std::uint32_t>(at[0]) << 16U | static_cast<std::uint32_t>(at[1]) << 8U | at[2];
  };
  if (size == 24) return three(right ? bytes + 3 : bytes);
  if (size == 28) {
    const std::uint32_t high = right ? bytes[3] & 0x0FU : bytes[3] >> 4U;
    return high << 24U | three(right ? bytes + 4 : bytes);
  }
  if (right) bytes += 4;
  return three(bytes) << 8U | bytes[3];
}

void Database::index_v4() const {
  const auto count = mmdb_.metadata.node_count;
  std::uint32_t root = 0;
  if (mmdb_.metadata.ip_version == 6) {
    for (unsigned depth = 0; depth < 96 && root < count; ++depth) root = child(root, false);
  }
  std::vector<std::uint32_t> level{root};
  while (level.size() < v4_index_size) {
    std::vector<std::uint32_t> next;
    next.reserve(level.size() * 2);
    for (const auto node : level) {
      for (const bool right : {false, true}) next.push_back(node < count ? child(node, right) : node);
    }
    level = std::move(next);
  }
  v4_index_ = std::move(level);
}

Lookup Database::lookup_v4(std::uint32_t number) const {
  if (v4_index_.empty()) index_v4();
  const auto count = mmdb_.metadata.node_count;
  auto node = v4_index_[number >> 16U];
  for (std::uint32_t bit = 0x8000U; bit != 0 && node < count; bit >>= 1U) node = child(node, (number & bit) != 0);
  if (node == count) return {};
  // Between tree and data stand 16 bytes of zeros.
  if (node < count || node - count < 16 || node - count - 16 >= mmdb_.data_section_size) return {std::nullopt, true};
  return {MMDB_entry_s{&mmdb_, node - count - 16}, false};
}

Lookup Database::lookup(const model::Address& address) const {
  const auto& bytes = address.bytes();
  if (address.is_v4()) {
    const auto at = [&bytes](std::size_t i) { return static_cast<std::uint32_t>(bytes[i]); };
    return lookup_v4(at(0) << 24U | at(1) << 16U | at(2) << 8U | at(3));
  }
  if (mmdb_.metadata.ip_version == 4) return {};
  int status = MMDB_SUCCESS;
  sockaddr_in6 socket_address{};
  socket_address.sin6_family = AF_INET6;
  std::ranges::copy(bytes, socket_address.sin6_addr.s6_addr);
  const auto result = MMDB_lookup_sockaddr(&mmdb_, reinterpret_cast<const sockaddr*>(&socket_address), &status);
  if (status != MMDB_SUCCESS) return {std::nullopt, true};
  if (!result.found_entry) return {};
  return {result.entry, false};
}

}  // namespace davylamp::geoip
