// Changing files so that it can be taken back. Files below a root that tests choose; `path` is always without it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "app/setup/server_plan.hpp"
#include "base/result.hpp"

namespace davylamp::app {

struct FileChange {
  std::string path;
  std::optional<std::string> before;  // nothing: there is no such file
  std::string after;
  mode_t mode = 0644;  // of a file that is made; one that exists keeps mode and owner
  std::string group = "root";
};

// The files of this host and the record of what setup changed: originals and checksums in /var/lib/davylamp-setup,
// which only root can enter. Not in Davylamp's state directory: whoever could change what is there could have root
// write it over a VPN server's configuration. Blocking; one thread. Nothing throws but for lack of memory.
class Changes {
 public:
  explicit Changes(std::string root) : root_(std::move(root)) {}

  // Nothing: there is no such file. Fails with "unreadable".
  base::Result<std::optional<std::string>> read(const std::string& path) const;
  // Whether files could be replaced and made there; else one sentence.
  base::Result<void> writable(const std::string& path) const;

  // All of them or, should one fail, none: what was replaced is put back.
  base::Result<void> apply(const std::vector<FileChange>& changes);
  // Makes folders and files; those that exist get mode and owner. A user or group that is not there is an error.
  base::Result<void> make(const std::vector<RunEntry>& entries) const;

  // Takes every recorded change back; a sentence for each. A file that was edited since loses our lines only. What
  // cannot be taken back stays recorded and counts in `failures`.
  struct Undone {
    std::vector<std::string> sentences;
    std::size_t failures = 0;
  };
  Undone undo();
  // What undo() would do, without doing it.
  Undone preview() const;

  std::optional<uid_t> user_id(const std::string& name) const;
  std::optional<gid_t> group_id(const std::string& name) const;

 private:
  struct Record;
  struct Ledger;

  base::Result<Ledger> load() const;
  base::Result<void> save(const Ledger& ledger) const;
  base::Result<void> record(const FileChange& change, Ledger& ledger);
  base::Result<void> replace(const FileChange& change) const;
  std::string undo_one(const Record& record, bool really, bool& failed) const;
  // What could not be put back, as the end of a sentence; empty when all was.
  std::string put_back(const std::vector<FileChange>& changes) const;
  std::string on_disk(const std::string& path) const { return root_ + path; }

  std::string root_;
};

}  // namespace davylamp::app
