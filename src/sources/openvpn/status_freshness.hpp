// Thinks: how old a status file may be.
#pragma once

#include <optional>

#include "base/time.hpp"

namespace davylamp::openvpn {

// A file that stays behind after its server stopped still lists the last clients: only the time in it tells. The
// server's own interval is learnt from the times that follow each other; OpenVPN's default is 60 s.
class StatusFreshness {
 public:
  // A text was read whose TIME says `made_at`.
  void note(base::Time made_at);
  std::optional<base::Time> made_at() const { return made_at_; }
  base::Seconds interval() const { return interval_; }
  // Late: three intervals passed. Over: so much passed that the server must be gone.
  bool late(base::Time now) const;
  bool over(base::Time now) const;

 private:
  std::optional<base::Time> made_at_;
  base::Seconds interval_{60};
};

}  // namespace davylamp::openvpn
