// The configuration of a WireGuard server as it stands on disk now.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "sources/wireguard/server_config.hpp"

namespace davylamp::wireguard {

class ConfigFile {
 public:
  // `needed`: the operator named the file, so it is missed when it is not there.
  ConfigFile(std::string path, bool needed) : path_(std::move(path)), needed_(needed) {}
  // Reads it again when it changed. True when what it says may be another than before.
  bool refresh();
  const ServerConfig& config() const { return config_; }
  // A sentence; empty while there is nothing to say.
  const std::string& trouble() const { return trouble_; }

 private:
  bool fail(const std::string& what);

  std::string path_;
  bool needed_;
  bool looked_ = false;
  struct stat state_{};
  ServerConfig config_;
  std::string trouble_;
};

}  // namespace davylamp::wireguard
