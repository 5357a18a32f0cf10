// How what was heard becomes incidents, and incidents become notices.
#include <algorithm>
#include <utility>

#include "core/alerts/alert_engine.hpp"
#include "core/alerts/folding.hpp"
#include "core/alerts/rule_match.hpp"
#include "core/alerts/wording.hpp"
#include "model/incident_subject.hpp"

namespace davylamp::core {
namespace {

using model::IncidentState;

// While it fires, what is said of an incident is made newer so often.
constexpr base::Seconds refresh_every{60};

std::uint64_t id_of(const std::map<Topic, Life>& cases, const Topic& topic, Stage stage) {
  const auto found = cases.find(topic);
  return found == cases.end() || found->second.stage() != stage ? 0 : found->second.incident_id;
}

}  // namespace

void AlertEngine::forget_user(std::string_view user) {
  std::vector<std::uint64_t> theirs;
  for (const auto& [id, incident] : book_.all()) {
    if (model::is_about_user(incident, user)) theirs.push_back(id);
  }
  for (const auto id : theirs) {
    book_.drop(id);
    notices_.forget(id);
    over_.erase(id);
  }
  std::erase_if(cases_, [&](const auto& entry) {
    const auto& topic = entry.first;
    if (topic.subject != user || !model::is_of_user(topic.condition)) return false;
    touched_.erase(topic);
    return true;
  });
  users_.forget(std::string(user));
}

// Causes come to be before what they explain is judged: fifty agents that miss one deadline are one message.
void AlertEngine::settle(base::Time now, bool all) {
  for (const auto& sign : sites_.judge(now)) hear(sign, now);
  const auto topics = std::exchange(touched_, {});
  const auto visit = [&](bool every, const auto& act) {
    if (every) {
      for (auto& [topic, life] : cases_) act(topic, life);
      return;
    }
    for (const auto& topic : topics) {
      if (const auto found = cases_.find(topic); found != cases_.end()) act(topic, found->second);
    }
  };
  bool causes_moved = false;
  for (const bool causes : {true, false}) {
    visit(all, [&](const Topic& topic, Life& life) {
      if (explains(topic.condition) == causes && advance(topic, life, now) && causes) causes_moved = true;
    });
  }
  visit(all || causes_moved, [&](const Topic& topic, Life& life) {
    if (life.stage() == Stage::firing) judge(topic, life, now);
  });
  auto made = notices_.flush(book_, now);
  made_.insert(made_.end(), std::make_move_iterator(made.begin()), std::make_move_iterator(made.end()));
}

// All steps that are due, until an occasion that is over leaves room for the next.
bool AlertEngine::advance(const Topic& topic, Life& life, base::Time now) {
  const auto* rule = rule_for(alerting_.rules, topic.condition, topic.subject);
  if (rule == nullptr) {
    const auto step = life.stop();
    take_step(step, topic, life, nullptr, now);
    return step != Step::none;
  }
  bool moved = false;
  for (;;) {
    const auto step = life.advance(*rule, now);
    if (step == Step::none) break;
    take_step(step, topic, life, rule, now);
    moved = true;
  }
  if (life.stage() == Stage::firing) refresh(life, *rule, now);
  return moved;
}

void AlertEngine::take_step(Step step, const Topic& topic, Life& life, const model::AlertRule* rule, base::Time now) {
  switch (step) {
    case Step::began:
      begin(topic, life, *rule, now);
      break;
    case Step::fired:
      if (life.incident_id == 0) begin(topic, life, *rule, now);
      fire(life, now);
      // An occasion may be over before it is judged with the rest.
      if (is_occasion(topic.condition)) judge(topic, life, now);
      break;
    case Step::passed:
    case Step::resolved:
      finish(life, now, rule);
      break;
    case Step::none:
      break;
  }
}

void AlertEngine::begin(const Topic& topic, Life& life, const model::AlertRule& rule, base::Time now) {
  const auto& sign = life.sign();
  model::Incident incident;
  incident.key = topic.key();
  incident.rule_id = rule.id;
  incident.condition = topic.condition;
  incident.subject = topic.subject;
  incident.parent = sign.parent;
  incident.severity = std::max(rule.severity, sign.least);
  incident.values = sign.values;
  incident.evidence = sign.evidence;
  incident.since_at = life.since();
  mark(incident, now, "seen", {});
  put_words(incident, false);
  life.incident_id = book_.add(std::move(incident)).id;
  life.refreshed_at = now;
}

void AlertEngine::fire(Life& life, base::Time now) {
  auto& incident = *book_.find(life.incident_id);
  incident.state = IncidentState::firing;
  incident.fired_at = now;
  incident.flaps = life.flaps();
  incident.values = life.sign().values;
  incident.evidence = life.sign().evidence;
  mark(incident, now, "fired", {});
  if (life.flapping()) mark(incident, now, "flapping", "it came back again and again within an hour");
  put_words(incident, life.flapping());
  book_.touch(incident.id);
}

void AlertEngine::finish(Life& life, base::Time now, const model::AlertRule* rule) {
  const auto id = std::exchange(life.incident_id, 0);
  auto* incident = book_.find(id);
  if (incident == nullptr) return;
  incident->state = IncidentState::resolved;
  incident->resolved_at = now;
  incident->flaps = life.flaps();
  const auto lasted = std::chrono::floor<base::Seconds>(now - incident->since_at);
  incident->values["seconds"] = std::to_string(std::max<std::int64_t>(0, lasted.count()));
  mark(*incident, now, "resolved", rule == nullptr ? "no rule asks for it any longer" : "");
  put_words(*incident, false);
  if (incident->fired_at) {
    notices_.over(*incident, now, incident->folded_into.has_value() || incident->silence_id.has_value());
  }
  book_.touch(id);
  over_.insert(id);
}

// What is said follows what is seen: at once where that is graver, of outages, and else now and then.
void AlertEngine::refresh(Life& life, const model::AlertRule& rule, base::Time now) {
  auto& incident = *book_.find(life.incident_id);
  const auto severity = std::max(rule.severity, life.sign().least);
  const bool graver = severity > incident.severity;
  const bool flaps = life.flaps() != incident.flaps;
  const bool site = incident.condition == model::ConditionKind::site_down;
  const bool newer = incident.values != life.sign().values || incident.evidence != life.sign().evidence;
  const bool due = newer && (site || now - life.refreshed_at >= refresh_every);
  if (severity == incident.severity && incident.rule_id == rule.id && !flaps && !due) return;
  if (flaps && life.flapping() && incident.flaps < Flaps::many) mark(incident, now, "flapping", "it comes and goes");
  incident.severity = severity;
  incident.rule_id = rule.id;
  incident.flaps = life.flaps();
  if (newer && !life.sign().values.empty()) {
    incident.values = life.sign().values;
    incident.evidence = life.sign().evidence;
  }
  life.refreshed_at = now;
  put_words(incident, life.flapping());
  book_.touch(incident.id);
  if (graver && !incident.folded_into && !incident.silence_id) notices_.repeat(incident, rule, now, true);
}

void AlertEngine::judge(const Topic& topic, Life& life, base::Time now) {
  auto& incident = *book_.find(life.incident_id);
  const auto* rule = rule_for(alerting_.rules, topic.condition, topic.subject);
  const bool occasion = is_occasion(topic.condition);
  const bool waits_for_cause = fold(topic, incident, now) && !occasion;
  silence(incident, now);
  if (rule == nullptr || waits_for_cause || incident.folded_into || incident.silence_id) return;
  // What is about to be over was either told, or need not be.
  if (!life.holds() && !occasion) return;
  notices_.fires(incident, *rule);
  notices_.repeat(incident, *rule, now, false);
}

// True while a cause is pending: what it may explain waits for it.
bool AlertEngine::fold(const Topic& topic, model::Incident& incident, base::Time now) {
  std::uint64_t cause = 0;
  bool pending = false;
  for (const auto& explanation : explanations(topic, incident.parent, sites_)) {
    if (cause == 0) cause = id_of(cases_, explanation, Stage::firing);
    pending = pending || id_of(cases_, explanation, Stage::pending) != 0;
  }
  const auto before = incident.folded_into.value_or(0);
  if (cause == before) return cause == 0 && pending;
  if (cause == 0) {
    incident.folded_into.reset();
    mark(incident, now, "note", "what explained it is over");
  } else {
    incident.folded_into = cause;
    auto& explaining = *book_.find(cause);
    ++explaining.folded;
    mark(incident, now, "folded", "explained by: " + explaining.title);
    book_.touch(cause);
  }
  book_.touch(incident.id);
  return cause == 0 && pending;
}

void AlertEngine::silence(model::Incident& incident, base::Time now) {
  const auto* silence = silence_over(alerting_.silences, incident, now);
  const auto id = silence == nullptr ? 0 : silence->id;
  if (incident.silence_id.value_or(0) == id) return;
  if (silence == nullptr) {
    incident.silence_id.reset();
    mark(incident, now, "note", "the silence is over");
  } else {
    incident.silence_id = id;
    mark(incident, now, "silenced", silence->reason);
  }
  book_.touch(incident.id);
}

// What is over and told of leaves the book; what nobody needs any longer leaves the cases.
void AlertEngine::sweep(base::Time now) {
  std::erase_if(over_, [&](std::uint64_t id) {
    if (notices_.waits(id)) return false;
    book_.forget(id);
    notices_.forget(id);
    return true;
  });
  std::erase_if(cases_, [&](const auto& entry) { return entry.second.spent(now); });
}

}  // namespace davylamp::core
