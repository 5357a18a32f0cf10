#include "sources/openvpn/status_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace davylamp::openvpn {
namespace {

class Collector final : public StatusVisitor {
 public:
  void client(const ClientRow& row) override { clients.push_back(row); }
  void route(const RouteRow& row) override { routes.push_back(row); }
  void statistic(std::string_view name, std::uint64_t value) override {
    statistics.emplace_back(std::string(name), value);
  }
  void problem(const StatusProblem& problem) override { problems.push_back(problem); }
  std::string first_problem() const { return problems.empty() ? "" : problems.front().what; }

  std::vector<ClientRow> clients;
  std::vector<RouteRow> routes;
  std::vector<std::pair<std::string, std::uint64_t>> statistics;
  std::vector<StatusProblem> problems;
};

// Texts are written with `|` between the fields and `;` between the lines.
std::string text_of(std::string_view pattern, char separator, std::string_view line_end = "\n") {
  std::string text;
  for (const char symbol : pattern) {
    if (symbol == '|') {
      text += separator;
    } else if (symbol == ';') {
      text += line_end;
    } else {
      text += symbol;
    }
  }
  return text;
}

constexpr std::string_view head =
    "TITLE|OpenVPN 2.6.3 x86_64 [SSL];TIME|2031-02-03 04:05:06|1927857906;"
    "HEADER|CLIENT_LIST|Common Name|Real Address|Virtual Address|Virtual IPv6 Address|Bytes Received|Bytes "
    "Sent|Connected Since|"
    "Connected Since (time_t)|Username|Client ID|Peer ID|Data Channel Cipher;";
constexpr std::string_view mara =
    "CLIENT_LIST|mara|192.0.2.10:5001|10.9.0.2|fd0a::2|1000|2000|2031-02-03 04:00:00|1927857600|UNDEF|7|3|AES-256-GCM;";
constexpr std::string_view route_head =
    "HEADER|ROUTING_TABLE|Virtual Address|Common Name|Real Address|Last Ref|Last Ref (time_t);";
constexpr std::string_view mara_route = "ROUTING_TABLE|10.9.0.2|mara|192.0.2.10:5001|2031-02-03 04:05:00|1927857900;";
constexpr std::string_view tail = "GLOBAL_STATS|Max bcast/mcast queue length|0;GLOBAL_STATS|dco_enabled|1;END;";

std::string join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

TEST(StatusReader, ReadsVersion3) {
  const std::string text = text_of(join({head, mara, route_head, mara_route, tail}), '\t');
  Collector found;
  const StatusSummary summary = read_status(text, found);
  EXPECT_EQ(summary.format, StatusFormat::version3);
  EXPECT_EQ(summary.version, "2.6.3");
  EXPECT_EQ(summary.made_at, 1927857906);
  EXPECT_EQ(summary.dco_enabled, true);
  EXPECT_TRUE(summary.complete);
  ASSERT_EQ(found.clients.size(), 1U);
  const ClientRow& row = found.clients[0];
  EXPECT_EQ(row.common_name, "mara");
  EXPECT_EQ(row.real_address, "192.0.2.10:5001");
  EXPECT_EQ(row.virtual_address, "10.9.0.2");
  EXPECT_EQ(row.virtual_address6, "fd0a::2");
  EXPECT_EQ(row.rx_bytes, 1000U);
  EXPECT_EQ(row.tx_bytes, 2000U);
  EXPECT_EQ(row.connected_at, 1927857600);
  EXPECT_EQ(row.client_id, 7U);
  EXPECT_EQ(row.peer_id, 3U);
  EXPECT_EQ(row.cipher, "AES-256-GCM");
  EXPECT_EQ(row.line, 4U);
  ASSERT_EQ(found.routes.size(), 1U);
  EXPECT_EQ(found.routes[0].virtual_address, "10.9.0.2");
  EXPECT_EQ(found.routes[0].last_ref_at, 1927857900);
}

TEST(StatusReader, Version2AndLineEndsMakeNoDifference) {
  for (const char separator : {',', '\t'}) {
    for (const std::string_view line_end : {"\n", "\r\n"}) {
      std::string text = text_of(join({head, mara, route_head, mara_route, tail}), separator, line_end);
      for (const bool last_line_ends : {true, false}) {
        if (!last_line_ends) text.resize(text.size() - line_end.size());
        Collector found;
        const StatusSummary summary = read_status(text, found);
        EXPECT_TRUE(summary.complete) << found.first_problem();
        EXPECT_EQ(summary.rx_bytes, 1000U);
        EXPECT_EQ(found.clients.at(0).cipher, "AES-256-GCM");
      }
    }
  }
}

TEST(StatusReader, MapsColumnsByNameNotByPlace) {
  const std::string text = text_of(join({"TITLE|OpenVPN 2.9;TIME|2031-02-03 04:05:06|1;HEADER|CLIENT_LIST|Bytes "
                                         "Sent|Shoe Size|Client ID|Common Name|Bytes Received|Real "
                                         "Address;CLIENT_LIST|5|44|9|mara|6|192.0.2.1:7;",
                                         route_head, tail}),
                                   '\t');
  Collector found;
  EXPECT_TRUE(read_status(text, found).complete) << found.first_problem();
  ASSERT_EQ(found.clients.size(), 1U);
  EXPECT_EQ(found.clients[0].common_name, "mara");
  EXPECT_EQ(found.clients[0].rx_bytes, 6U);
  EXPECT_EQ(found.clients[0].tx_bytes, 5U);
  EXPECT_EQ(found.clients[0].client_id, 9U);
}

TEST(StatusReader, ReadsVersion1WithEitherDateAndCommasInNames) {
  const std::string text =
      "OpenVPN CLIENT LIST\nUpdated,2031-02-03 04:05:06\nCommon Name,Real Address,Bytes Received,Bytes Sent,Connected "
      "Since\n"
      "Ray, Ann \"ops\",192.0.2.10:5001,1,2,2031-02-03 04:00:00\noslo,2001:db8::7,3,4,Mon Feb  3 04:00:00 2031\n"
      "ROUTING TABLE\nVirtual Address,Common Name,Real Address,Last Ref\n10.9.0.2,Ray, Ann "
      "\"ops\",192.0.2.10:5001,2031-02-03 04:05:00\n"
      "GLOBAL STATS\nMax bcast/mcast queue length,8\nEND\n";
  Collector found;
  const StatusSummary summary = read_status(text, found);
  EXPECT_TRUE(summary.complete) << found.first_problem();
  EXPECT_EQ(summary.format, StatusFormat::version1);
  ASSERT_EQ(found.clients.size(), 2U);
  EXPECT_EQ(found.clients[0].common_name, "Ray, Ann \"ops\"");
  EXPECT_EQ(found.clients[1].real_address, "2001:db8::7");
  EXPECT_EQ(found.routes.at(0).common_name, "Ray, Ann \"ops\"");
}

TEST(StatusReader, FindsTheOneWayToReadCommasInNameAndUsername) {
  const std::string text = text_of(
      join({head, "CLIENT_LIST|a, b|udp4:192.0.2.10:5001|||1|2|2031-02-03 04:00:00|1927857600|x,y,\"z|7|3|AES-256-GCM;",
            route_head, tail}),
      ',');
  Collector found;
  EXPECT_TRUE(read_status(text, found).complete) << found.first_problem();
  ASSERT_EQ(found.clients.size(), 1U);
  EXPECT_EQ(found.clients[0].common_name, "a, b");
  EXPECT_EQ(found.clients[0].username, "x,y,\"z");
  EXPECT_EQ(found.clients[0].client_id, 7U);
}

TEST(StatusReader, ARowThatCanBeReadTwoWaysIsAProblemNotAGuess) {
  // The username repeats a whole middle part: both halves look like the columns.
  const std::string middle = "192.0.2.9:1,10.9.0.9,,5,6,2031-02-03 04:00:00,1927857600";
  const std::string text = text_of(join({head}), ',') + "CLIENT_LIST,mara," + middle + ",x," + middle +
                           ",y,7,3,AES-256-GCM\n" + text_of(join({route_head, tail}), ',');
  Collector found;
  const StatusSummary summary = read_status(text, found);
  EXPECT_EQ(summary.clients, 0U);
  EXPECT_FALSE(summary.complete);
  EXPECT_NE(found.first_problem().find("ambiguous"), std::string::npos) << found.first_problem();
}

TEST(StatusReader, BadRowsAreProblemsAndGoodRowsAreKept) {
  const std::string text = text_of(
      join({head, "CLIENT_LIST|short|192.0.2.1:1;", "CLIENT_LIST|x|192.0.2.1:1|||many|2|2031-02-03 04:00:00|1|u|1|1|c;",
            mara, "CLIENT_LIST|x|192.0.2.1:1|||1|99999999999999999999|2031-02-03 04:00:00|1|u|1|1|c;",
            "CLIENT_LIST|x|192.0.2.1:1|||1|-2|2031-02-03 04:00:00|1|u|1|1|c;", route_head, tail}),
      '\t');
  Collector found;
  const StatusSummary summary = read_status(text, found);
  EXPECT_EQ(summary.clients, 1U);
  EXPECT_EQ(summary.rx_bytes, 1000U);
  EXPECT_FALSE(summary.complete);
  ASSERT_EQ(found.problems.size(), 4U);
  EXPECT_EQ(found.problems[0].line, 4U);
  EXPECT_EQ(found.problems[1].what, "Bytes Received is not a number");
  EXPECT_EQ(found.problems[2].what, "Bytes Sent is not a number");
  EXPECT_EQ(found.problems[3].line, 8U);
}

TEST(StatusReader, CountersUseAll64BitsAndSumsSaturate) {
  const std::string row = "CLIENT_LIST|x|192.0.2.1:1|||18446744073709551615|1|2031-02-03 04:00:00|1|u|";
  const std::string text = text_of(join({head, row, "1|1|c;", row, "2|1|c;", route_head, tail}), '\t');
  Collector found;
  const StatusSummary summary = read_status(text, found);
  EXPECT_EQ(found.clients.at(0).rx_bytes, 18446744073709551615ULL);
  EXPECT_EQ(summary.rx_bytes, 18446744073709551615ULL);
  EXPECT_EQ(summary.tx_bytes, 2U);
}

struct Tear {
  std::string name;
  std::string text;
};
class TornTexts : public ::testing::TestWithParam<Tear> {};

TEST_P(TornTexts, AreNotComplete) {
  const std::string text = text_of(GetParam().text, '\t');
  Collector found;
  EXPECT_FALSE(read_status(text, found).complete);
  EXPECT_FALSE(found.problems.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, TornTexts,
    ::testing::Values(Tear{"no_end", join({head, mara, route_head, "GLOBAL_STATS|x|0;"})},
                      Tear{"two_ends", join({head, mara, route_head, tail, "END;"})},
                      Tear{"rest_of_an_older_text", join({head, mara, route_head, tail, "30|1927857900;END;"})},
                      Tear{"row_behind_end", join({head, route_head, tail, mara})},
                      Tear{"client_id_twice", join({head, mara, mara, route_head, tail})},
                      Tear{"title_missing", join({"TIME|2031-02-03 04:05:06|1;", mara, route_head, tail})},
                      Tear{"title_late", join({"GLOBAL_STATS|x|0;", head, mara, route_head, tail})},
                      Tear{"two_titles", join({head, mara, head, route_head, tail})},
                      Tear{"no_routing_table", join({head, mara, tail})},
                      Tear{"half_a_line", join({head, mara, "92.0.2.10:5001|10.9.0.2;", route_head, tail})},
                      Tear{"empty_line", join({head, ";", mara, route_head, tail})},
                      Tear{"more_columns", join({head, "CLIENT_LIST|a|b|", mara.substr(12), route_head, tail})}),
    [](const auto& tear) { return tear.param.name; });

TEST(StatusReader, EmptyAndForeignTextsHaveNoFormat) {
  for (const std::string text : {"", "\n", "This is something else\n", "mara,192.0.2.1:5,1,2,2031-02-03 04:00:00\n"}) {
    Collector found;
    const StatusSummary summary = read_status(text, found);
    EXPECT_EQ(summary.format, StatusFormat::unknown) << text;
    EXPECT_FALSE(summary.complete);
  }
}

TEST(StatusReader, NotificationsBetweenTheRowsAreCountedNotComplainedAbout) {
  const std::string text = text_of(join({">INFO:hello;", head, ">BYTECOUNT_CLI:1,2,3;", mara, route_head, ">LOG:1,D,x;",
                                         mara_route, tail, ">STATE:1,EXITING,,;"}),
                                   '\t');
  Collector found;
  const StatusSummary summary = read_status(text, found);
  EXPECT_TRUE(summary.complete) << found.first_problem();
  EXPECT_EQ(summary.asynchronous_lines, 4U);
}

TEST(StatusReader, ANameMayBeginLikeANotification) {
  const std::string text =
      "OpenVPN CLIENT LIST\nUpdated,2031-02-03 04:05:06\nCommon Name,Real Address,Bytes Received,Bytes Sent,Connected "
      "Since\n"
      ">STATE:1,CONNECTED,SUCCESS,10.9.0.1,,1194,,\n>mara,192.0.2.10:5001,1,2,2031-02-03 04:00:00\n"
      "ROUTING TABLE\nVirtual Address,Common Name,Real Address,Last Ref\nGLOBAL STATS\nMax bcast/mcast queue "
      "length,8\nEND\n";
  Collector found;
  EXPECT_TRUE(read_status(text, found).complete) << found.first_problem();
  ASSERT_EQ(found.clients.size(), 1U);
  EXPECT_EQ(found.clients[0].common_name, ">mara");
}

TEST(StatusReader, RowsWithoutHeaderAreReadByTheirNumberOfColumns) {
  for (const auto& [row, client_id] : std::vector<std::pair<std::string, bool>>{
           {"CLIENT_LIST|a|192.0.2.1:1|10.9.0.2|1|2|Mon Feb  3 04:00:00 2031|5;", false},
           {"CLIENT_LIST|a|192.0.2.1:1|10.9.0.2|1|2|Mon Feb  3 04:00:00 2031|5|u;", false},
           {"CLIENT_LIST|a|192.0.2.1:1|10.9.0.2||1|2|Mon Feb  3 04:00:00 2031|5|u|0|0;", true},
           {"CLIENT_LIST|a|192.0.2.1:1|10.9.0.2||1|2|2031-02-03 04:00:00|5|u|0|0|c;", true}}) {
    const std::string text = text_of(row, ',');
    Collector found;
    EXPECT_FALSE(read_status(text, found).complete);
    ASSERT_EQ(found.clients.size(), 1U) << row;
    EXPECT_EQ(found.clients[0].tx_bytes, 2U);
    EXPECT_EQ(found.clients[0].client_id.has_value(), client_id);
  }
}

TEST(StatusReader, ReadsTheStatisticsOfAClient) {
  const std::string text =
      "OpenVPN STATISTICS\r\nUpdated,2031-02-03 04:05:06\r\nTUN/TAP read bytes,153789941\r\nAuth read "
      "bytes,0\r\nEND\r\n";
  Collector found;
  const StatusSummary summary = read_status(text, found);
  EXPECT_EQ(summary.format, StatusFormat::statistics);
  EXPECT_TRUE(summary.complete);
  ASSERT_EQ(found.statistics.size(), 2U);
  EXPECT_EQ(found.statistics[0].second, 153789941U);
}

TEST(StatusReader, ToleratesTheCountersThatSomeBuildsAppend) {
  const std::string text =
      text_of(join({head, mara, route_head, tail}), ',') + "HEADER,ERRORS,Common Name,TUN Read Trunc\nERRORS,mara,0\n";
  Collector found;
  EXPECT_TRUE(read_status(text, found).complete) << found.first_problem();
}

}  // namespace
}  // namespace davylamp::openvpn
