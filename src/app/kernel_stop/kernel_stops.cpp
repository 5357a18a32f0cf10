#include "app/kernel_stop/kernel_stops.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/result.hpp"

namespace davylamp::app {
namespace {

constexpr std::size_t longest_complaint = 2'000;

[[noreturn]] void fail(const std::string& why) {
  throw base::Failure("nftables", "the kernel could not be told whom to stop: " + why +
                                      "; davylampd needs the package nftables and CAP_NET_ADMIN for kernel stops");
}

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) fail(std::strerror(errno));
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  int end(std::size_t which) const { return ends_.at(which); }
  void close_end(std::size_t which) {
    if (ends_.at(which) >= 0) ::close(ends_.at(which));
    ends_.at(which) = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

pid_t spawn_nft(int input, int complaints) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, 0);
  posix_spawn_file_actions_adddup2(&actions, complaints, 2);
  std::string name = "nft";
  std::string option = "-f";
  std::string from = "-";
  std::array<char*, 4> arguments{name.data(), option.data(), from.data(), nullptr};
  std::array<char*, 1> environment{nullptr};
  pid_t child = 0;
  const int error = ::posix_spawn(&child, "/usr/sbin/nft", &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) fail(std::string("/usr/sbin/nft: ") + std::strerror(error));
  return child;
}

// nft reads all of its input before it complains, so that neither waits for the other.
void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string read_all(int file) {
  std::string text;
  std::array<char, 4096> piece{};
  for (;;) {
    const auto got = ::read(file, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    if (text.size() < longest_complaint) text.append(piece.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

void Nft::run(const std::string& script) {
  Pipe input;
  Pipe complaints;
  const auto child = spawn_nft(input.end(0), complaints.end(1));
  input.close_end(0);
  complaints.close_end(1);
  write_all(input.end(1), script);
  input.close_end(1);
  const auto said = read_all(complaints.end(0));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fail(said.substr(0, said.find('\n')));
}

io::Task<void> KernelStops::hold(std::vector<model::KernelStop> stops) {
  auto script = script_.next(stops);
  if (script.empty()) co_return;
  used_ = true;
  try {
    co_await nft_.call([script = std::move(script)](Nft&) { Nft::run(script); });
  } catch (const base::Failure& failure) {
    ++failures_;
    script_.forget();
    log_.error(failure.error().message);
  }
}

void KernelStops::release() {
  if (!std::exchange(used_, false)) return;
  try {
    Nft::run(NftScript::removal());
  } catch (const base::Failure& failure) {
    log_.error(failure.error().message);
  }
}

}  // namespace davylamp::app
