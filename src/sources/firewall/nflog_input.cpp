#include <linux/netlink.h>

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include "base/text.hpp"
#include "io/netlink.hpp"
#include "sources/firewall/input.hpp"
#include "sources/firewall/nflog_message.hpp"

namespace davylamp::firewall {
namespace {

constexpr std::size_t receive_bytes = 16 * 1024 * 1024;
// The kernel gathers packets in buffers of half this size.
constexpr std::size_t read_bytes = 256 * 1024;
constexpr std::chrono::hours believable{1};

std::string name_of(std::uint16_t group) {
  return "NFLOG group " + std::to_string(group);
}

// The kernel says EPERM both for a group that another socket has and for a missing capability; it lists the groups that
// are taken (as far as this program may read that).
bool is_taken(std::uint16_t group) {
  std::ifstream groups("/proc/thread-self/net/netfilter/nfnetlink_log");
  for (std::string line; std::getline(groups, line);) {
    const auto text = base::trim(line);
    if (base::parse_number<std::uint16_t>(text.substr(0, text.find(' '))) == group) return true;
  }
  return false;
}

[[noreturn]] void fail(std::uint16_t group, int error) {
  if (error == EBUSY || (error == EPERM && is_taken(group))) {
    throw base::Failure("busy", name_of(group) +
                                    " is read by another program (ulogd, perhaps): a group has one reader; give the "
                                    "rules and nflog_group another number");
  }
  const bool refused = error == EPERM || error == EACCES;
  throw base::Failure(refused ? "refused" : "nflog",
                      name_of(group) + " cannot be read: " + std::strerror(error) +
                          (refused ? "; the program that collects needs the capability CAP_NET_ADMIN, and no other "
                                     "program may read the group"
                                   : "; the kernel needs the module nfnetlink_log"));
}

class NflogInput : public Input {
 public:
  NflogInput(std::uint16_t group, AttemptIntake& intake, const base::Clock& clock)
      : group_(group), intake_(intake), clock_(clock) {}

  std::string_view kind() const override { return "nflog"; }
  bool looks() const override { return looks_; }
  std::string text() const override {
    return "reads " + name_of(group_) + ": " + std::to_string(packets_) + " packets so far" +
           (gaps_.lost() > 0 ? ", " + std::to_string(gaps_.lost()) + " lost for want of room" : "");
  }

  io::Task<void> run() override {
    looks_ = false;
    gaps_.begin_anew();
    const auto executor = co_await boost::asio::this_coro::executor;
    io::Netlink::Options options;
    options.protocol = NETLINK_NETFILTER;
    options.receive_bytes = receive_bytes;
    options.read_bytes = read_bytes;
    io::Netlink socket(executor, options);
    for (const auto& request : {bind_request(group_), mode_request(group_, {})}) {
      answer_.reset();
      socket.send(request);
      while (!answer_) {
        co_await socket.readable();
        read(socket);
      }
      if (*answer_ != 0) fail(group_, *answer_);
    }
    looks_ = true;
    for (;;) {
      co_await socket.readable();
      read(socket);
    }
  }

  std::vector<model::Loss> losses() const override {
    return {{"nflog_packets_lost", gaps_.lost(),
             "packets that " + name_of(group_) + " could not tell of for want of room, by the gaps in their numbers"},
            {"nflog_buffer_full", overruns_, "times that the buffer of " + name_of(group_) + " was full"}};
  }

 private:
  void read(io::Netlink& socket) {
    const auto now = clock_.now();
    const auto outcome = socket.read(
        [&](std::span<const std::byte> datagram) {
          const auto counts = read_nflog(datagram, [&](const NflogPacket& found) { take(found, now); });
          if (counts.error) answer_ = counts.error;
          intake_.count_unreadable(counts.unreadable);
          packets_ += counts.packets;
        },
        16);
    if (outcome == io::Netlink::Read::overrun) ++overruns_;
  }

  void take(const NflogPacket& found, base::Time now) {
    if (found.sequence) gaps_.note(*found.sequence);
    if (!found.readable) return;
    const bool believed = found.at && *found.at > now - believable && *found.at < now + believable;
    intake_.take_packet(found.packet, found.in_index != 0 || found.out_index == 0, believed ? *found.at : now, now);
  }

  std::uint16_t group_;
  AttemptIntake& intake_;
  const base::Clock& clock_;
  SequenceGaps gaps_;
  std::optional<int> answer_;
  std::uint64_t packets_ = 0;
  std::uint64_t overruns_ = 0;
  bool looks_ = false;
};

}  // namespace

std::unique_ptr<Input> make_nflog_input(std::uint16_t group, AttemptIntake& intake, const base::Clock& clock) {
  return std::make_unique<NflogInput>(group, intake, clock);
}

}  // namespace davylamp::firewall
