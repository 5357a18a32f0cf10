#include "app/setup/changes.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sodium/crypto_hash_sha256.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/setup/atomic_file.hpp"
#include "app/setup/marked_block.hpp"
#include "base/codec.hpp"
#include "base/codec_read.hpp"
#include "base/hexadecimal.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ledger_directory = "/var/lib/davylamp-setup";

std::string checksum(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  const std::vector<unsigned char> bytes(text.begin(), text.end());
  crypto_hash_sha256(hash.data(), bytes.data(), bytes.size());
  return base::hexadecimal(hash);
}

// The third field of NAME's line in passwd(5) or group(5).
std::optional<std::uint32_t> id_in(const std::string& file, const std::string& name) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const auto fields = base::split(line, ':');
    if (fields.size() > 2 && fields[0] == name) return base::parse_number<std::uint32_t>(fields[2]);
  }
  return std::nullopt;
}

bool is_blank(std::string_view text) {
  return base::trim(text).empty();
}

}  // namespace

// One file that setup changed.
struct Changes::Record {
  std::string path;
  bool existed = false;
  std::string before_sha256;  // empty when it did not exist
  std::string after_sha256;
  std::string original;  // the name of the copy in the ledger's folder
  std::vector<std::string> made_folders;
  BOOST_DESCRIBE_CLASS(Record, (), (path, existed, before_sha256, after_sha256, original, made_folders), (), ())
};
struct Changes::Ledger {
  std::vector<Record> changes;
  BOOST_DESCRIBE_CLASS(Ledger, (), (changes), (), ())
};

base::Result<std::optional<std::string>> Changes::read(const std::string& path) const {
  std::error_code error;
  if (!fs::exists(on_disk(path), error)) {
    if (error) return base::fail("unreadable", path + " cannot be read: " + error.message());
    return std::optional<std::string>();
  }
  if (!fs::is_regular_file(on_disk(path), error)) return base::fail("unreadable", path + " is not a regular file");
  std::ifstream file(on_disk(path), std::ios::binary);
  if (!file) return base::fail("unreadable", path + " cannot be read: " + std::strerror(errno) + "; run this as root");
  return std::optional(std::string(std::istreambuf_iterator<char>(file), {}));
}

base::Result<void> Changes::writable(const std::string& path) const {
  auto folder = fs::path(on_disk(path)).parent_path();
  std::error_code error;
  while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  if (access(folder.c_str(), W_OK) == 0) return {};
  return base::fail("unwritable", path + " cannot be written: " + std::strerror(errno) +
                                      (errno == EACCES ? "; run this as root" : ""));
}

base::Result<Changes::Ledger> Changes::load() const {
  const auto path = std::string(ledger_directory) + "/changes.json";
  const auto text = read(path);
  if (!text) return std::unexpected(text.error());
  if (!*text) return Ledger{};
  auto ledger = base::json::read<Ledger>(**text);
  if (!ledger)
    return base::fail("damaged", path + " cannot be understood (" + ledger.error().message + "); move it away");
  return ledger;
}

base::Result<void> Changes::save(const Ledger& ledger) const {
  const auto folder = on_disk(std::string(ledger_directory));
  if (ledger.changes.empty()) {
    std::error_code error;
    fs::remove_all(folder, error);
    return {};
  }
  return replace_file(folder + "/changes.json", base::json::write(ledger) + "\n", {0, 0, 0600});
}

// Before the file is changed: after a crash in between, undo() finds it unchanged.
base::Result<void> Changes::record(const FileChange& change, Ledger& ledger) {
  const auto folder = on_disk(std::string(ledger_directory));
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || chmod(folder.c_str(), 0700) != 0) {
    return base::fail("unwritable", folder + " cannot be made: " + std::strerror(errno));
  }
  auto found = std::ranges::find(ledger.changes, change.path, &Record::path);
  const auto before = change.before ? checksum(*change.before) : std::string();
  if (found != ledger.changes.end() && found->after_sha256 == before) {
    found->after_sha256 = checksum(change.after);
    return save(ledger);
  }
  // Edited since: the original is what the operator made of it, without our lines.
  if (found != ledger.changes.end()) ledger.changes.erase(found);
  Record fresh;
  fresh.path = change.path;
  const auto original = change.before ? without_block(*change.before, "") : std::string();
  fresh.existed = change.before.has_value();
  fresh.before_sha256 = fresh.existed ? checksum(original) : "";
  fresh.after_sha256 = checksum(change.after);
  fresh.original = checksum(change.path) + ".original";
  for (auto missing = fs::path(change.path).parent_path(); !fs::exists(on_disk(missing.string()), error);
       missing = missing.parent_path()) {
    fresh.made_folders.push_back(missing.string());
  }
  if (fresh.existed) {
    if (auto kept = replace_file(folder + "/" + fresh.original, original, {0, 0, 0600}); !kept) return kept;
  }
  ledger.changes.push_back(std::move(fresh));
  return save(ledger);
}

base::Result<void> Changes::replace(const FileChange& change) const {
  const auto path = on_disk(change.path);
  auto owner = owner_of(path);
  if (!owner) {
    std::error_code error;
    fs::create_directories(fs::path(path).parent_path(), error);
    if (error) return base::fail("unwritable", change.path + ": its folder cannot be made: " + error.message());
    owner = FileOwner{geteuid(), group_id(change.group).value_or(getegid()), change.mode};
  }
  return replace_file(path, change.after, *owner);
}

std::string Changes::put_back(const std::vector<FileChange>& changes) const {
  std::string left;
  for (const auto& change : changes) {
    const auto path = on_disk(change.path);
    std::error_code error;
    bool done = false;
    if (!change.before) {
      done = fs::remove(path, error);
    } else if (const auto owner = owner_of(path)) {
      done = replace_file(path, *change.before, *owner).has_value();
    }
    if (!done) left += (left.empty() ? "; not put back, use --undo: " : ", ") + change.path;
  }
  return left;
}

base::Result<void> Changes::apply(const std::vector<FileChange>& changes) {
  auto ledger = load();
  if (!ledger) return std::unexpected(ledger.error());
  std::vector<FileChange> done;
  for (const auto& change : changes) {
    if (change.before == change.after) continue;
    auto result = record(change, *ledger);
    if (result) result = replace(change);
    if (!result) {
      auto error = result.error();
      error.message += put_back(done);
      return std::unexpected(std::move(error));
    }
    done.push_back(change);
  }
  return {};
}

std::optional<uid_t> Changes::user_id(const std::string& name) const {
  if (!root_.empty()) return id_in(on_disk("/etc/passwd"), name);
  const auto* entry = getpwnam(name.c_str());
  return entry == nullptr ? std::nullopt : std::optional(entry->pw_uid);
}
std::optional<gid_t> Changes::group_id(const std::string& name) const {
  if (!root_.empty()) return id_in(on_disk("/etc/group"), name);
  const auto* entry = getgrnam(name.c_str());
  return entry == nullptr ? std::nullopt : std::optional(entry->gr_gid);
}

base::Result<void> Changes::make(const std::vector<RunEntry>& entries) const {
  for (const auto& entry : entries) {
    const auto path = on_disk(entry.path);
    std::error_code error;
    fs::create_directories(fs::path(path).parent_path(), error);
    const auto user = user_id(entry.owner);
    const auto group = group_id(entry.group);
    if (!user || !group) {
      return base::fail("no_account", "there is no " + (user ? "group " + entry.group : "user " + entry.owner) +
                                          " on this host, who " + entry.path + " is for");
    }
    const auto mode = static_cast<mode_t>(std::stoul(entry.mode, nullptr, 8));
    const int number = entry.type == 'd' && mkdir(path.c_str(), 0700) != 0 && errno != EEXIST
                           ? -1
                           : open(path.c_str(),
                                  entry.type == 'd' ? O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
                                                    : O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
                                  0600);
    const bool made =
        number >= 0 && (geteuid() != 0 || fchown(number, *user, *group) == 0) && fchmod(number, mode) == 0;
    const auto why = errno;
    if (number >= 0) close(number);
    if (!made) return base::fail("unwritable", entry.path + " cannot be made: " + std::strerror(why));
  }
  return {};
}

std::string Changes::undo_one(const Record& record, bool really, bool& failed) const {
  const auto path = on_disk(record.path);
  failed = true;
  const auto now = read(record.path);
  if (!now) return now.error().message;
  failed = false;
  if (!*now) return record.path + " is gone; nothing to take back";
  if (checksum(**now) == record.before_sha256) return record.path + " is as it was";
  std::string text;
  std::string sentence = record.path + " is as it was before setup";
  const bool untouched = checksum(**now) == record.after_sha256;
  if (untouched && record.existed) {
    const auto original = read(std::string(ledger_directory) + "/" + record.original);
    failed = !original || !*original || checksum(**original) != record.before_sha256;
    if (failed) return record.path + ": the original that was kept is damaged; remove our marked lines by hand";
    text = **original;
  } else if (!untouched) {
    text = without_block(**now, "");
    sentence = record.path + " was edited since setup: only Davylamp's marked lines were removed";
    if (text == **now) return record.path + " was edited since setup and has no marked lines: left as it is";
  }
  const bool remove = !record.existed && is_blank(text);
  if (remove) sentence = record.path + " was made by setup and is removed";
  if (!really) return sentence;
  std::error_code error;
  if (remove) {
    fs::remove(path, error);
    for (const auto& folder : record.made_folders) fs::remove(on_disk(folder), error);  // fails while not empty
    return sentence;
  }
  const auto done = replace_file(path, text, *owner_of(path));
  failed = !done;
  return done ? sentence : done.error().message;
}

Changes::Undone Changes::undo() {
  const auto ledger = load();
  if (!ledger) return {{ledger.error().message}, 1};
  Undone undone;
  Ledger left;
  for (auto record = ledger->changes.rbegin(); record != ledger->changes.rend(); ++record) {
    bool failed = false;
    undone.sentences.push_back(undo_one(*record, true, failed));
    if (!failed) continue;
    ++undone.failures;
    left.changes.insert(left.changes.begin(), *record);
  }
  if (ledger->changes.empty()) return undone;
  if (const auto saved = save(left); !saved) {
    undone.sentences.push_back(saved.error().message);
    ++undone.failures;
  }
  return undone;
}

Changes::Undone Changes::preview() const {
  const auto ledger = load();
  if (!ledger) return {{ledger.error().message}, 1};
  Undone undone;
  for (auto record = ledger->changes.rbegin(); record != ledger->changes.rend(); ++record) {
    bool failed = false;
    undone.sentences.push_back(undo_one(*record, false, failed));
    undone.failures += failed ? 1 : 0;
  }
  return undone;
}

}  // namespace davylamp::app
