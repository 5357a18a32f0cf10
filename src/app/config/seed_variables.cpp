#include "app/config/seed_variables.hpp"

#include <algorithm>
#include <iterator>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

// `place`: a secret, of which only the variable's name is kept ("env:NAME"). `list`: a list of one.
enum class Unit { text, place, list, seconds, bytes, none };

struct SeedVariable {
  std::string_view name;
  std::string_view key;  // "source.openvpn[]." for all servers; empty: there is no counterpart
  Unit unit = Unit::text;
  std::uint64_t most = 0;  // a greater value becomes this one; 0: no bound
  std::string_view remark;
};

// Those that name a server come first: what follows is set on the server that they make.
constexpr SeedVariable variables[] = {
    {"OPENVPN_UDS_SOCKET", "source.openvpn[].management", Unit::text, 0, "Makes a server when none is configured."},
    {"OPENVPN_STATUS_LOG", "source.openvpn[].status_file", Unit::text, 0, "Makes a server when none is configured."},
    {"OPENVPN_MONITOR_TZ", "source.openvpn[].status_zone", Unit::text, 0, ""},
    {"BYTECOUNT_INTERVAL", "source.openvpn[].bytecount_seconds", Unit::seconds, 60, ""},
    {"MONITOR_INTERVAL", "source.openvpn[].poll_seconds", Unit::seconds, 60, ""},
    {"RECONCILE_INTERVAL", "source.openvpn[].poll_seconds", Unit::seconds, 60, "MONITOR_INTERVAL comes first."},
    {"DB_FLUSH_INTERVAL", "store.commit_seconds", Unit::seconds, 60, ""},
    {"QUOTA_BUFFER_BYTES", "quota.buffer_bytes", Unit::bytes, 0,
     "It was added to the quota; here a user is stopped when so little is left."},
    {"MAX_LOG_SIZE", "log.max_bytes", Unit::bytes, 0, "Used with log.file only; the journal has a bound of its own."},
    {"TELEGRAM_BOT_TOKEN", "notify.telegram[].token_file", Unit::place, 0,
     "Makes a channel when none is configured, together with TELEGRAM_CHAT_ID; the token stays in the variable."},
    {"TELEGRAM_CHAT_ID", "notify.telegram[].chats", Unit::list, 0, "Used together with TELEGRAM_BOT_TOKEN."},
    {"VPN_SENTINEL_API_KEY", "hub.shared_key_file", Unit::place, 0, "The key stays in the variable."},
    {"VPN_SENTINEL_SERVER_ALLOWED_IPS", "hub.allow", Unit::list, 0, ""},
    {"VPN_SENTINEL_ALERT_THRESHOLD_MINUTES", "", Unit::none, 0, "Each agent has its own: davylamp agents add --grace."},
    {"DNS_LEAK_TOLERANCE", "", Unit::none, 0, "Each agent has its own: davylamp agents add --dns."},
    {"OPENVPN_HISTORY_LOG", "", Unit::none, 0, "Sessions are in store.path; davylamp import takes the old ones over."},
    {"OPENVPN_ACTIVE_SESSIONS", "", Unit::none, 0, "Open sessions are in store.path."},
    {"OPENVPN_SERVER_STATUS", "", Unit::none, 0, "Davylamp finds out itself how a server is."},
    {"OPENVPN_CLIENT_GEO_DB", "", Unit::none, 0, "Places come from the databases of [geoip]."},
};

constexpr std::string_view of_servers = "source.openvpn[].";
constexpr std::string_view of_telegram = "notify.telegram[].";

// A value of the configuration. Nothing after a problem.
std::optional<boost::json::value> value_of(const SeedVariable& variable, const std::string& text, Document& document) {
  if (variable.unit == Unit::text) return boost::json::value(boost::json::string(text));
  if (variable.unit == Unit::place) return boost::json::value(boost::json::string("env:" + std::string(variable.name)));
  if (variable.unit == Unit::list) {
    boost::json::array parts;
    for (const auto part : base::split(text, ',')) parts.emplace_back(boost::json::string(base::trim(part)));
    return boost::json::value(std::move(parts));
  }
  const auto number = base::parse_number<std::uint64_t>(base::trim(text));
  if (!number) {
    document.problems.push_back("the variable " + std::string(variable.name) + ": \"" + base::printable(text) +
                                "\" is not a whole number of " +
                                (variable.unit == Unit::seconds ? "seconds" : "bytes") + "; correct it, or unset it " +
                                "and set " + std::string(variable.key));
    return std::nullopt;
  }
  if (variable.most != 0 && *number > variable.most) {
    return boost::json::value(variable.most);
  }
  return boost::json::value(*number);
}

// The table `name` in `table`, made when absent; null where something else has that name.
boost::json::object* table_in(boost::json::object& table, std::string_view name) {
  auto& member = table[name];
  if (member.is_null()) member = boost::json::object{};
  return member.if_object();
}

// The list of tables `name` in `table`, made when absent; null where something else has that name.
boost::json::array* list_in(boost::json::object& root, std::string_view table, std::string_view name) {
  auto* found = table_in(root, table);
  if (found == nullptr) return nullptr;
  auto& list = (*found)[name];
  if (list.is_null()) list = boost::json::array{};
  return list.if_array();
}

boost::json::array* servers_in(boost::json::object& root) {
  return list_in(root, "source", "openvpn");
}

class Taker {
 public:
  Taker(const Environment& environment, Document& document) : environment_(environment), document_(document) {}

  std::vector<std::string> take() {
    const auto* servers = servers_in(document_.root);
    makes_server_ = servers != nullptr && servers->empty();
    makes_channel_ = names_channel();
    for (const auto& variable : variables) {
      const auto found = environment_.find(std::string(variable.name));
      if (found != environment_.end() && !found->second.empty()) take(variable, found->second);
    }
    return std::move(notes_);
  }

 private:
  void take(const SeedVariable& variable, const std::string& text) {
    if (variable.unit == Unit::none) return note(variable, "has no counterpart and can be unset");
    auto value = value_of(variable, text, document_);
    if (!value) return;
    const bool is_lowered =
        variable.most != 0 && base::parse_number<std::uint64_t>(base::trim(text)).value_or(0) > variable.most;
    bool is_set = false;
    if (variable.key.starts_with(of_servers)) {
      is_set = set_on_servers(variable, *value);
    } else if (variable.key.starts_with(of_telegram)) {
      is_set = makes_channel_ && set_on_channel(variable, *value);
    } else {
      const auto dot = variable.key.find('.');
      auto* table = table_in(document_.root, variable.key.substr(0, dot));
      is_set = table != nullptr && set(*table, std::string(variable.key), variable, *value);
    }
    if (!is_set)
      return note(variable,
                  "sets nothing: " + std::string(variable.key) + " is set already, or what it belongs to is not");
    note(variable, "sets " + std::string(variable.key) + (is_lowered ? " to 60, the most there is" : "") +
                       "; write it into the configuration and unset the variable");
  }

  bool set_on_servers(const SeedVariable& variable, const boost::json::value& value) {
    auto* servers = servers_in(document_.root);
    if (servers == nullptr) return false;
    const bool names_server = variable.key.ends_with(".management") || variable.key.ends_with(".status_file");
    if (names_server && !makes_server_) return false;
    if (names_server && servers->empty()) {
      servers->push_back(boost::json::object{{"name", "openvpn"}});
      document_.places["source.openvpn[0]"] = "the variable " + std::string(variable.name);
    }
    bool is_set = false;
    for (std::size_t i = 0; i < servers->size(); ++i) {
      auto* server = (*servers)[i].if_object();
      const auto path =
          "source.openvpn[" + std::to_string(i) + "]." + std::string(variable.key.substr(of_servers.size()));
      if (server != nullptr && set(*server, path, variable, value)) is_set = true;
    }
    return is_set;
  }

  // Both variables are needed, and no channel that is configured.
  bool names_channel() {
    const auto is_given = [this](const char* name) {
      const auto found = environment_.find(name);
      return found != environment_.end() && !found->second.empty();
    };
    if (!is_given("TELEGRAM_BOT_TOKEN") || !is_given("TELEGRAM_CHAT_ID")) return false;
    const auto* channels = list_in(document_.root, "notify", "telegram");
    return channels != nullptr && channels->empty();
  }

  bool set_on_channel(const SeedVariable& variable, const boost::json::value& value) {
    auto* channels = list_in(document_.root, "notify", "telegram");
    if (channels->empty()) {
      channels->push_back(boost::json::object{{"name", "telegram"}});
      document_.places["notify.telegram[0]"] = "the variable " + std::string(variable.name);
    }
    auto* channel = channels->front().if_object();
    const auto path = "notify.telegram[0]." + std::string(variable.key.substr(of_telegram.size()));
    return channel != nullptr && set(*channel, path, variable, value);
  }

  bool set(boost::json::object& table, const std::string& path, const SeedVariable& variable,
           const boost::json::value& value) {
    const auto name = variable.key.substr(variable.key.rfind('.') + 1);
    if (table.contains(name)) return false;
    table[name] = value;
    document_.places[path] = "the variable " + std::string(variable.name);
    return true;
  }

  void note(const SeedVariable& variable, const std::string& what) {
    notes_.push_back("the variable " + std::string(variable.name) + " " + what + "." +
                     (variable.remark.empty() ? "" : " " + std::string(variable.remark)));
  }

  const Environment& environment_;
  Document& document_;
  std::vector<std::string> notes_;
  bool makes_server_ = false;
  bool makes_channel_ = false;
};

}  // namespace

bool is_seed_variable(std::string_view name) {
  return std::ranges::find(variables, name, &SeedVariable::name) != std::end(variables);
}

std::vector<std::string> apply_seed_variables(const Environment& environment, Document& document) {
  const auto is_one = [](const auto& entry) { return is_seed_variable(entry.first); };
  if (std::ranges::none_of(environment, is_one)) return {};
  return Taker(environment, document).take();
}

std::string seed_variable_reference() {
  std::string out =
      "\n## Variables of older monitors\n\n"
      "What such a variable says is used where neither the file nor a `DAVYLAMP__` variable says it. The log names the "
      "key to write instead.\n\n"
      "| variable | key | remark |\n| --- | --- | --- |\n";
  for (const auto& variable : variables) {
    const auto key = variable.key.empty() ? "none" : "`" + std::string(variable.key) + "`";
    std::string remark = variable.most != 0 ? "More than 60 seconds become 60." : "";
    if (!remark.empty() && !variable.remark.empty()) remark += ' ';
    remark += variable.remark;
    out.append("| `").append(variable.name).append("` | ").append(key).append(" | ").append(remark).append(" |\n");
  }
  return out;
}

}  // namespace davylamp::app
