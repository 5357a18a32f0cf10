// Random lives of agents, with restarts: everybody is told once of a beginning, and at most once of its end.
#include <gtest/gtest.h>

#include <random>

#include "core/alerts/testing_scene.hpp"

namespace davylamp::core {
namespace {

using model::FindingKind;
using model::NoticeKind;
using model::Presence;

class RandomLife {
 public:
  explicit RandomLife(std::uint64_t seed) : random_(seed) {
    scene.channels = {{"telegram"}, {"email", model::Severity::warning, 22 * 60, 7 * 60, "Europe/Berlin", 20}};
    scene.begin();
    for (const auto* site : {"a", "b"}) {
      for (int i = 0; i < 5; ++i) names_.push_back(std::string(site) + "-" + std::to_string(i));
    }
  }
  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      step();
      scene.wait(1 + chance(5));
      if (chance(4) == 0) scene.wait_minutes(1 + chance(20));
    }
    for (const auto& name : names_) scene.agent(name, Presence::alive);
    scene.wait_minutes(24 * 60, 10);
  }
  AlertScene scene;

 private:
  int chance(int of) { return static_cast<int>(random_() % static_cast<std::uint64_t>(of)); }
  void step() {
    const auto& name = names_.at(static_cast<std::size_t>(chance(10)));
    switch (chance(8)) {
      case 0:
        return restart();
      case 1:
        return silence(name);
      case 2:
        for (const auto& other : names_) {
          if (other.front() == name.front()) scene.agent(other, Presence::down);
        }
        return;
      case 3:
        return scene.agent(name, Presence::down);
      case 4:
        return scene.agent(name, Presence::alive, {scene.finding(FindingKind::bypass)});
      case 5:
        return scene.agent(name, Presence::alive,
                           {scene.finding(FindingKind::dns_leak), scene.finding(FindingKind::exit_changed)});
      default:
        return scene.agent(name, Presence::alive);
    }
  }
  void restart() {
    scene.restart();
    for (const auto& [name, agent] : scene.agents) scene.hear(model::AgentChanged{agent});
  }
  void silence(const std::string& name) {
    const auto id = scene.alerting.silences.size() + 1;
    scene.alerting.silences.push_back(
        {id, false, {}, name, scene.now(), scene.now() + base::Seconds{chance(300)}, "random", "nobody"});
    scene.set_alerting();
  }
  std::mt19937_64 random_;
  std::vector<std::string> names_;
};

TEST(AlertsProperty, OneBeginningAndAtMostOneEndPerIncidentAndChannel) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    RandomLife life(seed);
    life.run(120);
    std::map<std::pair<std::uint64_t, std::string>, std::map<NoticeKind, int>> told;
    for (const auto& delivery : life.scene.deliveries)
      ++told[{delivery.incident_id, delivery.channel}][delivery.notice];
    ASSERT_FALSE(told.empty());
    for (auto& [where, notices] : told) {
      EXPECT_LE(notices[NoticeKind::fired], 1) << "seed " << seed << " incident " << where.first;
      EXPECT_LE(notices[NoticeKind::resolved], 1) << "seed " << seed << " incident " << where.first;
    }
    for (const auto& [id, incident] : life.scene.stored) {
      EXPECT_EQ(incident.state, model::IncidentState::resolved) << "seed " << seed << " " << incident.key;
      const auto marks = [&](const std::string& text) {
        return std::ranges::count(incident.marks, text, &model::IncidentMark::text);
      };
      for (const auto* channel : {"telegram", "email"}) {
        const auto fired = marks(std::string("fired on ") + channel);
        const auto resolved = marks(std::string("resolved on ") + channel);
        EXPECT_LE(fired, 1) << "seed " << seed << " incident " << id;
        EXPECT_LE(resolved, fired) << "seed " << seed << " incident " << id;
      }
      const bool muted = incident.folded_into.has_value() || incident.silence_id.has_value();
      const bool ever = std::ranges::any_of(
          incident.marks, [](const auto& step) { return step.what == "silenced" || step.what == "folded"; });
      if (!muted && !ever) EXPECT_EQ(marks("fired on telegram"), 1) << "seed " << seed << " " << incident.key;
      // What the timeline says was told without grouping or quiet hours was told in a message of its own.
      const auto messages = told[{id, "telegram"}][NoticeKind::fired];
      EXPECT_EQ(messages, marks("fired on telegram")) << "seed " << seed << " " << incident.key;
    }
  }
}

TEST(AlertsProperty, TheSameEventsTellTheSame) {
  RandomLife one(7);
  RandomLife other(7);
  one.run(40);
  other.run(40);
  EXPECT_EQ(one.scene.told, other.scene.told);
}

}  // namespace
}  // namespace davylamp::core
