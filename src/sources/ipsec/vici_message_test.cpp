#include "sources/ipsec/vici_message.hpp"

#include <gtest/gtest.h>

#include "sources/ipsec/security_association.hpp"

namespace davylamp::ipsec {
namespace {

using Kind = Node::Kind;

Node value(std::string name, std::string text) {
  return {Kind::value, std::move(name), std::move(text), {}, {}};
}
Node section(std::string name, std::vector<Node> children) {
  return {Kind::section, std::move(name), {}, {}, std::move(children)};
}

// The example of VICI's own description.
const std::string& documented() {
  using namespace std::string_literals;
  static const auto bytes =
      "\x03\x04key1\x00\x06value1\x01\x08section1\x01\x0bsub-section\x03\x04key2\x00\x06value2"
      "\x02\x04\x05list1\x05\x00\x05item1\x05\x00\x05item2\x06\x02"s;
  return bytes;
}

TEST(ViciMessage, ReadsTheDocumentedExample) {
  const auto root = read_message(documented());
  ASSERT_TRUE(root);
  EXPECT_EQ(root->text("key1"), "value1");
  const auto* one = root->find("section1");
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->find("sub-section")->text("key2"), "value2");
  EXPECT_EQ(one->find("list1")->items, (std::vector<std::string>{"item1", "item2"}));
  EXPECT_EQ(to_message(*root), documented());
}

TEST(ViciMessage, RefusesEveryTornMessage) {
  for (std::size_t size = 1; size < documented().size(); ++size) {
    // Only what ends between two elements of the outermost section is whole.
    EXPECT_EQ(read_message(std::string_view(documented()).substr(0, size)).has_value(), size == 14) << size;
  }
}

TEST(ViciMessage, BoundsDepth) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += std::string("\x01\x01x", 3);
  deep += std::string(100, '\x02');
  EXPECT_FALSE(read_message(deep));
}

TEST(ViciPacket, FramesAStream) {
  const auto stream = to_packet(PacketType::event, "list-sa", documented()) + to_packet(PacketType::response, "", "");
  for (std::size_t size = 0; size < 4 + 9 + documented().size(); ++size) {
    EXPECT_EQ(next_packet(std::string_view(stream).substr(0, size)).taken, 0U);
  }
  const auto first = next_packet(stream);
  const auto event = read_packet(first.packet);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, PacketType::event);
  EXPECT_EQ(event->name, "list-sa");
  EXPECT_EQ(event->body, documented());
  const auto second = next_packet(std::string_view(stream).substr(first.taken));
  EXPECT_EQ(read_packet(second.packet)->type, PacketType::response);
  EXPECT_TRUE(next_packet(std::string_view("\x7f\x00\x00\x00x", 5)).broken);
  EXPECT_TRUE(next_packet("HTTP/1.1").broken);
}

TEST(SecurityAssociation, ReadsARowAndARekeying) {
  const auto child = section("net-1", {value("name", "net"), value("uniqueid", "7"), value("spi-in", "c0ffee01"),
                                       value("bytes-in", "168"), value("bytes-out", "x")});
  const auto row =
      section("rw", {value("uniqueid", "3"), value("remote-id", "carol"), value("remote-host", "192.0.2.1"),
                     value("remote-port", "4500"), section("child-sas", {child})});
  const auto report = read_report(section("", {value("up", "yes"), row}));
  EXPECT_TRUE(report.up);
  ASSERT_EQ(report.ikes.size(), 1U);
  EXPECT_EQ(report.ikes[0].user(), "carol");
  EXPECT_EQ(report.ikes[0].remote()->to_text(), "192.0.2.1:4500");
  ASSERT_EQ(report.ikes[0].children.size(), 1U);
  EXPECT_EQ(report.ikes[0].children[0].name, "net");
  EXPECT_EQ(report.ikes[0].children[0].counters(), (model::Counters{168, 0}));
  EXPECT_EQ(report.ikes[0].problems, 1U);

  const auto rekeyed = read_report(section(
      "", {section("rw", {section("old", {value("uniqueid", "3")}), section("new", {value("uniqueid", "9")})})}));
  ASSERT_EQ(rekeyed.ikes.size(), 1U);
  ASSERT_EQ(rekeyed.replaced.size(), 1U);
  EXPECT_EQ(rekeyed.replaced[0].unique_id, 3U);
  EXPECT_EQ(rekeyed.ikes[0].unique_id, 9U);
}

}  // namespace
}  // namespace davylamp::ipsec
