#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "sources/firewall/input.hpp"
#include "sources/firewall/log_tail.hpp"

namespace davylamp::firewall {
namespace {

namespace asio = boost::asio;

constexpr base::Milliseconds look_every{500};

std::optional<FilePosition> position_in(const Positions& known, const std::string& path) {
  const auto found = std::ranges::find(known.files, path, &FilePosition::path);
  if (found == known.files.end()) return std::nullopt;
  return *found;
}

class FileInput : public Input {
 public:
  FileInput(const std::string& path, FileContent content, const Positions& known, AttemptIntake& intake,
            const base::Clock& clock)
      : path_(path), content_(content), tail_(path, position_in(known, path)), intake_(intake), clock_(clock) {}

  std::string_view kind() const override { return content_ == FileContent::openvpn ? "openvpn_log" : "file"; }
  bool looks() const override { return !tail_.absent(); }
  std::string text() const override {
    if (tail_.absent()) return "waits for " + path_ + ", which is not there";
    return "reads " + path_ + ": " + std::to_string(tail_.lines()) + " lines so far";
  }

  io::Task<void> run() override {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
      const bool more = tail_.read([this](std::string_view line) { take(line); });
      timer.expires_after(more ? base::Milliseconds{0} : look_every);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  void put_position(Positions& positions) const override {
    if (auto position = tail_.position()) positions.files.push_back(std::move(*position));
  }

  std::vector<model::Loss> losses() const override {
    return {{content_ == FileContent::openvpn ? "openvpn_log_lines_too_long" : "log_lines_too_long", tail_.too_long(),
             "lines of " + path_ + " that were longer than 64 KiB, left out"}};
  }

 private:
  void take(std::string_view text) {
    const auto whole = entries_.next(text);
    if (!whole) return;
    const auto line = read_log_line(*whole);
    if (content_ == FileContent::openvpn) {
      intake_.take_openvpn_line(line, clock_.now());
    } else {
      intake_.take_firewall_line(line, clock_.now(), std::nullopt);
    }
  }

  std::string path_;
  FileContent content_;
  LogTail tail_;
  AttemptIntake& intake_;
  const base::Clock& clock_;
  JournalEntries entries_;
};

}  // namespace

std::unique_ptr<Input> make_file_input(const std::string& path, FileContent content, const Positions& known,
                                       AttemptIntake& intake, const base::Clock& clock) {
  return std::make_unique<FileInput>(path, content, known, intake, clock);
}

}  // namespace davylamp::firewall
