// The life of one condition of one subject: hold, N of M, clear time, flaps.
#pragma once

#include <cstdint>
#include <optional>

#include "core/alerts/flaps.hpp"
#include "core/alerts/sign.hpp"
#include "model/incident.hpp"

namespace davylamp::core {

enum class Stage { quiet, pending, firing };
enum class Step { none, began, passed, fired, resolved };

// Times are those of the calls. An incident's id belongs to its owner.
class Life {
 public:
  // How long a condition that was firing at a restart may stay unheard of before its clear time begins to count.
  static constexpr base::Seconds unheard{300};

  void hear(const Sign& sign, base::Time now);
  // Goes on where an incident stood.
  void restore(const model::Incident& incident, base::Time now);
  // An incident that is over, so that its return is known as one.
  void restore_past(const model::Incident& incident);
  // The next step that is due; call until none. Under another rule from one call to the next it goes on by that.
  Step advance(const model::AlertRule& rule, base::Time now);
  // No rule speaks for it any longer.
  Step stop();

  Stage stage() const { return stage_; }
  const Sign& sign() const { return sign_; }  // the last that held
  bool holds() const { return holds_; }
  base::Time since() const { return since_; }
  bool flapping() const { return flapped_; }
  // Returns within this incident, or soon after the one before.
  std::uint32_t flaps() const { return flaps_in_incident_; }
  // Nothing of it matters any longer.
  bool spent(base::Time now) const;

  std::uint64_t incident_id = 0;
  base::Time refreshed_at{};

 private:
  bool on(const model::AlertRule& rule) const;
  bool any(const model::AlertRule& rule) const;
  base::Seconds clear(const model::AlertRule& rule) const;
  void fire(base::Time now);
  void end(base::Time now);
  Step advance_occasion(base::Time now);
  Step advance_firing(const model::AlertRule& rule, base::Time now);

  Sign sign_;
  Stage stage_ = Stage::quiet;
  bool holds_ = false;
  bool gone_ = false;
  bool known_ = true;
  bool flapped_ = false;
  std::uint64_t looks_ = 0;  // the last 64, newest lowest
  std::optional<std::uint64_t> look_;
  std::uint32_t occasions_ = 0;  // not dealt with yet
  base::Time since_{};
  base::Time heard_at_{};
  std::optional<base::Time> away_since_;
  std::optional<base::Time> over_at_;  // of the incident before
  Flaps flaps_;
  std::uint32_t flaps_in_incident_ = 0;
};

}  // namespace davylamp::core
