#include "enrich/geoip/database.hpp"

#include <endian.h>
#include <netinet/in.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace davylamp::geoip {
namespace {

base::Error open_error(const std::string& path, int status, int system_error) {
  if (status == MMDB_FILE_OPEN_ERROR || status == MMDB_IO_ERROR) {
    const auto why = std::generic_category().message(system_error);
    return {"unreadable", "cannot read the GeoIP database " + path + ": " + why +
                              (system_error == EACCES ? "; let the davylamp user read it (chmod a+r)" : "")};
  }
  return {"not_mmdb",
          "the GeoIP database " + path + " is not a usable MMDB file (" + MMDB_strerror(status) + "); fetch it again"};
}

std::uint32_t v4_number(const model::Address& address) {
  std::uint32_t number = 0;
  std::memcpy(&number, address.bytes().data(), sizeof number);
  return ntohl(number);
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
  v4_index_.let_go();
}

std::string Database::type() const {
  return mmdb_.metadata.database_type == nullptr ? "" : mmdb_.metadata.database_type;
}

// A node is two records; one that is not below the count of nodes is a record of data, or nothing.
std::uint32_t Database::child(std::uint32_t node, bool right) const {
  const auto size = static_cast<unsigned>(mmdb_.metadata.record_size);
  std::uint64_t both = 0;  // and at most two bytes of what follows: behind the tree are 16
  std::memcpy(&both, mmdb_.file_content + static_cast<std::size_t>(node) * (size / 4), sizeof both);
  both = be64toh(both);
  // Both sides are made, for nobody can guess which of them an address takes.
  auto left = static_cast<std::uint32_t>(both >> (64U - std::min(size, 24U)));
  if (size == 28) left |= static_cast<std::uint32_t>(both >> 12U) & 0x0F000000U;
  if (size == 32) left = static_cast<std::uint32_t>(both >> 32U);
  const auto other = static_cast<std::uint32_t>(both >> (64U - 2 * size)) & (0xFFFFFFFFU >> (32U - size));
  return right ? other : left;
}

Lookup Database::lookup_v4(std::uint32_t number) const {
  const auto count = mmdb_.metadata.node_count;
  if (v4_index_.wants_more()) {
    v4_index_.make({count, mmdb_.metadata.ip_version == 6 ? 96U : 0U},
                   [this](std::uint32_t node, bool right) { return child(node, right); });
  }
  const auto entry = v4_index_.enter(number);
  auto node = entry.node;
  for (auto bit = entry.bit; bit != 0 && node < count; bit >>= 1U) node = child(node, (number & bit) != 0);
  if (node == count) return {};
  // Between tree and data stand 16 bytes of zeros.
  if (node < count || node - count < 16 || node - count - 16 >= mmdb_.data_section_size) return {std::nullopt, true};
  return {MMDB_entry_s{&mmdb_, node - count - 16}, false};
}

void Database::prefetch(const model::Address& address) const {
  if (address.is_v4()) v4_index_.prefetch(v4_number(address));
}

Lookup Database::lookup(const model::Address& address) const {
  const auto& bytes = address.bytes();
  if (address.is_v4()) return lookup_v4(v4_number(address));
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
