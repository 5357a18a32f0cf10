#include "sources/openvpn/attachment.hpp"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/testing/temporary_directory.hpp"
#include "io/system_clock.hpp"
#include "io/task_scope.hpp"

namespace davylamp::openvpn {
namespace {

namespace asio = boost::asio;

const std::string listing =
    "TITLE\tOpenVPN 2.6.14 x86_64-pc-linux-gnu\r\nTIME\t2026-11-21 03:34:09\t1795232049\r\n"
    "HEADER\tCLIENT_LIST\tCommon Name\tReal Address\tVirtual Address\tVirtual IPv6 Address\tBytes Received\tBytes "
    "Sent\tConnected Since\tConnected Since (time_t)\tUsername\tClient ID\tPeer ID\tData Channel Cipher\r\n"
    "CLIENT_LIST\talice\t198.51.100.7:40000\t10.8.0.2\t\t5000\t9000\t2026-11-21 "
    "03:33:40\t1795232020\tUNDEF\t0\t0\tAES-256-GCM\r\n"
    "HEADER\tROUTING_TABLE\tVirtual Address\tCommon Name\tReal Address\tLast Ref\tLast Ref (time_t)\r\n"
    "GLOBAL_STATS\tMax bcast/mcast queue length\t0\r\nEND\r\n";

// A server that answers everything in one piece with what it says right behind the answer.
class TalkingServer {
 public:
  TalkingServer(asio::io_context& context, const std::string& path) : acceptor_(context, path), socket_(context) {}

  io::Task<void> run() {
    socket_ = co_await acceptor_.async_accept(asio::use_awaitable);
    co_await say(">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n");
    std::string line;
    for (;;) {
      const auto size = co_await asio::async_read_until(socket_, asio::dynamic_buffer(line), '\n', asio::use_awaitable);
      const auto command = line.substr(0, size - 1);
      line.erase(0, size);
      co_await say(answer(command));
    }
  }

 private:
  io::Task<void> say(std::string text) { co_await asio::async_write(socket_, asio::buffer(text), asio::use_awaitable); }
  std::string answer(const std::string& command) {
    if (command == "status 3") return listing + (++listings_ > 1 ? ">BYTECOUNT_CLI:0,6000,9500\r\n" : "");
    if (command == "version") return "OpenVPN Version: OpenVPN 2.6.14\r\nManagement Version: 5\r\nEND\r\n";
    if (command == "state") return "1795232010,CONNECTED,SUCCESS,10.8.0.1,,,,\r\nEND\r\n";
    return "SUCCESS: pid=6201\r\n";
  }

  asio::local::stream_protocol::acceptor acceptor_;
  asio::local::stream_protocol::socket socket_;
  int listings_ = 0;
};

struct Counted : contract::ObservationSink {
  void emit(base::Time, model::Fact fact) override {
    if (const auto* seen = std::get_if<model::PeerSeen>(&fact)) rx_bytes.push_back(seen->counters.rx_bytes);
  }
  std::vector<std::uint64_t> rx_bytes;
};

}  // namespace

// Else the listing would seem to take back what the byte count told, and be counted as a loss.
TEST(Attachment, AByteCountRightBehindAListingIsToldAfterIt) {
  const base::TemporaryDirectory folder;
  asio::io_context context;
  TalkingServer server(context, folder.file("m.sock"));
  const io::SystemClock clock;
  Config config;
  config.name = "udp";
  config.management = folder.file("m.sock");
  config.poll_seconds = 0.01;
  const auto source = make_source(config, clock);
  Counted counted;
  io::TaskScope scope(context.get_executor(), {});
  scope.spawn("server", server.run());
  scope.spawn("source", source->run(counted));
  for (int turn = 0; turn < 1'000 && counted.rx_bytes.size() < 3; ++turn) {
    context.restart();
    context.run_for(std::chrono::milliseconds(10));
  }
  scope.cancel();
  context.restart();
  context.run();
  ASSERT_GE(counted.rx_bytes.size(), 3U);
  counted.rx_bytes.resize(3);
  EXPECT_EQ(counted.rx_bytes, (std::vector<std::uint64_t>{5'000, 5'000, 6'000}));
}

}  // namespace davylamp::openvpn
