// What is asked and answered about alerts.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/dto/named_copy.hpp"
#include "model/incident.hpp"

namespace davylamp::api {

// A model::Delivery without the incident as it was then.
struct DeliveryView {
  std::uint64_t id = 0;
  std::uint64_t incident_id = 0;
  model::NoticeKind notice = model::NoticeKind::fired;
  std::string channel;
  model::DeliveryState state = model::DeliveryState::waiting;
  base::Time made_at{};
  base::Time next_at{};
  std::optional<base::Time> done_at;
  std::uint32_t tries = 0;
  std::string result;
  std::uint32_t others = 0;
};
BOOST_DESCRIBE_STRUCT(DeliveryView, (),
                      (id, incident_id, notice, channel, state, made_at, next_at, done_at, tries, result, others))

inline DeliveryView delivery_view(const model::Delivery& delivery) {
  return copy_named<DeliveryView>(delivery);
}

struct IncidentDetail {
  model::Incident incident;
  std::vector<DeliveryView> deliveries;  // newest first
};
BOOST_DESCRIBE_STRUCT(IncidentDetail, (), (incident, deliveries))

struct AlertRuleList {
  std::vector<model::AlertRule> items;
};
BOOST_DESCRIBE_STRUCT(AlertRuleList, (), (items))

struct SilenceList {
  std::vector<model::Silence> items;
};
BOOST_DESCRIBE_STRUCT(SilenceList, (), (items))

// A channel as the configuration has it. `kind`: "telegram", "webhook", "email", "ntfy"; `quiet`: "22:00-07:00 UTC", or
// empty.
struct Channel {
  std::string name;
  std::string kind;
  model::Severity least = model::Severity::notice;
  std::string quiet;
  std::string language;
  std::optional<DeliveryView> last_delivery;
};
BOOST_DESCRIBE_STRUCT(Channel, (), (name, kind, least, quiet, language, last_delivery))

struct ChannelList {
  std::vector<Channel> items;
};
BOOST_DESCRIBE_STRUCT(ChannelList, (), (items))

}  // namespace davylamp::api
