#include "app/geofence/fence_book.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "app/geofence/nft_text.hpp"
#include "app/setup/atomic_file.hpp"
#include "base/codec_read.hpp"

namespace davylamp::app {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

std::string file_name(const FenceId& id) {
  return id.key + "_" + std::to_string(id.generation) + ".nft";
}

}  // namespace

FenceId FenceEntry::id_of(const StandingFence& fence) const {
  return {fence_key(service), fence.generation, fence.request.ports};
}

FenceBook::Lock::Lock(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  file_ = ::open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) {
    throw base::Failure("unwritable",
                        "cannot keep fences in " + folder + ": " + std::strerror(errno) + "; run this as root");
  }
  while (::flock(file_, LOCK_EX) != 0 && errno == EINTR) continue;
}

FenceBook::Lock::~Lock() {
  ::close(file_);
}

FenceList FenceBook::read() const {
  const auto path = folder_ + "/fences.json";
  const auto text = contents(path);
  if (!text) return {};
  FenceList list;
  base::json::Reader reader;
  const auto value = base::json::parse(*text);
  if (value) reader.read(*value, list);
  if (!value || !reader.problems().empty()) {
    throw base::Failure("damaged", path +
                                       " is damaged: " + (value ? reader.problems().front() : value.error().message) +
                                       "; remove it and set the fences again");
  }
  return list;
}

void FenceBook::write(const FenceList& list) const {
  base::value_or_throw(replace_file(folder_ + "/fences.json", base::json::write(list) + "\n", {}));
  std::set<std::string> used;
  for (const auto& entry : list.fences) {
    for (const auto* fence : {&entry.kept, &entry.tried}) {
      if (*fence) used.insert(file_name(entry.id_of(**fence)));
    }
  }
  std::error_code error;
  std::vector<fs::path> old;
  for (const auto& file : fs::directory_iterator(folder_, error)) {
    if (file.path().extension() == ".nft" && !used.contains(file.path().filename())) old.push_back(file.path());
  }
  for (const auto& path : old) fs::remove(path, error);
}

std::string FenceBook::rules_path(const FenceId& id) const {
  return folder_ + "/" + file_name(id);
}

std::optional<std::string> FenceBook::rules(const FenceId& id) const {
  return contents(rules_path(id));
}

void FenceBook::keep_rules(const FenceId& id, std::string_view text) const {
  base::value_or_throw(replace_file(rules_path(id), text, {}));
}

}  // namespace davylamp::app
