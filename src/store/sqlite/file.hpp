// Files beside the database: what SQLite itself does not do with them.
#pragma once

#include <string>

namespace davylamp::sqlite {

// A file descriptor that is closed with the object.
class File {
 public:
  explicit File(int descriptor = -1) : descriptor_(descriptor) {}
  ~File();
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  int descriptor() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

bool exists(const std::string& path);
std::string directory_of(const std::string& path);
// "cannot DOING PATH: why; WHAT TO DO", with the reason that errno holds. Throws base::Failure "file_failed".
[[noreturn]] void fail_on_file(const std::string& doing, const std::string& path, const std::string& what_to_do);
// What was written to the file, and its name, survive a power cut.
void make_durable(const std::string& path);
// Gives the file to the owner of `like`, or of the directory when `like` is absent. Only root can; others own it.
void give_to_owner(const std::string& path, const std::string& like);
// Renames; fails when `to` exists.
void rename_to_new(const std::string& from, const std::string& to);

}  // namespace davylamp::sqlite
