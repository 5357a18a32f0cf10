#include "model/observation.hpp"

#include <gtest/gtest.h>

#include "base/codec_read.hpp"
#include "model/change.hpp"

namespace davylamp::model {

TEST(ObservationTest, SurvivesTheCodec) {
  Observation seen{.source = {"edge-1", "openvpn", "udp"},
                   .boot = 7,
                   .sequence = 9,
                   .at = base::Time{base::Milliseconds{1'795'232'020'123}},
                   .fact = {}};
  PeerFacts facts{
      .connected_at = base::from_unix_seconds(1'795'232'020), .user = "Smith, John \"ops\"", .transport = "udp"};
  facts.real = Endpoint{Address::parse("2001:db8::7").value(), 1194};
  seen.fact = PeerSeen{.peer = "1-2/3/4", .counters = {1, 18'446'744'073'709'551'615ULL}, .listing = 3, .facts = facts};
  const auto text = base::json::write(seen);
  const auto read = base::json::read<Observation>(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(base::json::write(*read), text);
  EXPECT_EQ(std::get<PeerSeen>(read->fact).facts, facts);
}

TEST(ChangeTest, SurvivesTheCodec) {
  Session session{.id = 5, .server = "udp", .user = "alice"};
  session.place = Place{.kind = AddressKind::private_};
  const Change change = SessionOpened{session};
  const auto read = base::json::read<Change>(base::json::write(change));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(std::get<SessionOpened>(*read).session, session);
}

}  // namespace davylamp::model
