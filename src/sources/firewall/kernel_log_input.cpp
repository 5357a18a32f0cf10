#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include "base/text.hpp"
#include "sources/firewall/input.hpp"

namespace davylamp::firewall {
namespace {

namespace asio = boost::asio;

// A record is at most this long (CONSOLE_EXT_LOG_MAX of the kernel).
constexpr std::size_t longest_record = 8 * 1024;
constexpr unsigned records_per_look = 500;
constexpr base::Milliseconds look_again{500};

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// "btime 1795219000" of /proc/stat.
std::optional<base::Time> boot_time(const std::string& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("btime ")) continue;
    const auto seconds = base::parse_number<std::int64_t>(std::string_view(line).substr(6));
    if (seconds) return base::from_unix_seconds(*seconds);
  }
  return std::nullopt;
}

int open_device(const std::string& path) {
  const int handle = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (handle >= 0) return handle;
  const bool refused = errno == EPERM || errno == EACCES;
  throw base::Failure(refused ? "refused" : "kernel_log",
                      path + " cannot be read: " + std::strerror(errno) +
                          (refused ? "; the program that collects needs the capability CAP_SYSLOG, or reads the log "
                                     "from a file (file = \"/var/log/kern.log\")"
                                   : ""));
}

class KernelLogInput : public Input {
 public:
  KernelLogInput(KernelLogPlaces places, const Positions& known, AttemptIntake& intake, const base::Clock& clock)
      : places_(std::move(places)), boot_(first_line(places_.boot_id)), intake_(intake), clock_(clock) {
    if (known.kernel_boot == boot_) last_ = known.kernel_sequence;
  }

  std::string_view kind() const override { return "kernel_log"; }
  bool looks() const override { return looks_; }
  std::string text() const override {
    return "reads the kernel's log: " + std::to_string(records_) + " records so far" +
           (lost_ > 0 ? ", " + std::to_string(lost_) + " overwritten before they were read" : "");
  }

  io::Task<void> run() override {
    looks_ = false;
    const auto executor = co_await asio::this_coro::executor;
    const int handle = open_device(places_.device);
    struct stat kind{};
    const bool waits = ::fstat(handle, &kind) == 0 && !S_ISREG(kind.st_mode);
    // A regular file stands for the device in tests; it cannot be waited for.
    struct Closer {
      int handle;
      ~Closer() {
        if (handle >= 0) ::close(handle);
      }
    } closer{handle};
    std::optional<asio::posix::stream_descriptor> descriptor;
    if (waits) {
      descriptor.emplace(executor, handle);
      closer.handle = -1;
    }
    asio::steady_timer timer(executor);
    looks_ = true;
    booted_at_ = boot_time(places_.statistics);
    for (;;) {
      const bool more = read(handle);
      if (more || !descriptor) {
        timer.expires_after(more ? base::Milliseconds{0} : look_again);
        co_await timer.async_wait(asio::use_awaitable);
      } else {
        co_await descriptor->async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
      }
    }
  }

  void put_position(Positions& positions) const override {
    positions.kernel_boot = boot_;
    positions.kernel_sequence = last_;
  }

  std::vector<model::Loss> losses() const override {
    return {{"kernel_log_records_lost", lost_,
             "records of the kernel's log that were overwritten before they were read, by the gaps in their numbers"}};
  }

 private:
  // True when there may be more at once.
  bool read(int handle) {
    std::array<char, longest_record> record{};
    for (unsigned i = 0; i < records_per_look; ++i) {
      const auto size = ::read(handle, record.data(), record.size());
      if (size > 0) {
        take(std::string_view(record.data(), static_cast<std::size_t>(size)));
        continue;
      }
      // What came next was overwritten: the next read goes on with the oldest there is, the numbers tell the loss.
      if (size < 0 && (errno == EPIPE || errno == EINTR)) continue;
      if (size < 0 && errno == EINVAL) continue;
      if (size < 0 && errno != EAGAIN)
        throw base::Failure("kernel_log", places_.device + " cannot be read: " + std::strerror(errno));
      return false;
    }
    return true;
  }

  // The device gives one record at a time; lines that begin with a blank belong to the one before.
  void take(std::string_view text) {
    waiting_ += text;
    std::string_view rest = waiting_;
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      const auto line = rest.substr(0, end);
      rest.remove_prefix(end + 1);
      if (!line.starts_with(' ')) take_record(read_log_line(line));
    }
    waiting_.erase(0, waiting_.size() - rest.size());
    if (waiting_.size() > longest_record) waiting_.clear();
  }

  void take_record(const LogLine& line) {
    if (!line.sequence || (last_ && *line.sequence <= *last_)) return;
    if (last_) lost_ += *line.sequence - *last_ - 1;
    last_ = line.sequence;
    ++records_;
    // Programs may write here, too: what they say is not the kernel's.
    if (line.program == "kernel") intake_.take_firewall_line(line, clock_.now(), booted_at_);
  }

  KernelLogPlaces places_;
  std::string boot_;
  AttemptIntake& intake_;
  const base::Clock& clock_;
  std::optional<std::uint64_t> last_;
  std::optional<base::Time> booted_at_;
  std::string waiting_;
  std::uint64_t records_ = 0;
  std::uint64_t lost_ = 0;
  bool looks_ = false;
};

}  // namespace

std::unique_ptr<Input> make_kernel_log_input(const KernelLogPlaces& places, const Positions& known,
                                             AttemptIntake& intake, const base::Clock& clock) {
  return std::make_unique<KernelLogInput>(places, known, intake, clock);
}

}  // namespace davylamp::firewall
