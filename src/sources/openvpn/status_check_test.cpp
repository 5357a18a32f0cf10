#include "sources/openvpn/status_check.hpp"
#include "base/testing/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace davylamp::openvpn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const base::Time made = base::from_unix_seconds(1'795'232'049);

class StatusCheckTest : public testing::Test {
 protected:
  StatusCheckTest() { path = folder_ + "/status"; }
  void write(int clients, base::Time at) const {
    std::ofstream file(path);
    file << "TITLE\tOpenVPN 2.6.14 x\nTIME\t2026-11-21 03:34:09\t" << base::to_unix_seconds(at)
         << "\nHEADER\tCLIENT_LIST\tCommon Name\tReal Address\tVirtual Address\tBytes Received\tBytes Sent\tConnected "
            "Since\tConnected Since (time_t)\tUsername\tClient ID\tPeer ID\n";
    for (int i = 0; i < clients; ++i) {
      file << "CLIENT_LIST\tanna" << i << "\t10.99.1.2:" << 30'000 + i << "\t10.8.0." << 2 + i
           << "\t1\t1\t2026-11-21 03:33:40\t1795232020\tUNDEF\t" << i << "\t" << i << "\n";
    }
    file << "HEADER\tROUTING_TABLE\tVirtual Address\tCommon Name\tReal Address\tLast Ref\tLast Ref (time_t)\n"
            "GLOBAL_STATS\tMax bcast/mcast queue length\t0\nEND\n";
  }
  std::vector<std::string> look(std::uint64_t sessions, base::Time at) {
    model::ServerFacts facts;
    check->look(facts, sessions, at);
    return facts.warnings;
  }

  base::TemporaryDirectory temporary_;
  std::string folder_ = temporary_.path();
  std::string path;
  std::unique_ptr<StatusCheck> check;
};

}  // namespace

TEST_F(StatusCheckTest, SaysNothingWhileBothAgree) {
  write(3, made);
  check = std::make_unique<StatusCheck>(path);
  for (int i = 0; i < 15; ++i) EXPECT_THAT(look(3, made + base::Seconds{10 * i}), IsEmpty());
}

TEST_F(StatusCheckTest, SaysADifferenceThatStays) {
  write(3, made);
  check = std::make_unique<StatusCheck>(path);
  for (int i = 0; i < 5; ++i) EXPECT_THAT(look(4, made + base::Seconds{10 * i}), IsEmpty()) << "one may just have come";
  EXPECT_THAT(look(4, made + base::Seconds{50}),
              ElementsAre(HasSubstr("lists 3 sessions, the management interface 4")));
  write(4, made + base::Seconds{60});
  EXPECT_THAT(look(4, made + base::Seconds{60}), IsEmpty());
}

TEST_F(StatusCheckTest, SaysWhatIsWrongWithTheFile) {
  check = std::make_unique<StatusCheck>(path);
  EXPECT_THAT(look(3, made), ElementsAre(HasSubstr("cannot read the status file")));
  std::ofstream(path) << "";
  EXPECT_THAT(look(3, made + base::Seconds{10}), ElementsAre(HasSubstr("is empty")));
  write(3, made + base::Seconds{20});
  EXPECT_THAT(look(3, made + base::Seconds{20}), IsEmpty());
  EXPECT_THAT(look(3, made + base::Seconds{2'000}), ElementsAre(HasSubstr("not written any more")));
}

}  // namespace davylamp::openvpn
