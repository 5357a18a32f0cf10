#include "io/socket_life.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

namespace davylamp::io {

SocketLife life_behind(int socket, const std::string& path) {
  SocketLife life;
  ucred peer{};
  socklen_t size = sizeof peer;
  const bool known = ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid > 0;
  if (known) life.process_id = static_cast<std::uint32_t>(peer.pid);
  struct stat file{};
  std::int64_t made = 0;
  if (::stat(path.c_str(), &file) == 0) {
    made = static_cast<std::int64_t>(file.st_mtim.tv_sec) * 1000 + file.st_mtim.tv_nsec / 1'000'000;
    life.made_at = base::Time{base::Milliseconds{made}};
  }
  life.epoch = std::to_string(known ? peer.pid : 0) + "-" + std::to_string(made);
  return life;
}

}  // namespace davylamp::io
