// The page's files, held in memory: what is not in the map cannot be reached, whatever a path says.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace davylamp::api {

// Content and etag are set once and shared with the answers being sent.
struct StaticFile {
  std::string content_type;
  std::string etag;
  bool immutable = false;  // its name changes with its content: may be kept for a year
  std::shared_ptr<const std::string> plain;
  std::shared_ptr<const std::string> gzip;  // null when not worth it
};

// Used on one thread.
class StaticFiles {
 public:
  // Reads every regular file below `web_root`; hidden files and symbolic links are left out. A missing or empty
  // directory gives one page that says how to build the real one. index.html learns below which path it is shown
  // (with_page_base()). Throws Failure when a file cannot be read or when there are more than 4,096 files or 32 MiB.
  static StaticFiles load(const std::filesystem::path& web_root, std::string_view base_path = "");

  // The file of a decoded path ("/assets/index-1a2b.js"); "/" and paths of the page's own routes, which have no file
  // extension that we know, are index.html. Null when there is none. Compresses a file when it is first asked for.
  const StaticFile* find(std::string_view path);

  std::size_t count() const { return files_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  void add(std::string path, std::string content);
  StaticFile* lookup(std::string_view path);

  std::map<std::string, StaticFile, std::less<>> files_;
  std::size_t bytes_ = 0;
};

// By the extension of the name; empty for one that is not known.
std::string_view content_type_of(std::string_view name);

}  // namespace davylamp::api
