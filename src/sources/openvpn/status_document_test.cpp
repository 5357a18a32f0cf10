#include "sources/openvpn/status_document.hpp"

#include <gtest/gtest.h>

#include <string>

namespace davylamp::openvpn {
namespace {

constexpr ServerZone utc{std::chrono::seconds{0}};

std::string version2(const std::string& clients, const std::string& routes) {
  return "TITLE,OpenVPN 2.6.3\nTIME,2031-02-03 04:05:06,1927857906\nHEADER,CLIENT_LIST,Common Name,Real "
         "Address,Virtual Address,Virtual "
         "IPv6 Address,Bytes Received,Bytes Sent,Connected Since,Connected Since (time_t),Username,Client ID,Peer "
         "ID,Data Channel Cipher\n" +
         clients + "HEADER,ROUTING_TABLE,Virtual Address,Common Name,Real Address,Last Ref,Last Ref (time_t)\n" +
         routes + "GLOBAL_STATS,Max bcast/mcast queue length,0\nEND\n";
}

std::string version1(const std::string& clients, const std::string& routes) {
  return "OpenVPN CLIENT LIST\nUpdated,2031-02-03 04:05:06\nCommon Name,Real Address,Bytes Received,Bytes "
         "Sent,Connected Since\n" +
         clients + "ROUTING TABLE\nVirtual Address,Common Name,Real Address,Last Ref\n" + routes +
         "GLOBAL STATS\nMax bcast/mcast queue length,0\nEND\n";
}

struct Client {
  std::string name = "mara";
  std::string real = "192.0.2.10:5001";
  std::string virtual_address = "10.9.0.2";
  std::string bytes = "3000,4000";
  std::string username = "UNDEF";
  std::string ids = "1,1";
};

std::string row(const Client& client) {
  return "CLIENT_LIST," + client.name + "," + client.real + "," + client.virtual_address + ",," + client.bytes +
         ",2031-02-03 04:00:00,1927857600," + client.username + "," + client.ids + ",AES-256-GCM\n";
}

std::string route(const std::string& address, const std::string& name = "mara",
                  const std::string& real = "192.0.2.10:5001") {
  return "ROUTING_TABLE," + address + "," + name + "," + real + ",2031-02-03 04:05:00,1927857900\n";
}

StatusClient first_client(const std::string& text) {
  const StatusDocument document = read_status_document(text, utc);
  EXPECT_TRUE(document.summary.complete);
  StatusClient client = document.clients.at(0);
  return client;
}

TEST(StatusDocument, AnAuthenticatedClientIsASession) {
  const std::string text = version2(row({}), route("10.9.0.2"));
  const StatusClient client = first_client(text);
  EXPECT_TRUE(client.session);
  EXPECT_EQ(client.username, std::nullopt);
  EXPECT_EQ(client.connected_at, 1927857600);
}

TEST(StatusDocument, HandshakesAndWaitingLoginsAreNoSessions) {
  EXPECT_FALSE(first_client(version2(row({.name = "UNDEF", .virtual_address = "", .bytes = "343,1371"}), "")).session);
  EXPECT_FALSE(first_client(version2(row({.name = "UNDEF", .virtual_address = "", .bytes = "0,0"}), "")).session);
  EXPECT_FALSE(first_client(version2(row({.virtual_address = ""}), "")).session)
      << "waits for its login or was refused";
  EXPECT_FALSE(first_client(version2(row({.name = "UNDEF", .virtual_address = "", .username = "ann"}), "")).session)
      << "the same without certificate";
  EXPECT_FALSE(first_client(version2(row({.ids = "1,4294967295"}), "")).session);
  EXPECT_FALSE(first_client(version2(row({.name = "UNDEF", .virtual_address = "", .bytes = "343,1371"}),
                                     route("10.9.0.2", "UNDEF")))
                   .session)
      << "a handshake from the port of a client whose route is still there";
}

TEST(StatusDocument, ACertificateWithOnlyARouteIsASession) {
  const std::string text = version2(row({.virtual_address = ""}), route("10.9.0.2"));
  const StatusClient client = first_client(text);
  EXPECT_TRUE(client.session);
  EXPECT_EQ(client.virtual_address, "10.9.0.2");
}

TEST(StatusDocument, APasswordOnlyServerHasSessionsWithoutNames) {
  EXPECT_TRUE(first_client(version2(row({.name = "UNDEF"}), "")).session);
  EXPECT_TRUE(first_client(version2(row({.name = "UNDEF", .username = "ann"}), "")).session);
  EXPECT_TRUE(first_client(version2(row({.name = "UNDEF", .virtual_address = ""}), route("0a:1b:2c:3d:4e:5f", "UNDEF")))
                  .session);
  EXPECT_TRUE(
      first_client(version2(row({.name = "UNDEF", .virtual_address = "", .bytes = "151000000,9000000"}), "")).session);
  EXPECT_FALSE(first_client(version2(row({.name = "UNDEF", .bytes = "0,0"}), "")).session);
}

TEST(StatusDocument, ABridgedSiteWithoutAddressesIsToldByItsMacs) {
  const std::string clients =
      row({.virtual_address = ""}) +
      row({.name = "oslo", .real = "192.0.2.11:1", .virtual_address = "", .ids = "2,2"}) +
      row({.name = "idle", .real = "192.0.2.12:1", .virtual_address = "", .bytes = "0,0", .ids = "3,3"});
  const std::string text = version2(clients, route("0a:1b:2c:3d:4e:5f@0"));
  const StatusDocument document = read_status_document(text, utc);
  EXPECT_TRUE(document.clients.at(0).session) << "seen in the routing table";
  EXPECT_TRUE(document.clients.at(1).session) << "moved bytes";
  EXPECT_FALSE(document.clients.at(2).session);
  EXPECT_EQ(document.routes.at(0).kind, RouteKind::mac);
}

TEST(StatusDocument, InVersion1ANameIsASessionAndUndefNeedsARoute) {
  const std::string text = version1(
      "mara,192.0.2.10:5001,1,2,2031-02-03 04:00:00\nUNDEF,192.0.2.11:1,343,1371,2031-02-03 "
      "04:05:00\nUNDEF,192.0.2.12:1,9,9,2031-02-03 "
      "04:05:00\n",
      "10.9.0.9,UNDEF,192.0.2.12:1,2031-02-03 04:05:00\n");
  const StatusDocument document = read_status_document(text, utc);
  EXPECT_TRUE(document.clients.at(0).session);
  EXPECT_FALSE(document.clients.at(1).session);
  EXPECT_TRUE(document.clients.at(2).session);
  EXPECT_EQ(document.sessions, 2U);
  EXPECT_EQ(document.clients.at(0).connected_at, 1927857600);
}

TEST(StatusDocument, TheRoutingTableFillsMissingAddresses) {
  const std::string text = version1(
      "mara,192.0.2.10:5001,1,2,2031-02-03 04:00:00\n",
      "192.168.7.0/24,mara,192.0.2.10:5001,2031-02-03 04:05:00\n192.168.7.9C,mara,192.0.2.10:5001,2031-02-03 04:05:00\n"
      "10.9.0.2,mara,192.0.2.10:5001,2031-02-03 04:05:00\nfd0a::2,mara,192.0.2.10:5001,2031-02-03 04:05:00\n");
  const StatusDocument document = read_status_document(text, utc);
  EXPECT_EQ(document.clients.at(0).virtual_address, "10.9.0.2");
  EXPECT_EQ(document.clients.at(0).virtual_address6, "fd0a::2");
  EXPECT_EQ(document.routes.at(0).kind, RouteKind::subnet);
  EXPECT_TRUE(document.routes.at(1).cached);
  EXPECT_EQ(document.routes.at(1).virtual_address, "192.168.7.9");
}

TEST(StatusDocument, AnAddressIsNotGuessedWhenItCouldBeAnothers) {
  // Two devices of one name behind one IPv6 address, which has no port up to 2.6.
  const std::string row1 = "mara,2001:db8::7,1,2,2031-02-03 04:00:00\n";
  const std::string text = version1(
      row1 + row1, "10.9.0.2,mara,2001:db8::7,2031-02-03 04:05:00\n10.9.0.3,mara,2001:db8::7,2031-02-03 04:05:00\n");
  const StatusDocument document = read_status_document(text, utc);
  EXPECT_TRUE(document.clients.at(0).virtual_address.empty());
  EXPECT_TRUE(document.clients.at(1).virtual_address.empty());
  // Two names behind one address keep apart.
  const std::string other =
      version1(row1 + "oslo,2001:db8::7,1,2,2031-02-03 04:00:00\n",
               "10.9.0.2,mara,2001:db8::7,2031-02-03 04:05:00\n10.9.0.3,oslo,2001:db8::7,2031-02-03 04:05:00\n");
  const StatusDocument apart = read_status_document(other, utc);
  EXPECT_EQ(apart.clients.at(0).virtual_address, "10.9.0.2");
  EXPECT_EQ(apart.clients.at(1).virtual_address, "10.9.0.3");
}

TEST(StatusDocument, ABlackedOutAddressIsAProblemButTheRowCounts) {
  const std::string text = version2(row({.real = "999.999.1.1:77"}), "");
  const StatusDocument document = read_status_document(text, utc);
  EXPECT_TRUE(document.summary.complete);
  ASSERT_EQ(document.problems.size(), 1U);
  EXPECT_EQ(document.problems[0].line, 4U);
  EXPECT_EQ(document.clients.at(0).real.port, 77);
  EXPECT_EQ(document.summary.rx_bytes, 3000U);
}

}  // namespace
}  // namespace davylamp::openvpn
