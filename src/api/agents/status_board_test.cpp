#include "api/agents/status_board.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

namespace davylamp::api {
namespace {

namespace json = boost::json;
const auto now = base::from_unix_seconds(1'795'233'298);

model::Agent agent(const std::string& name) {
  model::Agent agent;
  agent.settings.name = name;
  agent.presence = model::Presence::alive;
  agent.last_heard_at = now - base::Seconds(130);
  agent.exit_v4.emplace();
  agent.exit_v4->address = *model::Address::parse("89.40.181.202");
  agent.exit_v4->place.emplace();
  agent.exit_v4->place->country_code = "RO";
  agent.exit_v4->place->city = "Bucharest";
  model::EvidenceLine line;
  line.place.emplace();
  line.place->country_code = "US";
  agent.resolvers.push_back(line);
  return agent;
}

json::value read(const StatusText& text) {
  return json::parse(*text.body);
}

}  // namespace

TEST(StatusBoard, IsAnObjectByClientOrAList) {
  StatusBoard board;
  EXPECT_EQ(*board.all(StatusShape::by_client, now).body, "{}");
  EXPECT_EQ(*board.all(StatusShape::list, now).body, "[]");
  board.reset({agent("office-vpn"), agent("home.vpn")});
  const auto by_client = read(board.all(StatusShape::by_client, now));
  ASSERT_EQ(by_client.as_object().size(), 2U);
  const auto& office = by_client.at("office-vpn");
  EXPECT_EQ(office.at("last_seen"), "2026-11-21T03:52:48.000+00:00");
  EXPECT_EQ(office.at("minutes_ago"), 2);
  EXPECT_EQ(office.at("public_ip"), "89.40.181.202");
  EXPECT_EQ(office.at("status"), "alive");
  EXPECT_EQ(office.at("country"), "RO");
  EXPECT_EQ(office.at("city"), "Bucharest");
  EXPECT_EQ(office.at("dns_location"), "US");
  const auto list = read(board.all(StatusShape::list, now));
  ASSERT_EQ(list.as_array().size(), 2U);
  EXPECT_EQ(list.at(1).at("client_id"), "office-vpn");
  EXPECT_EQ(json::parse(board.one("office-vpn", StatusShape::list, now)).at(0).at("client_id"), "office-vpn");
  EXPECT_EQ(board.one("nobody", StatusShape::by_client, now), "{}");
}

TEST(StatusBoard, FollowsChanges) {
  StatusBoard board;
  board.reset({agent("office-vpn")});
  auto down = agent("office-vpn");
  down.presence = model::Presence::down;
  down.exit_v4.reset();
  down.resolvers.clear();
  auto waiting = agent("new");
  waiting.last_heard_at.reset();
  EXPECT_EQ(board.active(), 1U);
  board.apply({model::AgentChanged{down}, model::AgentChanged{waiting}, model::AgentChanged{agent("home")}});
  EXPECT_EQ(board.active(), 1U);
  const auto all = read(board.all(StatusShape::by_client, now));
  EXPECT_EQ(all.as_object().size(), 2U) << "who never reported is no client";
  EXPECT_EQ(all.at("office-vpn").at("status"), "dead");
  EXPECT_EQ(all.at("office-vpn").at("public_ip"), "unknown");
  EXPECT_EQ(all.at("office-vpn").at("dns_location"), "Unknown");
  board.apply({model::AgentGone{"office-vpn"}, model::AgentGone{"home"}});
  EXPECT_EQ(*board.all(StatusShape::by_client, now).body, "{}");
  EXPECT_EQ(board.active(), 0U);
}

TEST(StatusBoard, IsMadeAnewWhenSomethingChangedOrASecondIsOver) {
  StatusBoard board;
  board.reset({agent("office-vpn")});
  const auto first = board.all(StatusShape::by_client, now);
  EXPECT_EQ(board.all(StatusShape::by_client, now + base::Milliseconds(900)).body, first.body);
  const auto later = board.all(StatusShape::by_client, now + base::Seconds(60));
  EXPECT_NE(later.etag, first.etag);
  EXPECT_EQ(read(later).at("office-vpn").at("minutes_ago"), 3);
  board.apply({model::AgentGone{"office-vpn"}});
  EXPECT_NE(board.all(StatusShape::by_client, now + base::Seconds(60)).etag, later.etag);
}

}  // namespace davylamp::api
