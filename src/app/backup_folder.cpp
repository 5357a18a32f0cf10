#include "app/backup_folder.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace davylamp::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view pattern = "davylamp-00000000-000000.db";

bool is_ours(std::string_view name) {
  if (name.size() != pattern.size()) return false;
  return std::ranges::equal(name, pattern, [](char have, char want) {
    return want == '0' ? std::isdigit(static_cast<unsigned char>(have)) != 0 : have == want;
  });
}

}  // namespace

std::string BackupFolder::next_path(base::Time now) const {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<base::Seconds>(now - day));
  std::array<char, 64> name{};
  std::snprintf(name.data(), name.size(), "davylamp-%04d%02u%02u-%02d%02d%02d.db", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return path_ + "/" + name.data();
}

std::vector<std::string> BackupFolder::files() const {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(path_, ignored)) {
    if (is_ours(entry.path().filename().string())) found.push_back(entry.path().string());
  }
  std::ranges::sort(found);
  return found;
}

std::uint64_t BackupFolder::keep(std::uint32_t count) const {
  if (count == 0) return 0;
  const auto all = files();
  std::uint64_t removed = 0;
  for (std::size_t i = 0; i + count < all.size(); ++i) {
    std::error_code ignored;
    removed += fs::remove(all[i], ignored) ? 1 : 0;
  }
  return removed;
}

}  // namespace davylamp::app
