// Whether files that a configuration names can be used, and hold what they should. Every finding names the key, the
// path, what is wrong and what to do.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/reachable.hpp"
#include "base/time.hpp"

namespace davylamp::app {

// A file, and how bad it is when it cannot be used.
struct NamedFile {
  std::string key;
  std::string path;
  Severity severity = Severity::problem;
};

class FileChecker {
 public:
  FileChecker(const Access& access, base::Time now) : access_(access), now_(now) {}

  // A management interface, where it is a socket.
  void management(const std::string& key, const std::string& text);
  // What OpenVPN or davylamp setup makes: its absence is told, and Davylamp starts all the same.
  void made_by_others(const std::string& key, const std::string& path, std::string_view advice);
  // The file of a management password, which OpenVPN has too.
  void password(const std::string& key, const std::string& path);
  // A place as notify::read_secret() has it: a file with one secret, or "env:NAME".
  void secret(const NamedFile& place);
  // A certificate that is shown: for how long it holds. The key must be its own; empty: only the certificate.
  void certificate(const NamedFile& certificate, const std::optional<NamedFile>& key = std::nullopt);
  // Certificates of those who are trusted.
  void authorities(const NamedFile& file);
  bool readable_file(const std::string& key, const std::string& path) { return readable_file(NamedFile{key, path}); }
  bool readable_file(const NamedFile& file);
  void writable_directory(const std::string& key, const std::string& path);
  void web_root(const std::string& path);

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  void add(const NamedFile& file, const std::string& what) { add(file.severity, file.key, file.path, what); }
  void add(Severity severity, const std::string& key, const std::string& path, const std::string& what);
  // Every folder on the way must let us through; the first that does not is the one to name.
  bool reach(const NamedFile& file);
  bool permit(const NamedFile& file, const std::string& path, int mode);
  void keep_from_others(const NamedFile& file, std::string_view what);
  void key_of(const NamedFile& key, const NamedFile& certificate, const std::string& pem);
  void lasts_until(const NamedFile& file, base::Time end, const std::string& consequence);

  const Access& access_;
  base::Time now_;
  std::vector<Finding> findings_;
};

}  // namespace davylamp::app
