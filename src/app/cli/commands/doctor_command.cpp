#include <algorithm>

#include "app/cli/command.hpp"
#include "app/cli/store_owner.hpp"
#include "app/doctor/checks.hpp"
#include "app/doctor/gather.hpp"
#include "base/codec.hpp"
#include "base/codec_read.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

struct DoctorReport {
  bool ok = false;
  std::vector<Diagnosis> lines;
};
BOOST_DESCRIBE_STRUCT(DoctorReport, (), (ok, lines))

std::string_view mark(Health health) {
  return health == Health::ok ? "ok       " : health == Health::note ? "note     " : "PROBLEM  ";
}

std::optional<std::string> why_no_store(const Call& call, const Config& config) {
  const StoreOwner owner(config.store.path);
  try {
    call.world.open_store(config)->reader();
    return std::nullopt;
  } catch (const std::exception& failure) {
    return failure.what();
  }
}

std::string text_member(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

base::Result<std::vector<DaemonWord>> words_of_daemon(const Call& call, const std::string& socket) {
  const auto answer = call.world.ask_daemon(socket, {"GET", "/api/v1/servers", ""});
  if (!answer) return std::unexpected(answer.error());
  const auto body = base::json::parse(answer->body);
  const auto* object = body ? body->if_object() : nullptr;
  const auto* items = object == nullptr ? nullptr : object->if_contains("items");
  if (answer->status != 200 || items == nullptr || !items->is_array()) {
    return base::fail("bad_answer", socket + " answers, but not as davylampd of this version does");
  }
  std::vector<DaemonWord> words;
  for (const auto& item : items->get_array()) {
    if (!item.is_object()) continue;
    const auto& server = item.get_object();
    words.push_back({text_member(server, "name"), text_member(server, "state"), text_member(server, "health")});
  }
  return words;
}

void tell(const Call& call, const std::vector<Diagnosis>& lines) {
  std::string topic;
  for (const auto& line : lines) {
    if (line.topic != topic) call.world.out << base::printable(line.topic) << "\n";
    topic = line.topic;
    call.world.out << "  " << mark(line.health) << base::printable(line.text) << "\n";
    if (!line.remedy.empty()) call.world.out << "           -> " << base::printable(line.remedy) << "\n";
  }
}

}  // namespace

int run_doctor(const Call& call) {
  if (!call.arguments.names.empty()) return usage_error(call, "doctor: takes no names");
  DoctorWorld world;
  world.root = call.world.root;
  world.config_path = call.config_path;
  world.environment = call.world.environment;
  world.now = call.world.clock.now();
  world.ask_daemon = [&](const std::string& socket) { return words_of_daemon(call, socket); };
  world.open_store = [&](const Config& config) { return why_no_store(call, config); };
  const auto lines = diagnose(gather_host_facts(world));
  const bool ok = std::ranges::none_of(lines, [](const auto& line) { return line.health == Health::problem; });
  if (call.json) {
    call.world.out << base::json::write(DoctorReport{ok, lines}) << "\n";
  } else {
    tell(call, lines);
  }
  return ok ? exit_ok : exit_failed;
}

}  // namespace davylamp::app
