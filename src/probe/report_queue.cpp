#include "probe/report_queue.hpp"

#include <algorithm>
#include <filesystem>

#include "base/codec_read.hpp"
#include "base/text.hpp"
#include "io/kept_file.hpp"

namespace davylamp::probe {
namespace {

constexpr std::string_view ending = ".json";
constexpr std::size_t digits = 12;  // so that names sort as numbers do
constexpr std::size_t largest_report = 64 * 1024;

std::optional<std::uint64_t> number_of(const std::filesystem::path& path) {
  const auto name = path.filename().string();
  if (name.size() != digits + ending.size() || !name.ends_with(ending)) return std::nullopt;
  return base::parse_number<std::uint64_t>(std::string_view(name).substr(0, digits));
}

}  // namespace

ReportQueue::ReportQueue(std::string folder, std::string boot, Limits limits)
    : folder_(std::move(folder)), boot_(std::move(boot)), limits_(limits) {
  take_over();
}

void ReportQueue::take_over() {
  std::error_code error;
  for (std::filesystem::directory_iterator each(folder_, error), end; !error && each != end; each.increment(error)) {
    const auto number = number_of(each->path());
    std::error_code unknown;
    const auto size = number ? each->file_size(unknown) : 0;
    if (number && !unknown) entries_.push_back({.number = *number, .size = static_cast<std::size_t>(size)});
  }
  std::ranges::sort(entries_, {}, &Entry::number);
  for (const auto& entry : entries_) bytes_ += entry.size;
  if (!entries_.empty()) next_ = entries_.back().number + 1;
  while (entries_.size() > limits_.reports || bytes_ > limits_.bytes) drop_oldest();
}

std::string ReportQueue::path_of(std::uint64_t number) const {
  auto name = std::to_string(number);
  name.insert(0, digits - std::min(digits, name.size()), '0');
  return folder_ + "/" + name + std::string(ending);
}

void ReportQueue::drop_oldest() {
  std::error_code ignored;
  std::filesystem::remove(path_of(entries_.front().number), ignored);
  bytes_ -= entries_.front().size;
  entries_.pop_front();
  ++dropped_;
}

base::Result<void> ReportQueue::add(const model::Heartbeat& heartbeat, base::Milliseconds clock_offset) {
  Entry entry{.number = next_++};
  entry.id = boot_ + "-" + std::to_string(entry.number);
  auto text = base::json::write(QueuedReport{entry.id, clock_offset.count(), heartbeat});
  entry.size = text.size();
  while (!entries_.empty() && (entries_.size() + 1 > limits_.reports || bytes_ + entry.size > limits_.bytes))
    drop_oldest();
  auto kept = io::keep_file(path_of(entry.number), text);
  if (!kept) entry.text = std::move(text);
  bytes_ += entry.size;
  entries_.push_back(std::move(entry));
  return kept;
}

std::optional<QueuedReport> ReportQueue::read(Entry& entry) {
  if (!entry.text && entry.size > largest_report) return std::nullopt;
  auto text = entry.text ? base::Result<std::optional<std::string>>(entry.text)
                         : io::read_kept_file(path_of(entry.number), largest_report);
  if (!text || !*text) return std::nullopt;
  auto report = base::json::read<QueuedReport>(**text);
  if (!report) return std::nullopt;
  entry.id = report->id;
  return std::move(*report);
}

std::vector<QueuedReport> ReportQueue::oldest(std::size_t most, std::size_t most_bytes) {
  std::vector<QueuedReport> reports;
  std::size_t size = 0;
  for (std::size_t i = 0; i < entries_.size() && reports.size() < most;) {
    if (!reports.empty() && size + entries_[i].size > most_bytes) break;
    if (auto report = read(entries_[i])) {
      size += entries_[i++].size;
      reports.push_back(std::move(*report));
      continue;
    }
    std::error_code ignored;
    std::filesystem::remove(path_of(entries_[i].number), ignored);
    bytes_ -= entries_[i].size;
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(i));
    ++dropped_;
  }
  return reports;
}

void ReportQueue::remove(const std::string& id) {
  const auto found = std::ranges::find(entries_, id, &Entry::id);
  if (found == entries_.end()) return;
  std::error_code ignored;
  std::filesystem::remove(path_of(found->number), ignored);
  bytes_ -= found->size;
  entries_.erase(found);
}

}  // namespace davylamp::probe
