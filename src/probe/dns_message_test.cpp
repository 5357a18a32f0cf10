#include "probe/dns_message.hpp"

#include <gtest/gtest.h>

#include "probe/resolver_file.hpp"
#include "probe/testing/dns_answer_maker.hpp"
#include "probe/whoami.hpp"

namespace davylamp::probe {
namespace {

using testing::DnsAnswerMaker;

const DnsQuestion google{4711, std::string(google_whoami), DnsType::txt};

TEST(DnsMessage, AQuestionHasANameATypeAndRoomForAnswers) {
  const auto message = dns_question({0x1234, "a.bc.", DnsType::txt}).value();
  const std::vector<unsigned> expected{0x12, 0x34, 1,  0,    0,    1, 0, 0,  0, 0, 0, 1,  // header
                                       1,    'a',  2,  'b',  'c',  0, 0, 16, 0, 1,        // question
                                       0,    0,    41, 0x04, 0xd0, 0, 0, 0,  0, 0, 0};    // EDNS0
  std::vector<unsigned> bytes;
  for (const auto byte : message) bytes.push_back(static_cast<unsigned>(byte));
  EXPECT_EQ(bytes, expected);
}

TEST(DnsMessage, NamesThatCannotBeAreRefused) {
  EXPECT_FALSE(dns_question({1, "", DnsType::a}));
  EXPECT_FALSE(dns_question({1, "a..b", DnsType::a}));
  EXPECT_FALSE(dns_question({1, std::string(64, 'a') + ".b", DnsType::a}));
  EXPECT_FALSE(dns_question({1, std::string(254, 'a'), DnsType::a}));
}

TEST(DnsMessage, ReadsTextsAndAddressesWithCompressedNames) {
  const auto texts = read_dns_answer(DnsAnswerMaker(google).text("74.125.18.1").text("second").bytes(), google);
  ASSERT_TRUE(texts);
  EXPECT_EQ(texts->texts, (std::vector<std::string>{"74.125.18.1", "second"}));
  const DnsQuestion akamai{9, std::string(akamai_whoami), DnsType::a};
  const auto addresses = read_dns_answer(DnsAnswerMaker(akamai).address("9.9.9.9").bytes(), akamai);
  ASSERT_TRUE(addresses);
  EXPECT_EQ(addresses->addresses.at(0).to_string(), "9.9.9.9");
}

TEST(DnsMessage, AnAnswerToSomethingElseIsNotTaken) {
  auto other = google;
  other.id = 4712;
  EXPECT_FALSE(read_dns_answer(DnsAnswerMaker(other).text("x").bytes(), google));
  other = google;
  other.name = "example.org";
  EXPECT_FALSE(read_dns_answer(DnsAnswerMaker(other).text("x").bytes(), google));
  EXPECT_FALSE(read_dns_answer(dns_question(google).value(), google));
}

TEST(DnsMessage, TellsWhatWasCutOffAndWhatIsNot) {
  auto bytes = DnsAnswerMaker(google).text("74.125.18.1").truncated().bytes();
  EXPECT_TRUE(read_dns_answer(bytes, google)->truncated);
  bytes = DnsAnswerMaker(google).text("74.125.18.1").bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(read_dns_answer(std::span(bytes).first(size), google)) << size;
}

TEST(DnsMessage, ANameThatPointsToItselfEnds) {
  auto bytes = DnsAnswerMaker(google).bytes();
  bytes[12] = std::byte{0xc0};
  bytes[13] = std::byte{12};
  EXPECT_FALSE(read_dns_answer(bytes, google));
}

TEST(Whoami, AClientSubnetIsNeverTakenForTheResolver) {
  DnsAnswer answer;
  answer.texts = {"edns0-client-subnet 198.51.100.0/24", "172.217.34.2"};
  const auto seen = read_google_whoami(answer);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].method, "whoami_google");
  EXPECT_EQ(seen[0].address->to_string(), "172.217.34.2");
  EXPECT_EQ(seen[0].client_subnet, "198.51.100.0/24");
}

TEST(Whoami, TextThatIsNeitherAddressNorSubnetIsNotPassedOn) {
  DnsAnswer answer;
  answer.texts = {"edns0-client-subnet XX.XX.XX.0/24", "172.217.34.2", "172.217.34.2", "hello", "10.0.0.1"};
  const auto seen = read_google_whoami(answer);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_FALSE(seen[0].client_subnet);
}

TEST(Whoami, AnAddressIsWhoAskedAkamai) {
  DnsAnswer answer;
  answer.addresses = {model::Address::parse("9.9.9.9").value(), model::Address::parse("192.168.0.1").value()};
  const auto seen = read_akamai_whoami(answer);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].method, "whoami_akamai");
}

TEST(ResolverFile, TheFirstThreeNameServersAreAsked) {
  EXPECT_EQ(read_resolver_file("# comment\nsearch lan\nnameserver 127.0.0.11\nnameserver\t fe80::1%eth0  # x\n"
                               "nameserver nonsense\n nameserver 1.1.1.1\nnameserver 9.9.9.9\nnameserver 8.8.8.8\n"),
            (std::vector<std::string>{"127.0.0.11", "fe80::1%eth0", "9.9.9.9"}));
}

TEST(ResolverFile, WithoutAnyTheHostItselfIsAsked) {
  EXPECT_EQ(read_resolver_file("options ndots:0\n"), std::vector<std::string>{"127.0.0.1"});
}

}  // namespace
}  // namespace davylamp::probe
