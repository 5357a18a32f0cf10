#include <algorithm>

#include "app/cli/amounts.hpp"
#include "app/cli/daemon.hpp"
#include "app/cli/limit_words.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

using model::LimitSubject;

// What was typed; what is absent keeps what a limit has, or becomes the default of a new one.
struct Wish {
  LimitSubject subject_kind = LimitSubject::user;
  std::string subject;
  std::uint64_t bytes = 0;
  model::TrafficDirection direction = model::TrafficDirection::both;
  model::Period period;
  std::optional<std::string> zone;
  std::optional<std::uint64_t> buffer_bytes;
  std::optional<std::vector<std::uint32_t>> thresholds;
  std::optional<bool> enforce;
  std::optional<bool> kernel_stop;
  std::optional<std::string> note;
};

std::unexpected<base::Error> wrong(std::string what) {
  return base::fail("usage", std::move(what));
}

// "500 MiB" may come as one word or two.
base::Result<std::uint64_t> volume_from(const std::vector<std::string>& names, std::size_t first) {
  std::string text;
  for (std::size_t i = first; i < names.size(); ++i) text += (i == first ? "" : " ") + names[i];
  if (text.empty()) return wrong("needs a volume, like 5GB");
  return parse_volume(text);
}

base::Result<void> take_subject(const Arguments& arguments, Wish& wish) {
  const auto each = arguments.value("--each");
  const auto group = arguments.value("--group");
  if (each && group) return wrong("--each binds every member alone, --group all together; take one");
  if (each || group) {
    wish.subject_kind = each ? LimitSubject::each : LimitSubject::group;
    wish.subject = each ? *each : *group;
  } else {
    if (arguments.names.empty()) return wrong("needs USER, --each GROUP or --group GROUP");
    wish.subject = arguments.names.front();
  }
  if (wish.subject.empty()) return wrong("the name is empty");
  const auto bytes = volume_from(arguments.names, each || group ? 0 : 1);
  if (!bytes) return std::unexpected(bytes.error());
  wish.bytes = *bytes;
  return {};
}

base::Result<void> take_switch(const Arguments& arguments, std::string_view name, std::optional<bool>& target) {
  const bool on = arguments.has("--" + std::string(name));
  const bool off = arguments.has("--no-" + std::string(name));
  if (on && off) return wrong("--" + std::string(name) + " and --no-" + std::string(name) + " contradict each other");
  if (on || off) target = on;
  return {};
}

base::Result<void> take_options(const Arguments& arguments, Wish& wish) {
  if (const auto text = arguments.value("--direction")) {
    const auto direction = base::json::enum_value<model::TrafficDirection>(*text);
    if (!direction) return wrong("--direction must be down, up or both");
    wish.direction = *direction;
  }
  if (const auto text = arguments.value("--period")) {
    const auto period = parse_period(*text);
    if (!period) return std::unexpected(period.error());
    wish.period = *period;
  }
  if (const auto text = arguments.value("--buffer")) {
    const auto bytes = *text == "0" ? base::Result<std::uint64_t>(0) : parse_volume(*text);
    if (!bytes) return wrong("--buffer " + bytes.error().message);
    wish.buffer_bytes = *bytes;
  }
  if (const auto text = arguments.value("--thresholds")) {
    const auto thresholds = parse_thresholds(*text);
    if (!thresholds) return std::unexpected(thresholds.error());
    wish.thresholds = *thresholds;
  }
  wish.zone = arguments.value("--zone");
  wish.note = arguments.value("--note");
  if (auto taken = take_switch(arguments, "enforce", wish.enforce); !taken) return taken;
  return take_switch(arguments, "kernel-stop", wish.kernel_stop);
}

base::Result<Wish> wish_of(const Arguments& arguments) {
  Wish wish;
  if (const auto taken = take_subject(arguments, wish); !taken) return std::unexpected(taken.error());
  if (const auto taken = take_options(arguments, wish); !taken) return std::unexpected(taken.error());
  return wish;
}

// The limit that the wish changes: the same subject, direction and kind of period.
std::optional<model::Limit> existing(const model::Limits& limits, const Wish& wish) {
  const auto found = std::ranges::find_if(limits.limits, [&](const model::Limit& limit) {
    return limit.subject_kind == wish.subject_kind && limit.subject == wish.subject &&
           limit.direction == wish.direction && limit.period.kind == wish.period.kind;
  });
  return found == limits.limits.end() ? std::nullopt : std::optional(*found);
}

model::Limit fresh(const Wish& wish, const QuotaConfig& defaults) {
  model::Limit limit;
  limit.subject_kind = wish.subject_kind;
  limit.subject = wish.subject;
  limit.direction = wish.direction;
  limit.buffer_bytes = defaults.buffer_bytes;
  limit.period.zone = defaults.zone;
  return limit;
}

void apply(const Wish& wish, model::Limit& limit) {
  auto period = wish.period;
  period.zone = wish.zone.value_or(limit.period.zone);
  period.starts_at = limit.period.starts_at;
  period.ends_at = limit.period.ends_at;
  limit.period = period;
  limit.bytes = wish.bytes;
  if (wish.buffer_bytes) limit.buffer_bytes = *wish.buffer_bytes;
  if (wish.thresholds) limit.thresholds = *wish.thresholds;
  if (wish.enforce) limit.enforce = *wish.enforce;
  if (wish.kernel_stop) limit.kernel_stop = *wish.kernel_stop;
  if (wish.note) limit.note = *wish.note;
}

}  // namespace

int run_quota_set(const Call& call) {
  const auto wish = wish_of(call.arguments);
  if (!wish) return usage_error(call, "quota set: " + wish.error().message);
  const auto config = config_or_complaint(call);
  if (!config) return exit_usage;
  const Daemon daemon(call, *config);
  const auto limits = daemon.get<model::Limits>("/api/v1/limits");
  const auto present = existing(limits, *wish);
  auto limit = present.value_or(fresh(*wish, config->quota));
  apply(*wish, limit);
  if (!present && limit.period.kind == model::PeriodKind::once) limit.period.starts_at = call.world.clock.now();
  const auto answer = present ? daemon.send<model::Limit>("PUT", "/api/v1/limits/" + std::to_string(limit.id), limit)
                              : daemon.send<model::Limit>("POST", "/api/v1/limits", limit);
  if (call.json) {
    call.world.out << base::json::write(answer) << "\n";
  } else {
    call.world.out << base::printable(limit_text(answer)) << (present ? " is changed\n" : " is new\n");
  }
  return exit_ok;
}

}  // namespace davylamp::app
