#include "sources/wireguard/device_reader.hpp"

#include <linux/netlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/result.hpp"
#include "io/netlink.hpp"
#include "io/socket_life.hpp"
#include "sources/wireguard/kernel_decoder.hpp"
#include "sources/wireguard/uapi_decoder.hpp"

namespace davylamp::wireguard {
namespace {

namespace asio = boost::asio;
constexpr auto as_pair = asio::as_tuple(asio::use_awaitable);
constexpr base::Seconds longest{5};
constexpr std::size_t most_answer_bytes = std::size_t{256} * 1024 * 1024;
constexpr std::string_view question = "get=1\n\n";
constexpr unsigned most_intrusions = 3;  // lists that were begun anew because the interface changed meanwhile

constexpr std::size_t read_bytes = std::size_t{64} * 1024;

// A buffer that keys pass through.
class SecretBuffer {
 public:
  SecretBuffer() = default;
  ~SecretBuffer() { ::explicit_bzero(bytes_.data(), bytes_.size()); }
  SecretBuffer(const SecretBuffer&) = delete;
  SecretBuffer& operator=(const SecretBuffer&) = delete;
  char* begin() { return bytes_.data(); }

 private:
  std::array<char, read_bytes> bytes_{};
};

base::Error trouble_at(const std::string& path, const boost::system::error_code& error) {
  namespace errc = boost::system::errc;
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  if (error == errc::no_such_file_or_directory) {
    return {"absent",
            path +
                " is not there: start the userspace WireGuard program that makes it (such as `wireguard-go`), "
                "or correct `socket`"};
  }
  if (error == errc::permission_denied || error == errc::operation_not_permitted) {
    return {"refused", path +
                           " may not be opened: it belongs to root; let davylamp-agent --local read it (collector = "
                           "\"agent\"), see docs/operate/watch-wireguard.md"};
  }
  if (error == errc::connection_refused)
    return {"absent", path + " is left over from a program that has ended: start it again"};
  return {"unreachable", path + " does not answer: " + error.message()};
}

// Failures are returned: `||` waits for a success, and would hide what was thrown.
io::Task<base::Result<void>> exchange(asio::local::stream_protocol::socket& socket, const std::string& path,
                                      Device& device) {
  const auto unreachable = [&](const std::string& what) { return base::fail("unreachable", path + what); };
  const auto [error, sent] =
      co_await asio::async_write(socket, asio::buffer(question.data(), question.size()), as_pair);
  if (error) co_return std::unexpected(trouble_at(path, error));
  const auto buffer = std::make_unique<SecretBuffer>();
  UapiDecoder decoder(device);
  std::size_t held = 0;
  std::size_t total = 0;
  while (!decoder.finished()) {
    const auto [trouble, size] =
        co_await socket.async_read_some(asio::buffer(buffer->begin() + held, read_bytes - held), as_pair);
    if (trouble == asio::error::eof) co_return unreachable(" closed without a whole answer: is it WireGuard's?");
    if (trouble) co_return std::unexpected(trouble_at(path, trouble));
    held += size;
    total += size;
    const auto taken = decoder.take({buffer->begin(), held});
    held -= taken;
    std::memmove(buffer->begin(), buffer->begin() + taken, held);
    if (held > UapiDecoder::most_line_bytes || total > most_answer_bytes)
      co_return unreachable(" answers with something else than WireGuard's state");
  }
  const auto code = decoder.error().value_or(0);
  if (code != 0)
    co_return unreachable(" answers with error " + std::to_string(code) + ": " + std::strerror(std::abs(code)));
  co_return base::Result<void>{};
}

base::Error kernel_trouble(int code, const std::string& interface) {
  if (code == EPERM || code == EACCES) {
    return {"refused",
            "the kernel does not tell this program about WireGuard: it needs CAP_NET_ADMIN; run davylamp-agent --local "
            "(collector = \"agent\"), see docs/operate/watch-wireguard.md"};
  }
  if (code == ENODEV || code == EOPNOTSUPP) {
    return {"absent", "there is no WireGuard interface " + interface + " here: start it (`wg-quick up " + interface +
                          "`), or correct `interface`"};
  }
  return {"unreachable", "the kernel cannot tell about " + interface + ": " + std::strerror(code)};
}

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string text;
  file >> text;
  return text.substr(0, 8);
}

// Reads until `done`; a list that the kernel broke off for want of room is a failure.
template <class Take, class Done>
io::Task<void> read_until(io::Netlink& netlink, Take take, Done done) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(co_await asio::this_coro::executor, longest);
  while (!done()) {
    const auto read = netlink.read([&](std::span<const std::byte> datagram) {
      take(datagram);
      // The socket's own buffer: private and preshared keys were in it.
      ::explicit_bzero(const_cast<std::byte*>(datagram.data()), datagram.size());
    });
    if (read == io::Netlink::Read::overrun)
      throw base::Failure("unreachable", "the kernel's list of WireGuard peers did not fit; it is asked for again");
    if (read == io::Netlink::Read::messages) continue;
    const auto outcome = co_await (netlink.readable() || timer.async_wait(asio::use_awaitable));
    if (outcome.index() == 1) throw base::Failure("unreachable", "the kernel does not answer about WireGuard");
  }
}

}  // namespace

io::Task<DeviceLife> DeviceReader::read(Device& device) const {
  device.clear();
  if (where_.socket) co_return co_await read_socket(*where_.socket, device);
  const auto path = where_.socket_folder + "/" + where_.interface + ".sock";
  struct stat file{};
  if (::stat(path.c_str(), &file) == 0) co_return co_await read_socket(path, device);
  const bool hidden = errno == EACCES;
  try {
    co_return co_await read_kernel(device);
  } catch (const base::Failure& failure) {
    if (!hidden || failure.error().code == "unreachable") throw;
  }
  throw base::Failure("refused", "neither the kernel nor " + path + " tells this program about " + where_.interface +
                                     ": let davylamp-agent --local read it (collector = \"agent\"), see "
                                     "docs/operate/watch-wireguard.md");
}

io::Task<DeviceLife> DeviceReader::read_socket(const std::string& path, Device& device) const {
  using namespace asio::experimental::awaitable_operators;
  if (path.size() > 107) throw base::Failure("absent", path + " is longer than the path of a socket can be");
  const auto executor = co_await asio::this_coro::executor;
  asio::local::stream_protocol::socket socket(executor);
  const auto [error] = co_await socket.async_connect(path, as_pair);
  if (error) throw base::Failure(trouble_at(path, error));
  const auto [epoch, made_at, process_id] = io::life_behind(socket.native_handle(), path);
  asio::steady_timer timer(executor, longest);
  auto outcome = co_await (exchange(socket, path, device) || timer.async_wait(asio::use_awaitable));
  if (outcome.index() == 1) throw base::Failure("unreachable", path + " does not answer within 5 s");
  base::value_or_throw(std::get<0>(std::move(outcome)));
  if (device.interface.empty()) device.interface = where_.interface;
  co_return DeviceLife{epoch, made_at, process_id, path};
}

io::Task<DeviceLife> DeviceReader::read_kernel(Device& device) const {
  const auto& name = where_.interface;
  const auto executor = co_await asio::this_coro::executor;
  io::Netlink netlink(executor, {.protocol = NETLINK_GENERIC, .receive_bytes = std::size_t{1} << 20});
  std::uint32_t sequence = 1;
  netlink.send(family_request(sequence));
  std::optional<FamilyAnswer> family;
  co_await read_until(
      netlink, [&](std::span<const std::byte> datagram) { family = read_family(datagram, sequence); },
      [&] { return family.has_value(); });
  if (!family->family) {
    throw base::Failure("absent", "there is no WireGuard interface " + name + ": this kernel has no WireGuard and " +
                                      where_.socket_folder + "/" + name +
                                      ".sock is not there; start the interface (`wg-quick up " + name +
                                      "`), or correct `interface` or `socket`");
  }
  for (unsigned attempt = 0;; ++attempt) {
    device.clear();
    KernelDecoder decoder(device, ++sequence);
    netlink.send(device_request(*family->family, sequence, name));
    co_await read_until(
        netlink, [&](std::span<const std::byte> datagram) { decoder.take(datagram); },
        [&] { return decoder.finished(); });
    if (decoder.error() != 0) throw base::Failure(kernel_trouble(decoder.error(), name));
    if (device.problems == 0 || attempt + 1 == most_intrusions) break;
  }
  DeviceLife life;
  life.way = "the kernel";
  life.epoch = "kernel-" + boot_id() + "-" + std::to_string(device.interface_index);
  co_return life;
}

}  // namespace davylamp::wireguard
