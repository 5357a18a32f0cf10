#include "core/agents/timeline.hpp"

#include <algorithm>
#include <iterator>

namespace davylamp::core {
namespace {

using model::AgentMemory;
using model::AgentRun;
using model::RunState;
using Runs = std::vector<AgentRun>;

base::Time reach(const AgentRun& run) {
  return run.last + base::Seconds{run.bridge_seconds};
}

bool joins(const AgentRun& before, const AgentRun& after) {
  return before.state == after.state && after.begin <= reach(before);
}

void join(AgentRun& before, const AgentRun& after) {
  before.last = after.last;
  before.vouch_seconds = after.vouch_seconds;
  before.bridge_seconds = after.bridge_seconds;
}

// Another state within a run that is already known: it lasts for its interval.
void split(Runs& runs, Runs::iterator run, const Mark& mark) {
  const AgentRun whole = *run;
  const auto end = std::min(mark.at + base::Seconds{mark.vouch_seconds}, whole.last);
  AgentRun within{mark.at, mark.at, mark.vouch_seconds, whole.bridge_seconds, mark.state};
  AgentRun after = whole;
  after.begin = end;
  run->last = mark.at;
  const auto place = runs.insert(std::next(run), within);
  if (mark.at < whole.last) runs.insert(std::next(place), after);
}

// Of a gap between heartbeats: how much is known at all.
std::int64_t known_in(const AgentMemory& memory, base::Time begin, base::Time end) {
  if (end <= begin) return 0;
  std::int64_t known = (end - begin).count();
  for (const auto& span : memory.unknown) {
    const auto from = std::max(span.begin, begin);
    const auto to = std::min(span.end, end);
    if (from < to) known -= (to - from).count();
  }
  return known;
}

// When `budget` of known time has passed since `begin`, at most `end`.
base::Time after_known(const AgentMemory& memory, base::Time begin, base::Time end, base::Milliseconds budget) {
  auto at = begin;
  for (const auto& span : memory.unknown) {
    if (span.end <= at) continue;
    if (span.begin >= at + budget) break;
    if (span.begin > at) budget -= span.begin - at;
    at = span.end;
  }
  return std::min(at + budget, end);
}

struct Window {
  base::Time begin;
  base::Time end;
};

class Sum {
 public:
  Sum(const AgentMemory& memory, Window window) : memory_(memory), window_(window) {}

  void add_run(const AgentRun& run) { add(run.state, (clip_end(run.last) - clip_begin(run.begin)).count()); }
  void add_gap(RunState state, base::Time begin, base::Time end) {
    add(state, known_in(memory_, clip_begin(begin), clip_end(end)));
  }
  const Spent& spent() const { return spent_; }

 private:
  base::Time clip_begin(base::Time at) const { return std::max(at, window_.begin); }
  base::Time clip_end(base::Time at) const { return std::min(at, window_.end); }
  void add(RunState state, std::int64_t milliseconds) {
    if (milliseconds <= 0) return;
    if (state == RunState::down) {
      spent_.down += milliseconds;
    } else {
      spent_.up += milliseconds;
      if (state == RunState::leaking) spent_.leaking += milliseconds;
    }
  }
  const AgentMemory& memory_;
  Window window_;
  Spent spent_;
};

void add_gap_after(Sum& sum, const AgentMemory& memory, const AgentRun& run, base::Time next) {
  const base::Milliseconds bridge = base::Seconds{run.bridge_seconds};
  if (known_in(memory, run.last, next) <= bridge.count()) {
    sum.add_gap(run.state, run.last, next);
    return;
  }
  const auto vouched = after_known(memory, run.last, next, base::Seconds{run.vouch_seconds});
  sum.add_gap(run.state, run.last, vouched);
  sum.add_gap(RunState::down, vouched, next);
}

void add_tail(Sum& sum, const AgentMemory& memory, base::Time end, bool tail_is_down) {
  const auto& run = memory.runs.back();
  const auto vouched = after_known(memory, run.last, end, base::Seconds{run.vouch_seconds});
  sum.add_gap(run.state, run.last, vouched);
  if (tail_is_down) sum.add_gap(RunState::down, vouched, end);
}

}  // namespace

Touched add_mark(AgentMemory& memory, const Mark& mark) {
  if (mark.at < memory.settled_until) return {mark.at, mark.at};
  auto& runs = memory.runs;
  auto next = std::ranges::upper_bound(runs, mark.at, {}, &AgentRun::begin);
  const AgentRun alone{mark.at, mark.at, mark.vouch_seconds, mark.bridge_seconds, mark.state};
  if (next != runs.begin()) {
    const auto run = std::prev(next);
    if (mark.at <= run->last) {
      if (run->state == mark.state) return {mark.at, mark.at};
      const Touched touched{mark.at, mark.at + base::Seconds{mark.vouch_seconds}};
      split(runs, run, mark);
      return touched;
    }
  }
  auto placed = next;
  const auto begin = next == runs.begin() ? mark.at : std::prev(next)->last;
  if (next != runs.begin() && joins(*std::prev(next), alone)) {
    placed = std::prev(next);
    join(*placed, alone);
  } else {
    placed = runs.insert(next, alone);
  }
  const auto after = std::next(placed);
  auto end = mark.at + base::Seconds{mark.vouch_seconds};
  if (after != runs.end()) {
    end = after->begin;
    if (joins(*placed, *after)) {
      join(*placed, *after);
      runs.erase(after);
    }
  }
  return {begin, end};
}

void add_unknown(AgentMemory& memory, base::Time begin, base::Time end) {
  if (end <= begin) return;
  auto& spans = memory.unknown;
  const auto first = std::ranges::lower_bound(spans, begin, {}, &model::UnknownSpan::end);
  auto last = first;
  for (; last != spans.end() && last->begin <= end; ++last) {
    begin = std::min(begin, last->begin);
    end = std::max(end, last->end);
  }
  spans.insert(spans.erase(first, last), model::UnknownSpan{begin, end});
  if (spans.size() <= most_unknown_spans) return;
  spans[1].begin = spans[0].begin;
  spans.erase(spans.begin());
}

void trim_timeline(AgentMemory& memory, base::Time now) {
  memory.settled_until = std::max(memory.settled_until, base::floor_to(now - kept_span, base::Seconds{3600}));
  auto& runs = memory.runs;
  std::size_t over = runs.size() > most_runs ? runs.size() - most_runs : 0;
  // The one before the first that is kept says what the time until then was.
  while (over + 1 < runs.size() && runs[over + 1].begin <= memory.settled_until) ++over;
  if (over > 0) {
    runs.erase(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(over));
    const auto hour = base::floor_to(runs.front().begin + base::Seconds{3599}, base::Seconds{3600});
    if (runs.front().begin > memory.settled_until) memory.settled_until = hour;
  }
  std::erase_if(memory.unknown, [&](const auto& span) { return span.end <= memory.settled_until; });
}

Spent spent_in(const AgentMemory& memory, base::Time begin, base::Time end, bool tail_is_down) {
  Sum sum(memory, {begin, end});
  const auto& runs = memory.runs;
  auto run = std::ranges::upper_bound(runs, begin, {}, &AgentRun::begin);
  if (run != runs.begin()) --run;
  for (; run != runs.end() && run->begin < end; ++run) {
    sum.add_run(*run);
    if (std::next(run) != runs.end()) {
      add_gap_after(sum, memory, *run, std::next(run)->begin);
    } else {
      add_tail(sum, memory, std::max(end, run->last), tail_is_down);
    }
  }
  return sum.spent();
}

}  // namespace davylamp::core
