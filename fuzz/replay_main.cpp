// Runs a fuzz target over files instead of mutations: `x_replay FOLDER… --corpus NAME…`. The folders behind --corpus
// are those of the shared corpus and may be absent.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

std::size_t replay(const std::filesystem::path& folder) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    // A copy of exactly this size, so that the sanitizer sees a read behind its end.
    const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
    LLVMFuzzerTestOneInput(input.data(), input.size());
    ++files;
  }
  return files;
}

std::filesystem::path corpus_root() {
  const char* chosen = std::getenv("DAVYLAMP_CORPUS");
  return chosen != nullptr ? std::filesystem::path(chosen)
                           : std::filesystem::path(DAVYLAMP_SOURCE_DIR) / ".." / "shared" / "corpus";
}

}  // namespace

int main(int count, char** arguments) {
  bool from_corpus = false;
  std::size_t seeds = 0;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--corpus") {
      from_corpus = true;
      continue;
    }
    const std::filesystem::path folder = from_corpus ? corpus_root() / argument : std::filesystem::path(argument);
    if (!std::filesystem::is_directory(folder)) {
      std::printf("skipped: there is no folder %s\n", folder.c_str());
      continue;
    }
    const std::size_t files = replay(folder);
    if (!from_corpus) seeds += files;
    std::printf("%zu inputs from %s\n", files, folder.c_str());
  }
  if (seeds == 0) std::printf("no seeds found\n");
  return seeds == 0 ? 1 : 0;
}
