// A delivery as a message in the receiver's language and zone. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/zone.hpp"
#include "contract/notifier.hpp"
#include "model/incident.hpp"
#include "notify/words/language.hpp"

namespace davylamp::notify {

class Composer {
 public:
  // `zone` is an IANA name; one that `zones` does not know is UTC, and said so. `zones` must outlive this.
  Composer(Language language, std::string zone, const base::Zones& zones)
      : language_(language), zone_(std::move(zone)), zones_(zones) {}

  contract::Message compose(const model::Delivery& delivery, base::Time now) const;
  contract::Message test(std::string_view channel, base::Time now) const;

  // "2026-11-21 17:20 (Europe/Berlin)".
  std::string local_time(base::Time at) const;
  // Its two greatest units: "2 hours 5 minutes". Less than a second is "0 seconds".
  std::string duration(base::Seconds length) const;
  Language language() const { return language_; }

 private:
  std::string title_of(const model::Delivery& delivery) const;
  std::string text_of(const model::Delivery& delivery, base::Time now) const;
  std::string fill_from(std::string_view phrase, const model::Incident& incident) const;
  Language language_;
  std::string zone_;
  const base::Zones& zones_;
};

// Every line of it right to left, also where it begins with a Latin word (U+200F before it).
std::string right_to_left(std::string_view text);

// "1.5 GB": SI units, three digits.
std::string volume_text(std::uint64_t bytes);

}  // namespace davylamp::notify
