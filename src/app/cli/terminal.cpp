#include "app/cli/terminal.hpp"

#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

namespace davylamp::app {
namespace {

// Far beyond what is accepted as a password.
constexpr std::size_t longest_line = 4096;

class Terminal {
 public:
  Terminal() : file_(open("/dev/tty", O_RDWR | O_CLOEXEC)) {}
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    if (file_ >= 0) close(file_);
  }
  bool is_open() const { return file_ >= 0; }
  int file() const { return file_; }
  void write(std::string_view text) const {
    while (!text.empty()) {
      const auto written = ::write(file_, text.data(), text.size());
      if (written <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

 private:
  int file_;
};

// No echo, and no signal from the keyboard between here and its end: the terminal must not be left silent.
class Silence {
 public:
  explicit Silence(int file) : file_(file) {
    sigset_t keyboard;
    sigemptyset(&keyboard);
    for (const int signal : {SIGINT, SIGQUIT, SIGTSTP, SIGTERM, SIGHUP}) sigaddset(&keyboard, signal);
    pthread_sigmask(SIG_BLOCK, &keyboard, &before_signals_);
    silent_ = tcgetattr(file_, &before_) == 0;
    if (!silent_) return;
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    quiet.c_lflag |= static_cast<tcflag_t>(ICANON);
    silent_ = tcsetattr(file_, TCSAFLUSH, &quiet) == 0;
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    if (silent_) tcsetattr(file_, TCSAFLUSH, &before_);
    pthread_sigmask(SIG_SETMASK, &before_signals_, nullptr);
  }
  bool silent() const { return silent_; }

 private:
  int file_;
  bool silent_ = false;
  termios before_{};
  sigset_t before_signals_{};
};

constexpr char interrupt = '\x03';

}  // namespace

base::Result<std::string> ask_secret_on_terminal(std::string_view prompt) {
  const Terminal terminal;
  const auto refusal = base::fail(
      "no_terminal", "there is no terminal to ask for a password on; use --password-stdin or --random-password");
  if (!terminal.is_open()) return refusal;
  const Silence silence(terminal.file());
  if (!silence.silent()) return refusal;
  terminal.write(prompt);
  std::string line;
  char letter = 0;
  while (line.size() < longest_line && read(terminal.file(), &letter, 1) == 1 && letter != '\n' && letter != interrupt)
    line += letter;
  terminal.write("\n");
  if (letter == interrupt) return base::fail("interrupted", "interrupted; nothing was changed");
  return line;
}

}  // namespace davylamp::app
