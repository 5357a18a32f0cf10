// Who is told what, and when: channels, quiet hours, messages that are one.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/zone.hpp"
#include "core/alerts/incident_book.hpp"
#include "model/incident.hpp"

namespace davylamp::core {

// Where messages can go, as the configuration says.
struct AlertChannel {
  std::string name;
  model::Severity least = model::Severity::notice;
  // Nothing but critical goes out between these minutes of the day in `zone` (22:00 to 07:00 is 1320, 420); what waits
  // goes out at the end of them, if it is still true. Equal: no quiet hours.
  std::uint16_t quiet_from = 0;
  std::uint16_t quiet_to = 0;
  std::string zone = "UTC";
  // What fires within so long on this channel is one message. 0: each incident is a message of its own, but what quiet
  // hours held up.
  std::uint32_t group_seconds = 0;
};

// What was told on which channel is read from an incident's timeline ("told", "fired on telegram"), so that it survives
// with it. Deliveries are made when they are to go out, not before: what waits is in no store.
class Notices {
 public:
  static constexpr std::size_t most_waiting = 1'000;  // per channel

  explicit Notices(const base::Zones& zones) : zones_(zones) {}
  void set_channels(std::vector<AlertChannel> channels);
  void restore(std::uint64_t next_delivery_id, const model::Shard& shard) { ids_.restore(next_delivery_id, shard); }
  // Of an incident as it was stored; `repeat_seconds` of its rule do not matter. True while it is still to be told.
  bool restore(const model::Incident& incident);

  // It fires, is neither folded nor silenced: those channels of the rule that were not told are told.
  void fires(const model::Incident& incident, const model::AlertRule& rule);
  // ... and those that were are told again, when nobody took it for so long; at once with `now_graver`.
  void repeat(const model::Incident& incident, const model::AlertRule& rule, base::Time now, bool now_graver);
  // It is over. Where its firing was told, this is too, unless `quietly`; where that still waits, neither is.
  void over(model::Incident& incident, base::Time now, bool quietly);
  // Makes the deliveries that go out now, marks their incidents and touches them.
  std::vector<model::Delivery> flush(IncidentBook& book, base::Time now);
  // Something of the incident waits.
  bool waits(std::uint64_t incident_id) const;
  void forget(std::uint64_t incident_id) { told_.erase(incident_id); }
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Told {
    bool fired = false;
    bool resolved = false;
    base::Time last_at{};
  };
  struct Waiting {
    std::uint64_t incident_id = 0;
    model::NoticeKind notice = model::NoticeKind::fired;
    bool said = false;  // in the timeline, that it waits
    bool operator==(const Waiting& other) const { return incident_id == other.incident_id && notice == other.notice; }
  };
  // One message goes out per notice, and per "critical or not": the gravest waits for no group of lesser ones.
  using Kind = std::pair<model::NoticeKind, bool>;
  struct Desk {
    AlertChannel channel;
    std::vector<Waiting> waiting;
    std::map<Kind, base::Time> grouping_until;
  };
  void want(Desk& desk, std::uint64_t incident_id, model::NoticeKind notice);
  bool accepts(const Desk& desk, const model::Incident& incident, const model::AlertRule& rule) const;
  void sort_out(Desk& desk, IncidentBook& book, base::Time now);
  void send(Desk& desk, Kind kind, IncidentBook& book, base::Time now);
  struct Saying {
    const std::string& channel;
    model::NoticeKind notice;
    base::Time at;
  };
  // One message, of which the first is the subject; values["others"] of its incident names the rest.
  void say(const Saying& saying, std::span<model::Incident* const> incidents, IncidentBook& book);

  const base::Zones& zones_;
  std::vector<Desk> desks_;
  std::map<std::uint64_t, std::map<std::string, Told>> told_;
  std::vector<model::Delivery> made_;
  IdSeries ids_;
  std::uint64_t dropped_ = 0;
};

}  // namespace davylamp::core
