#include "core/quota/meter.hpp"

namespace davylamp::core {

void Meter::add(const model::Counters& bytes, base::Time minute, std::uint64_t cut) {
  if (minute < span_.start) return;
  if (cut != cut_) {
    uncut_ = {};
    uncut_ahead_ = {};
    cut_ = cut;
  }
  total_ += bytes;
  uncut_ += bytes;
  if (!span_.end || minute < *span_.end) return;
  ahead_ += bytes;
  uncut_ahead_ += bytes;
  furthest_ = std::max(furthest_, minute);
}

void Meter::set_stored(const model::Counters& from_start, const model::Counters& from_end, std::uint64_t cut) {
  total_ = from_start;
  ahead_ = from_end;
  if (!from_end.is_zero()) furthest_ = base::Time::max();
  loaded_ = true;
  if (cut != cut_) return;
  total_ += uncut_;
  ahead_ += uncut_ahead_;
}

void Meter::begin(const PeriodSpan& span, bool counts_from_here) {
  const auto cut = cut_;
  *this = {};
  cut_ = cut;
  span_ = span;
  loaded_ = counts_from_here;
}

bool Meter::move_on(const PeriodSpan& next) {
  const bool known = ahead_.is_zero() || (span_.end == next.start && furthest_ < next.end.value_or(base::Time::max()));
  const auto begun = ahead_;
  const auto uncut = uncut_ahead_;
  begin(next, known && loaded_);
  total_ = begun;
  uncut_ = uncut;
  return loaded_;
}

std::uint64_t Meter::used(model::TrafficDirection direction) const {
  const auto all = model::bytes_of(counted(), direction);
  return all - std::min(all, model::bytes_of(forgiven_, direction));
}

}  // namespace davylamp::core
