#include "api/static_files.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "api/base_path.hpp"
#include "api/compression.hpp"
#include "api/etag.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

constexpr std::size_t max_bytes = std::size_t{32} * 1024 * 1024;
constexpr std::size_t max_files = 4096;

struct Extension {
  std::string_view name;
  std::string_view content_type;
};

constexpr std::array extensions{
    Extension{".html", "text/html; charset=utf-8"},
    Extension{".js", "text/javascript; charset=utf-8"},
    Extension{".mjs", "text/javascript; charset=utf-8"},
    Extension{".css", "text/css; charset=utf-8"},
    Extension{".json", "application/json"},
    Extension{".svg", "image/svg+xml"},
    Extension{".png", "image/png"},
    Extension{".jpg", "image/jpeg"},
    Extension{".webp", "image/webp"},
    Extension{".ico", "image/x-icon"},
    Extension{".woff2", "font/woff2"},
    Extension{".txt", "text/plain; charset=utf-8"},
    Extension{".webmanifest", "application/manifest+json"},
    Extension{".map", "application/json"},
};

constexpr std::string_view missing_page =
    "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Davylamp</title></head>\n<body>\n"
    "<h1>Davylamp is running, but its page is not built</h1>\n"
    "<p>Build it with <code>./dev build</code> in the source folder, or set the web root of the configuration to the "
    "folder that holds its <code>index.html</code>.</p>\n"
    "<p>The API answers under <code>/api/v1/</code>.</p>\n</body>\n</html>\n";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) {
    throw base::Failure("web_root", "cannot read " + path.string() + " of the web root; check its permissions");
  }
  return content;
}

bool is_hidden(const std::filesystem::path& relative) {
  return std::ranges::any_of(relative, [](const auto& part) { return part.string().starts_with('.'); });
}

}  // namespace

std::string_view content_type_of(std::string_view name) {
  const auto found = std::ranges::find_if(extensions, [name](const Extension& e) { return name.ends_with(e.name); });
  return found == extensions.end() ? std::string_view{} : found->content_type;
}

StaticFiles StaticFiles::load(const std::filesystem::path& web_root, std::string_view base_path) {
  StaticFiles files;
  std::error_code missing;
  const auto options = std::filesystem::directory_options::skip_permission_denied;
  const auto begin = std::filesystem::recursive_directory_iterator(web_root, options, missing);
  for (const auto& entry : begin) {
    if (entry.symlink_status().type() != std::filesystem::file_type::regular) continue;
    const auto relative = entry.path().lexically_relative(web_root);
    if (is_hidden(relative)) continue;
    if (files.bytes_ + entry.file_size() > max_bytes || files.files_.size() >= max_files) {
      throw base::Failure("web_root", "the web root " + web_root.string() +
                                          " holds more than 32 MiB or 4096 files; is it the folder of the built page?");
    }
    auto content = read_file(entry.path());
    if (relative == "index.html") content = with_page_base(std::move(content), base_path);
    files.add("/" + relative.generic_string(), std::move(content));
  }
  if (!files.files_.contains("/index.html")) files.add("/index.html", std::string(missing_page));
  return files;
}

void StaticFiles::add(std::string path, std::string content) {
  StaticFile file;
  file.content_type = content_type_of(path);
  if (file.content_type.empty()) file.content_type = "application/octet-stream";
  file.etag = make_etag(content);
  // The page's build puts a hash or a version into every name below assets/.
  file.immutable = path.starts_with("/assets/");
  bytes_ += content.size();
  file.plain = std::make_shared<const std::string>(std::move(content));
  files_.insert_or_assign(std::move(path), std::move(file));
}

StaticFile* StaticFiles::lookup(std::string_view path) {
  if (const auto exact = files_.find(path); exact != files_.end()) return &exact->second;
  if (path.starts_with("/assets/") || !content_type_of(path).empty()) return nullptr;
  return &files_.find("/index.html")->second;
}

const StaticFile* StaticFiles::find(std::string_view path) {
  auto* const file = lookup(path);
  if (file == nullptr || file->gzip || file->plain->size() < gzip_threshold_bytes) return file;
  if (!is_compressible(file->content_type)) return file;
  file->gzip = std::make_shared<const std::string>(gzip(*file->plain, GzipEffort::small));
  return file;
}

}  // namespace davylamp::api
