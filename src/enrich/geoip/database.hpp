// One MMDB file, mapped into memory.
#pragma once

#include <maxminddb.h>
#include <sys/stat.h>

#include <compare>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "enrich/geoip/v4_index.hpp"
#include "model/address.hpp"

namespace davylamp::geoip {

// Tells one state of a file from the next.
struct FileStamp {
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t changed_nanoseconds = 0;
  static std::optional<FileStamp> of(const std::string& path);
  bool operator==(const FileStamp&) const = default;
};

// What a lookup found. `fault` says that the file is damaged where the answer should be.
struct Lookup {
  std::optional<MMDB_entry_s> entry;
  bool fault = false;
};

// Neither copied nor moved; for one thread. Entries live as long as the database. The file must be replaced by
// renaming, as every updater does: writing into a mapped file ends the process.
class Database {
 public:
  // Fails with "unreadable" or "not_mmdb"; the message names the path and what to do.
  static base::Result<std::unique_ptr<Database>> open(const std::string& path);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  Lookup lookup(const model::Address& address) const;
  // A hint that lookup() of this address comes next.
  void prefetch(const model::Address& address) const;
  // For what walks the tree itself.
  const MMDB_s& native() const { return mmdb_; }
  // Gives the mapped pages back: they stay in the system's cache and do not count as this process's memory until the
  // next lookup. What frequent lookups made for themselves goes too.
  void let_go() const;
  const std::string& path() const { return path_; }
  const FileStamp& stamp() const { return stamp_; }
  // The metadata's database_type: "GeoLite2-City", "city ipv4".
  std::string type() const;
  // When the file was built, UNIX seconds.
  std::uint64_t built_at() const { return mmdb_.metadata.build_epoch; }

 private:
  Database(std::string path, FileStamp stamp, const MMDB_s& mmdb)
      : path_(std::move(path)), stamp_(stamp), mmdb_(mmdb) {}
  std::string path_;
  FileStamp stamp_;
  Lookup lookup_v4(std::uint32_t number) const;
  std::uint32_t child(std::uint32_t node, bool right) const;

  MMDB_s mmdb_;
  mutable V4Index v4_index_;
};

}  // namespace davylamp::geoip
