#include "enrich/geoip/database.hpp"

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

Lookup Database::lookup(const model::Address& address) const {
  int status = MMDB_SUCCESS;
  MMDB_lookup_result_s result{};
  const auto& bytes = address.bytes();
  if (address.is_v4()) {
    sockaddr_in socket_address{};
    socket_address.sin_family = AF_INET;
    std::memcpy(&socket_address.sin_addr, bytes.data(), 4);
    result = MMDB_lookup_sockaddr(&mmdb_, reinterpret_cast<const sockaddr*>(&socket_address), &status);
  } else {
    if (mmdb_.metadata.ip_version == 4) return {};
    sockaddr_in6 socket_address{};
    socket_address.sin6_family = AF_INET6;
    std::ranges::copy(bytes, socket_address.sin6_addr.s6_addr);
    result = MMDB_lookup_sockaddr(&mmdb_, reinterpret_cast<const sockaddr*>(&socket_address), &status);
  }
  if (status != MMDB_SUCCESS) return {std::nullopt, true};
  if (!result.found_entry) return {};
  return {result.entry, false};
}

}  // namespace davylamp::geoip
