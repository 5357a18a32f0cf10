#include "app/take_over.hpp"

#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

const auto now = base::from_unix_seconds(1'795'000'000);

model::StoredSession session(model::SessionId id, std::optional<base::Time> closed_at = {}) {
  model::StoredSession row;
  row.session.id = id;
  row.session.closed_at = closed_at;
  row.session.state = closed_at ? model::SessionState::closed : model::SessionState::open;
  return row;
}

template <class T>
std::size_t count(const std::vector<std::vector<model::Change>>& parts) {
  std::size_t all = 0;
  for (const auto& part : parts) {
    for (const auto& change : part) all += std::holds_alternative<T>(change) ? 1 : 0;
  }
  return all;
}

}  // namespace

TEST(TakeOver, WhatTheWorkerBeforeMayNotHaveToldIsTold) {
  model::Checkpoint checkpoint;
  checkpoint.servers.resize(2);
  checkpoint.open_sessions = {session(1), session(2)};
  checkpoint.recently_closed = {session(3, now - base::Seconds{5}), session(4, now - base::Seconds{600})};
  model::Incident firing;
  firing.state = model::IncidentState::firing;
  model::Incident over;
  over.state = model::IncidentState::resolved;
  over.resolved_at = now - base::Seconds{3'600};
  checkpoint.incidents = {firing, over};
  checkpoint.agents.resize(1);
  const auto parts = what_stands(checkpoint, now);
  EXPECT_EQ(count<model::ServerChanged>(parts), 2U);
  EXPECT_EQ(count<model::SessionOpened>(parts), 2U);
  EXPECT_EQ(count<model::SessionClosed>(parts), 1U);
  EXPECT_EQ(count<model::IncidentChanged>(parts), 1U);
  EXPECT_EQ(count<model::AgentChanged>(parts), 1U);
}

TEST(TakeOver, IsBoundedAndComesInParts) {
  model::Checkpoint checkpoint;
  for (model::SessionId id = 1; id <= most_told_again + 5; ++id) checkpoint.open_sessions.push_back(session(id));
  const auto parts = what_stands(checkpoint, now);
  EXPECT_EQ(count<model::SessionOpened>(parts), most_told_again);
  EXPECT_EQ(std::get<model::SessionOpened>(parts.front().front()).session.id, 6U);
  for (const auto& part : parts) EXPECT_LE(part.size(), 1'000U);
}

}  // namespace davylamp::app
