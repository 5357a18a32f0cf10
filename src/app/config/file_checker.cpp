#include "app/config/file_checker.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "io/pem.hpp"
#include "notify/secret.hpp"

namespace davylamp::app {
namespace {

constexpr std::chrono::days soon{14};
// A bundle of all public authorities is about 250 kB.
constexpr std::size_t largest_pem_bytes = 4'000'000;

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

std::string user_name(uid_t id) {
  const auto* entry = getpwuid(id);
  return entry == nullptr ? std::to_string(id) : entry->pw_name;
}
std::string group_name(gid_t id) {
  const auto* entry = getgrgid(id);
  return entry == nullptr ? std::to_string(id) : entry->gr_name;
}

std::string octal(mode_t mode) {
  std::string text = "0000";
  for (std::size_t i = 0; i < 4; ++i) text[3 - i] = static_cast<char>('0' + ((mode >> (3 * i)) & 7U));
  return text;
}

std::string owner_and_mode(const struct stat& status) {
  return "owner " + user_name(status.st_uid) + ":" + group_name(status.st_gid) + ", mode " + octal(status.st_mode);
}

// What a member of the file's group needs, spelt for chmod.
std::string group_letters(int mode) {
  std::string letters;
  if ((mode & R_OK) != 0) letters += 'r';
  if ((mode & W_OK) != 0) letters += 'w';
  if ((mode & X_OK) != 0) letters += 'x';
  return letters;
}
mode_t group_bits(int mode) {
  return static_cast<mode_t>(((mode & R_OK) != 0 ? S_IRGRP : 0) | ((mode & W_OK) != 0 ? S_IWGRP : 0) |
                             ((mode & X_OK) != 0 ? S_IXGRP : 0));
}

std::string me() {
  return user_name(geteuid());
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(largest_pem_bytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

std::string days_text(base::Milliseconds span) {
  const auto days = std::chrono::floor<std::chrono::days>(span).count();
  return days == 0 ? "less than a day" : days == 1 ? "1 day" : std::to_string(days) + " days";
}

}  // namespace

void FileChecker::management(const std::string& key, const std::string& text) {
  const auto target = parse_management(text);
  const auto* socket = target ? std::get_if<UnixSocketPath>(&*target) : nullptr;
  if (socket == nullptr) return;
  const NamedFile file{key, socket->path};
  if (!reach(file)) return;
  const auto status = status_of(file.path);
  if (!status) {
    return add(Severity::notice, key, file.path,
               "there is no such socket; is the OpenVPN server running, and does its configuration have \"management " +
                   file.path + " unix\"?");
  }
  if (!S_ISSOCK(status->st_mode)) return add(file, "is not a socket (" + owner_and_mode(*status) + ")");
  permit(file, file.path, R_OK | W_OK);
}

void FileChecker::made_by_others(const std::string& key, const std::string& path, std::string_view advice) {
  const NamedFile file{key, path};
  if (!reach(file)) return;
  if (!status_of(path)) return add(Severity::notice, key, path, "there is no such file yet; " + std::string(advice));
  permit(file, path, R_OK);
}

void FileChecker::password(const std::string& key, const std::string& path) {
  const NamedFile file{key, path};
  if (readable_file(file)) keep_from_others(file, "holds a password");
}

void FileChecker::secret(const NamedFile& place) {
  const bool is_variable = place.path.starts_with("env:");
  if (!is_variable) {
    if (!readable_file(place)) return;
    keep_from_others(place, "holds a secret");
  }
  const auto secret = notify::read_secret(place.path);
  if (secret) return;
  // A variable of the daemon need not be one of whoever checks.
  if (is_variable)
    return add(Severity::notice, place.key, place.path, secret.error().message + " here; the daemon needs it");
  const auto& text = secret.error().message;
  const auto own_path = place.path + " ";
  add(place, text.starts_with(own_path) ? text.substr(own_path.size()) : text);
}

void FileChecker::certificate(const NamedFile& certificate, const std::optional<NamedFile>& key) {
  const bool readable = readable_file(certificate);
  const auto pem = readable ? text_of(certificate.path) : std::string();
  const auto all = io::read_certificates(pem);
  if (readable && !all) add(certificate, all.error().message);
  if (all) {
    const auto& own = all->front();
    if (own.begins_at > now_) {
      add(Severity::notice, certificate.key, certificate.path,
          "holds only from " + days_text(own.begins_at - now_) + " on; is the clock of this host right?");
    }
    lasts_until(certificate, own.expires_at, "others then refuse it; put its successor there");
  }
  if (key) key_of(*key, certificate, all ? pem : std::string());
}

void FileChecker::key_of(const NamedFile& key, const NamedFile& certificate, const std::string& pem) {
  if (!readable_file(key)) return;
  keep_from_others(key, "holds a private key");
  const auto fits = io::key_fits(pem, text_of(key.path));
  if (!fits) return add(key, fits.error().message);
  if (*fits || pem.empty()) return;
  add(key, "is not the key of the certificate in " + base::printable(certificate.path) + " (" + certificate.key +
               "); the two must be made together");
}

// A bundle may hold some that have run out: what counts is whether one is left.
void FileChecker::authorities(const NamedFile& file) {
  if (!readable_file(file)) return;
  const auto all = io::read_certificates(text_of(file.path));
  if (!all) return add(file, all.error().message);
  const auto last = std::ranges::max_element(*all, {}, &io::PemCertificate::expires_at);
  lasts_until(file, last->expires_at, "what it signed is then refused; put its successor there");
}

void FileChecker::lasts_until(const NamedFile& file, base::Time end, const std::string& consequence) {
  if (end - now_ >= soon) return;
  const auto when = end <= now_ ? "ran out " + days_text(now_ - end) + " ago" : "runs out in " + days_text(end - now_);
  add(Severity::notice, file.key, file.path, "its certificate " + when + ": " + consequence);
}

void FileChecker::keep_from_others(const NamedFile& file, std::string_view what) {
  const auto status = status_of(file.path);
  if (!status || (status->st_mode & S_IROTH) == 0) return;
  add(Severity::notice, file.key, file.path,
      std::string(what) + " and everyone on this host can read it (" + owner_and_mode(*status) + "); chmod o-rwx " +
          file.path);
}

bool FileChecker::readable_file(const NamedFile& file) {
  if (!reach(file)) return false;
  const auto status = status_of(file.path);
  if (!status) {
    add(file, "there is no such file");
    return false;
  }
  if (!S_ISREG(status->st_mode)) {
    add(file, "is not a regular file (" + owner_and_mode(*status) + ")");
    return false;
  }
  return permit(file, file.path, R_OK);
}

void FileChecker::writable_directory(const std::string& key, const std::string& path) {
  const NamedFile folder{key, path};
  if (!reach(folder)) return;
  const auto status = status_of(path);
  if (!status) return add(folder, "there is no such folder; mkdir -p " + path + " && chown " + me() + ": " + path);
  if (!S_ISDIR(status->st_mode)) return add(folder, "is not a folder");
  permit(folder, path, W_OK | X_OK);
}

void FileChecker::web_root(const std::string& path) {
  if (status_of(path + "/index.html")) return;
  add(Severity::notice, "serve.web_root", path,
      "has no index.html: the page is not installed there; the API works without it");
}

void FileChecker::add(Severity severity, const std::string& key, const std::string& path, const std::string& what) {
  findings_.push_back({severity, key + ": " + base::printable(path) + ": " + what});
}

bool FileChecker::reach(const NamedFile& file) {
  std::filesystem::path way;
  for (const auto& part : std::filesystem::path(file.path).parent_path()) {
    way /= part;
    const auto status = status_of(way.string());
    if (!status) return true;
    if (!permit(file, way.string(), X_OK)) return false;
  }
  return true;
}

bool FileChecker::permit(const NamedFile& file, const std::string& path, int mode) {
  const int error = access_(path, mode);
  if (error == 0) return true;
  const auto status = status_of(path);
  if (error != EACCES || !status) {
    add(file.severity, file.key, path, std::strerror(error));
    return false;
  }
  // Joining root's group would give away more than the one file.
  const bool group_suffices = (status->st_mode & group_bits(mode)) == group_bits(mode) && status->st_gid != 0;
  const auto remedy = group_suffices
                          ? "usermod -aG " + group_name(status->st_gid) + " " + me() + ", then start Davylamp again"
                          : "setfacl -m u:" + me() + ":" + group_letters(mode) + " " + path + ", or chgrp " + me() +
                                " " + path + " && chmod g+" + group_letters(mode) + " " + path;
  add(file.severity, file.key, path,
      "permission denied for user " + me() + " (" + owner_and_mode(*status) + "); " + remedy);
  return false;
}

}  // namespace davylamp::app
