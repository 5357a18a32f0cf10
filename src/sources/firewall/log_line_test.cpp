#include "sources/firewall/log_line.hpp"

#include <gtest/gtest.h>

namespace davylamp::firewall {
namespace {

const base::Time now = base::from_unix_seconds(1'795'233'600);  // 2026-11-21 04:00:00 UTC

std::optional<std::int64_t> seconds_of(std::string_view text) {
  const auto line = read_log_line(text);
  if (!line.time) return std::nullopt;
  const auto at = to_time(*line.time, now, base::from_unix_seconds(1'795'000'000));
  if (!at) return std::nullopt;
  return base::to_unix_seconds(*at);
}

TEST(LogLine, TellsHostProgramAndMessage) {
  struct Case {
    std::string text, host, program, message;
  };
  for (const auto& [text, host, program, message] : std::vector<Case>{
           {"<34>Oct 11 22:14:15 mymachine su: 'su root' failed", "mymachine", "su", "'su root' failed"},
           {"Apr 25 10:57:36 hostname ovpn-server[901]: hello: x", "hostname", "ovpn-server", "hello: x"},
           {"Apr 25 11:19:00 ovpn-server[13818]: hello", "", "ovpn-server", "hello"},
           {"2026-11-21T03:58:42Z h kernel: m", "h", "kernel", "m"},
           {"<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's", "192.0.2.1", "myproc",
            "%% It's"},
           {"<190>1 2003-10-11T22:14:15.003Z host app - ID47 [a@1 x=\"10\\] 11\"][b@1 y=\"z\"] BOM", "host", "app",
            "BOM"},
           {"2026-11-21 03:58:42 192.0.2.1:45321 TLS Error: x", "", "", "192.0.2.1:45321 TLS Error: x"},
           {"2026-11-21 03:58:42 anna/192.0.2.1:5 AUTH: x", "", "", "anna/192.0.2.1:5 AUTH: x"},
           {"Tue Aug 12 08:26:30 2025 us=340080 192.0.2.12:65244 Incoming", "", "", "192.0.2.12:65244 Incoming"},
           {"2026-11-21 03:58:42 us=1 host openvpn[3]: m", "host", "openvpn", "m"},
           {"[ 2712.404686] m", "", "", "m"},
           {"no envelope at all", "", "", "no envelope at all"}}) {
    const auto line = read_log_line(text);
    EXPECT_EQ(line.host, host) << text;
    EXPECT_EQ(line.program, program) << text;
    EXPECT_EQ(line.message, message) << text;
  }
}

TEST(LogLine, TellsTimesWithAZone) {
  EXPECT_EQ(seconds_of("2026-11-21T03:58:42Z h k: m"), 1'795'233'522);
  EXPECT_EQ(seconds_of("2026-11-21T05:58:42.5+02:00 h k: m"), 1'795'233'522);
  EXPECT_EQ(seconds_of("<4>1 2026-11-20T21:58:42-06:00 h k - - - m"), 1'795'233'522);
  EXPECT_EQ(seconds_of("Sat 2026-11-21 03:58:42 UTC h kernel: m"), 1'795'233'522);
  EXPECT_EQ(seconds_of("1795233522.340080 h kernel: m"), 1'795'233'522);
  EXPECT_EQ(seconds_of("4,7,100500000,-;m"), 1'795'000'100);
  EXPECT_EQ(seconds_of("[  100.5] m"), 1'795'000'100);
  EXPECT_EQ(seconds_of("nothing"), std::nullopt);
}

TEST(LogLine, TakesTheLatestYearThatIsNotAhead) {
  const auto day = [](std::string_view text) { return *seconds_of(text) / 86'400; };
  EXPECT_EQ(day("Nov 20 12:00:00 h k: m"), 1'795'176'000 / 86'400);
  EXPECT_EQ(day("Dec 24 12:00:00 h k: m"), (1'798'113'600 - 365 * 86'400) / 86'400);
}

TEST(LogLine, ReadsKernelRecords) {
  const auto line = read_log_line("4,1811,2712404686,-,caller=T1;[VPN-CONN] IN=tun0\n SUBSYSTEM=net\n");
  EXPECT_TRUE(line.kernel_record);
  EXPECT_EQ(line.sequence, 1'811U);
  EXPECT_EQ(line.program, "kernel");
  EXPECT_EQ(line.message, "[VPN-CONN] IN=tun0");
  EXPECT_NE(read_log_line("12,1811,2712404686,-;IN=forged").program, "kernel");
}

TEST(LogLine, GathersEntriesOfAJournalExport) {
  JournalEntries entries;
  EXPECT_EQ(entries.next("a plain line"), "a plain line");
  for (const auto* field : {"__CURSOR=s=1", "__REALTIME_TIMESTAMP=1795233522340080", "_HOSTNAME=h",
                            "SYSLOG_IDENTIFIER=kernel", "MESSAGE=IN=eth0 OUT="})
    EXPECT_FALSE(entries.next(field)) << field;
  const auto whole = entries.next("");
  ASSERT_TRUE(whole);
  const auto line = read_log_line(*whole);
  EXPECT_EQ(line.program, "kernel");
  EXPECT_EQ(line.host, "h");
  EXPECT_EQ(line.message, "IN=eth0 OUT=");
  EXPECT_EQ(base::to_unix_seconds(*line.time->unix_time), 1'795'233'522);
  const auto json = entries.next(
      R"({"MESSAGE":"IN=a OUT=","__REALTIME_TIMESTAMP":"1795233522340080","SYSLOG_IDENTIFIER":"kernel","_HOSTNAME":"h"})");
  ASSERT_TRUE(json);
  EXPECT_EQ(read_log_line(*json).message, "IN=a OUT=");
  EXPECT_EQ(entries.next("{\"other\":1}"), "{\"other\":1}");
}

}  // namespace
}  // namespace davylamp::firewall
