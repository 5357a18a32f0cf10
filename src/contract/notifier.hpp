// The seam to those who carry messages to people. One folder each in src/notify; the tests each must pass are in
// contract/testing/notifier_contract.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "model/incident.hpp"

namespace davylamp::contract {

// What to say, already in the receiver's language and zone. Plain text without markup; notifiers make it safe for
// theirs.
struct Message {
  std::string title;
  std::string text;
  model::Severity severity = model::Severity::notice;
  model::NoticeKind notice = model::NoticeKind::fired;
  bool right_to_left = false;
  std::uint64_t delivery_id = 0;                 // the same at every try: a receiver can tell repetitions
  std::uint64_t incident_id = 0;                 // 0: a test
  std::string key;                               // of the incident
  std::optional<std::string> acknowledge_label;  // the words on the button, where there can be one
  model::Incident incident;                      // for machines (webhook)
  base::Time at{};
};

// What became of one try. `retry_after`: the provider asked for that pause.
struct Receipt {
  enum class Outcome { delivered, try_again, refused };
  Outcome outcome = Outcome::delivered;
  std::string text;  // a sentence, without secrets
  std::optional<base::Seconds> retry_after;
};

// Blocks, at most about its time limit; one call at a time, from one thread per object. Never throws for what the other
// side does. `stopping`, when given, is looked at at least once a second.
class Notifier {
 public:
  virtual ~Notifier() = default;
  virtual Receipt send(const Message& message) = 0;
};

}  // namespace davylamp::contract
