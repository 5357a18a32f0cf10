#include "sources/openvpn/server_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/testing/temporary_directory.hpp"
#include "sources/openvpn/certificate_expiry.hpp"

namespace davylamp::openvpn {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto noon = base::from_unix_seconds(1'795'000'000);  // 2026-11-18

// A server's folder with a real authority, certificate and revocation list, made by openssl.
class ServerFolder : public testing::Test {
 protected:
  void SetUp() override {
    write("ca.conf",
          "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\ncrlnumber=crlnumber\ndefault_md=sha256\n"
          "new_certs_dir=.\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n");
    write("index.txt", "");
    write("serial", "01\n");
    write("crlnumber", "01\n");
    shell(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj '/CN=Hill CA' "
        "-keyout ca.key -out ca.crt");
    certify("281201000000Z");
    shell("openssl ca -config ca.conf -batch -gencrl -keyfile ca.key -cert ca.crt -crldays 4000 -out crl.pem");
    write("udp.conf",
          "server 10.8.0.0 255.255.255.0\ntopology subnet\ncert server.crt\nca ca.crt\ncrl-verify crl.pem\n"
          "status /run/a 10\nstatus-version 3\n");
  }

  void certify(const std::string& until) const {
    shell(
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=vpn.example.org' "
        "-keyout server.key -out server.csr && openssl ca -config ca.conf -batch -in server.csr -keyfile ca.key "
        "-cert ca.crt -notext -startdate 20200101000000Z -enddate 20" +
        until + " -out server.crt");
  }
  void shell(const std::string& line) const {
    const auto command = "cd " + folder_ + " && { " + line + "; } 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0) << line;
  }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
  }
  std::string text_of(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ + "/" + name).rdbuf();
    return text.str();
  }
  base::TemporaryDirectory temporary_;
  std::string folder_ = temporary_.path();
};

TEST_F(ServerFolder, FillsTheCardSoonestExpiryFirst) {
  ServerFiles files(folder_ + "/udp.conf");
  model::ServerFacts facts;
  facts.version = "OpenVPN 2.6.14";
  files.fill(facts, noon);
  EXPECT_EQ(facts.mode, "server");
  EXPECT_EQ(facts.listens_on, "udp 0.0.0.0:1194");
  EXPECT_EQ(facts.pool_size, 253U);
  EXPECT_EQ(facts.transport, "udp");
  ASSERT_THAT(facts.expiries, SizeIs(3));
  EXPECT_EQ(facts.expiries[0].what, "certificate");
  EXPECT_EQ(facts.expiries[0].name, "CN=vpn.example.org");
  EXPECT_EQ(facts.expiries[0].expires_at, base::from_unix_seconds(1'859'241'600));  // 2028-12-01
  EXPECT_LE(facts.expiries[1].expires_at, facts.expiries[2].expires_at);
  EXPECT_THAT(facts.expiries, Contains(Field(&model::Expiry::what, "ca")));
  EXPECT_THAT(facts.expiries, Contains(Field(&model::Expiry::what, "crl")));
  EXPECT_THAT(facts.warnings, IsEmpty());
}

TEST_F(ServerFolder, ARenewedCertificateIsSeenAfterAMinute) {
  ServerFiles files(folder_ + "/udp.conf");
  model::ServerFacts facts;
  files.fill(facts, noon);
  certify("270101000000Z");
  files.fill(facts, noon + base::Seconds(59));
  EXPECT_EQ(facts.expiries.front().expires_at, base::from_unix_seconds(1'859'241'600));
  files.fill(facts, noon + base::Seconds(60));
  EXPECT_EQ(facts.expiries.front().expires_at, base::from_unix_seconds(1'798'761'600));  // 2027-01-01
}

TEST_F(ServerFolder, WhatRunsOutSoonIsAWarning) {
  certify("261120000000Z");
  ServerFiles files(folder_ + "/udp.conf");
  model::ServerFacts facts;
  files.fill(facts, noon);
  EXPECT_THAT(facts.warnings, ElementsAre(HasSubstr("CN=vpn.example.org runs out in 1 day")));
  files.fill(facts, noon + std::chrono::days(3));
  EXPECT_THAT(facts.warnings, ElementsAre(HasSubstr("has run out: clients then refuse the server")));
}

TEST_F(ServerFolder, ReadsCertificatesWithinTheConfiguration) {
  write("inline.conf", "server 10.8.0.0 255.255.255.0\n<cert>\n" + text_of("server.crt") + text_of("ca.crt") +
                           "</cert>\nstatus a\nstatus-version 2\n");
  ServerFiles files(folder_ + "/inline.conf");
  model::ServerFacts facts;
  files.fill(facts, noon);
  ASSERT_THAT(facts.expiries, SizeIs(2));
  EXPECT_EQ(facts.expiries[0].what, "certificate");
  EXPECT_EQ(facts.expiries[1].what, "ca");
  EXPECT_EQ(facts.expiries[1].name, "CN=Hill CA");
}

TEST_F(ServerFolder, WhatCannotBeReadIsSaid) {
  write("udp.conf", "server 10.8.0.0 255.255.255.0\ncert gone.crt\nca index.txt\nstatus a\nstatus-version 3\n");
  ServerFiles files(folder_ + "/udp.conf");
  model::ServerFacts facts;
  files.fill(facts, noon);
  EXPECT_THAT(facts.warnings, ElementsAre(HasSubstr("gone.crt cannot be read: No such file"),
                                          HasSubstr("index.txt holds no certificate")));
  ServerFiles gone(folder_ + "/gone.conf");
  gone.fill(facts, noon);
  EXPECT_THAT(facts.warnings, ElementsAre(HasSubstr("gone.conf cannot be read")));
}

TEST_F(ServerFolder, AFolderOrAHugeFileIsLeftAlone) {
  write("udp.conf", "server 10.8.0.0 255.255.255.0\ncert big.crt\nca .\nstatus a\nstatus-version 3\n");
  write("big.crt", std::string(1'000'001, 'x'));
  ServerFiles files(folder_ + "/udp.conf");
  model::ServerFacts facts;
  files.fill(facts, noon);
  EXPECT_THAT(facts.warnings, ElementsAre(HasSubstr("big.crt is not a file of at most 1 MB"), HasSubstr("1 MB")));
}

TEST_F(ServerFolder, TellsWhomItBecomes) {
  EXPECT_EQ(user_of_server(folder_ + "/udp.conf"), std::nullopt);
  write("user.conf", "server 10.8.0.0 255.255.255.0\nuser vpn\n");
  EXPECT_EQ(user_of_server(folder_ + "/user.conf"), "vpn");
  EXPECT_EQ(user_of_server(folder_ + "/gone.conf"), std::nullopt);
}

TEST(OpenvpnServerFiles, WithoutAConfigurationOnlyTheReleaseSpeaks) {
  ServerFiles files("");
  model::ServerFacts facts;
  facts.version = "OpenVPN 2.6.14";
  files.fill(facts, noon);
  EXPECT_THAT(facts.warnings, IsEmpty());
  EXPECT_EQ(facts.mode, std::nullopt);
  facts.dco = true;
  files.fill(facts, noon);
  EXPECT_THAT(facts.warnings, SizeIs(1));
}

TEST(OpenvpnCertificateExpiry, GarbageHoldsNothing) {
  EXPECT_THAT(read_expiries("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "ca", ""), IsEmpty());
  EXPECT_THAT(read_expiries("", "crl", ""), IsEmpty());
  EXPECT_THAT(read_expiries(std::string("\0\xff", 2), "certificate", ""), IsEmpty());
}

}  // namespace
}  // namespace davylamp::openvpn
