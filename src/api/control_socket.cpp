#include "api/control_socket.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "base/text.hpp"

namespace davylamp::api {
namespace {

constexpr mode_t owner_only = 0600;

}  // namespace

std::optional<std::string> local_account(uid_t caller, uid_t own) {
  if (caller != 0 && caller != own) return std::nullopt;
  std::array<char, 4096> space{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(caller, &entry, space.data(), space.size(), &found) == 0 && found != nullptr) {
    return "local:" + base::printable(found->pw_name);
  }
  return "local:" + std::to_string(caller);
}

ControlSocket::ControlSocket(const boost::asio::any_io_executor& executor, std::filesystem::path path)
    : acceptor_(executor, std::move(path), owner_only) {}

std::optional<std::string> ControlSocket::account_of(Protocol::socket& socket) {
  const auto peer = io::peer_process(socket);
  return peer ? local_account(peer->user, ::geteuid()) : std::nullopt;
}

}  // namespace davylamp::api
