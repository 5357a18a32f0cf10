// What incidents say, in plain English.
#pragma once

#include <string>

#include "model/incident.hpp"

namespace davylamp::core {

// "2026-12-01 09:00 UTC".
std::string utc_text(base::Time at);
// Writes title and text from the condition and its values; a resolved one says how long it lasted (values["seconds"]),
// a flapping one that it comes and goes.
void put_words(model::Incident& incident, bool flapping);

}  // namespace davylamp::core
