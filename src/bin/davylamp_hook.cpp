// davylamp-hook: what OpenVPN runs when a client comes and when it leaves. A whole VPN stands still meanwhile, so it
// asks nobody and waits for nothing: it looks into a file, sends one datagram, writes one line, and ends.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "hook/message.hpp"
#include "hook/verdict_file.hpp"
#include "version.hpp"

namespace {

namespace hook = davylamp::hook;
using std::string_view;

constexpr int lets_in = 0;
constexpr int refuses = 1;
constexpr int longest_microseconds = 50'000;
constexpr off_t most_spool_bytes = 16 << 20;
// Behind most_spool_bytes a message is one empty line: the daemon counts them. Then nothing is written any more.
constexpr off_t most_spool_bytes_with_marks = most_spool_bytes + (1 << 20);

constexpr string_view help_text =
    "davylamp-hook DIRECTORY     tells Davylamp who comes and who leaves, and refuses whom it is told to refuse\n"
    "\n"
    "OpenVPN runs it. In the server's configuration, with DIRECTORY as `hook_directory` in davylamp.toml says:\n"
    "    script-security 2\n"
    "    client-connect    \"/usr/lib/davylamp/davylamp-hook DIRECTORY\"\n"
    "    client-disconnect \"/usr/lib/davylamp/davylamp-hook DIRECTORY\"\n"
    "\n"
    "The exit code is 1 when the client is refused and 0 in every other case, also when something is amiss.\n"
    "--version   --help\n";

void say(int to, std::initializer_list<string_view> words) {
  for (const auto word : words) {
    if (::write(to, word.data(), word.size()) < 0) return;
  }
}

// What to exit with when time is up or memory is not there.
volatile std::sig_atomic_t& verdict_so_far() {
  static volatile std::sig_atomic_t verdict = lets_in;
  return verdict;
}

extern "C" void give_up(int) {
  ::_exit(verdict_so_far());
}

void limit_time() {
  struct sigaction action{};
  action.sa_handler = give_up;
  sigset_t deadly;
  ::sigemptyset(&deadly);
  for (const int signal : {SIGALRM, SIGBUS, SIGSEGV, SIGXFSZ, SIGPIPE}) {
    ::sigaction(signal, &action, nullptr);
    ::sigaddset(&deadly, signal);
  }
  ::sigprocmask(SIG_UNBLOCK, &deadly, nullptr);
  const itimerval limit{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_usec = longest_microseconds}};
  ::setitimer(ITIMER_REAL, &limit, nullptr);
}

string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? string_view{} : string_view(value);
}

template <std::size_t size>
string_view number_text(char (&buffer)[size], std::int64_t number) {
  const auto [end, error] = std::to_chars(buffer, buffer + size, number);
  return {buffer, static_cast<std::size_t>(end - buffer)};
}

std::int64_t now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

// A message that lives as long as the environment and this object.
struct Told {
  explicit Told(hook::Kind kind, std::int64_t now) {
    message.kind = kind;
    for (std::size_t i = 0; i < hook::field_count; ++i) message.values[i] = variable(hook::field_names[i]);
    message[hook::Field::why] = {};
    message[hook::Field::at_ms] = number_text(at, now);
  }
  char at[24];
  hook::Message message;
};

std::optional<hook::Verdict> verdict_on(string_view user, std::int64_t now) {
  const int file = ::open("verdicts", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (file < 0) return std::nullopt;
  struct stat facts{};
  if (::fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size <= 0 ||
      static_cast<std::uint64_t>(facts.st_size) > hook::most_verdict_bytes) {
    return std::nullopt;
  }
  const auto size = static_cast<std::size_t>(facts.st_size);
  const void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (mapped == MAP_FAILED) return std::nullopt;
  return hook::find_verdict({static_cast<const char*>(mapped), size}, user, now);
}

void send(string_view line) {
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, "socket", sizeof "socket");
  // Nothing follows from a failure: the line is in the spool as well.
  ::sendto(socket, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
           sizeof address);
  ::close(socket);
}

// Every account that OpenVPN runs as has a file of its own there, named by its number: the owner of the file vouches
// for its lines.
void append_to_spool(string_view line) {
  char path[32] = "spool/";
  constexpr std::size_t prefix = sizeof "spool/" - 1;
  const auto [end, error] = std::to_chars(path + prefix, path + sizeof path - 1, ::geteuid());
  *end = '\0';
  ::umask(0027);
  const int file = ::open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640);
  if (file < 0) return;
  struct stat facts{};
  if (::fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_uid != ::geteuid() || facts.st_nlink > 1)
    return;
  if (facts.st_size + static_cast<off_t>(line.size()) > most_spool_bytes) {
    if (facts.st_size >= most_spool_bytes_with_marks) return;
    line = "\n";
  }
  // One write, so that the lines of two hooks never mix.
  [[maybe_unused]] const auto written = ::write(file, line.data(), line.size());
}

void tell(const hook::Message& message) {
  char buffer[hook::most_message_bytes];
  const auto line = hook::encode(message, buffer);
  if (line.empty()) return;
  send(line);
  append_to_spool(line);
}

int client_connects() {
  const auto now = now_ms();
  Told told(hook::Kind::accepted, now);
  auto& message = told.message;
  const auto user = hook::user_of(message[hook::Field::common_name], message[hook::Field::username]);
  const auto verdict = verdict_on(user, now);
  if (!verdict) {
    tell(message);
    return lets_in;
  }
  verdict_so_far() = refuses;
  message.kind = hook::Kind::refused;
  message[hook::Field::why] = hook::name_of(verdict->reason);
  tell(message);
  return refuses;
}

int client_disconnects() {
  const Told told(hook::Kind::disconnected, now_ms());
  tell(told.message);
  return lets_in;
}

int run(const char* directory) {
  const auto script = variable("script_type");
  const bool connects = script == "client-connect";
  if (!connects && script != "client-disconnect") {
    say(STDERR_FILENO,
        {"davylamp-hook: ", script.empty() ? "script_type is not set" : script,
         ": only for OpenVPN's client-connect and client-disconnect; nothing done (davylamp-hook --help)\n"});
    return lets_in;
  }
  limit_time();
  if (::chdir(directory) != 0) {
    char code[24];
    say(STDERR_FILENO,
        {"davylamp-hook: cannot enter ", directory, " (", errno == ENOENT ? "it does not exist" : "error ",
         errno == ENOENT ? string_view{} : number_text(code, errno),
         "): nobody is refused and final byte counts are lost; see hook_directory in davylamp.toml\n"});
    return lets_in;
  }
  return connects ? client_connects() : client_disconnects();
}

}  // namespace

int main(int count, char** arguments) {
  const auto first = count > 1 ? string_view(arguments[1]) : string_view{};
  if (first == "--version") {
    say(STDOUT_FILENO, {"davylamp-hook ", davylamp::version, "\n"});
    return lets_in;
  }
  if (first.empty() || first == "--help" || first == "-h") {
    say(STDERR_FILENO, {help_text});
    return lets_in;
  }
  return run(arguments[1]);
}
