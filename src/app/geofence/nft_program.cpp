#include "app/geofence/nft_program.hpp"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace davylamp::app {
namespace {

constexpr const char* program = "/usr/sbin/nft";
constexpr std::size_t longest_complaint = 300;

// In memory: neither side ever waits for the other.
class MemoryFile {
 public:
  MemoryFile() : file_(::memfd_create("davylamp", MFD_CLOEXEC)) {
    if (file_ < 0) throw base::Failure("nftables", std::string("no memory for nft: ") + std::strerror(errno));
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(file_); }
  int file() const { return file_; }
  bool write(std::string_view text) const {
    while (!text.empty()) {
      const auto written = ::write(file_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::lseek(file_, 0, SEEK_SET) == 0;
  }
  std::string read() const {
    std::string text;
    std::array<char, 65536> piece{};
    ::lseek(file_, 0, SEEK_SET);
    for (;;) {
      const auto got = ::read(file_, piece.data(), piece.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return text;
      text.append(piece.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  int file_;
};

std::string advice(std::string_view said) {
  if (said.contains("Operation not permitted")) return "; this needs root, or CAP_NET_ADMIN";
  return "";
}

}  // namespace

base::Result<std::string> run_nft(const std::vector<std::string>& arguments, const std::string& input) {
  const MemoryFile in;
  const MemoryFile out;
  const MemoryFile complaints;
  if (!in.write(input)) return base::fail("nftables", "no memory for the rules");
  std::vector<std::string> words{"nft"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::array<char*, 1> environment{nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.file(), 0);
  posix_spawn_file_actions_adddup2(&actions, out.file(), 1);
  posix_spawn_file_actions_adddup2(&actions, complaints.file(), 2);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, program, &actions, nullptr, pointers.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    return base::fail("no_nft", std::string(program) + ": " + std::strerror(error) + "; install the package nftables");
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return out.read();
  const auto said = complaints.read();
  return base::fail("nftables",
                    "nftables: " + said.substr(0, std::min(said.find('\n'), longest_complaint)) + advice(said));
}

}  // namespace davylamp::app
