#include "sources/wireguard/server_config.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.hpp"

namespace davylamp::wireguard {
namespace {

constexpr std::size_t most_warnings = 8;

// How sure it is that a comment is a name; the surest of a peer's comments wins, the first of equals.
enum class Sureness : std::uint8_t { none, plain, marked };
struct NameInComment {
  Sureness sureness = Sureness::none;
  std::string name;
};

bool starts_with_word(std::string_view text, std::string_view word) {
  return text.size() > word.size() && base::to_lower(text.substr(0, word.size())) == word &&
         (text[word.size()] == ' ' || text[word.size()] == ':' || text[word.size()] == '\t');
}

std::string_view without_marks(std::string_view text) {
  while (text.starts_with('#') || text.starts_with(';') || text.starts_with(' ') || text.starts_with('\t'))
    text.remove_prefix(1);
  while (text.ends_with('#') || text.ends_with(' ') || text.ends_with('\t') || text.ends_with('\r'))
    text.remove_suffix(1);
  return text;
}

// wg-easy writes the client's number behind its name: "ann (2b0e…)".
std::string_view without_id(std::string_view name) {
  const auto open = name.rfind(" (");
  if (open == std::string_view::npos || !name.ends_with(')')) return name;
  const auto id = name.substr(open + 2, name.size() - open - 3);
  const bool number = id.size() >= 8 && std::ranges::all_of(id, [](char c) {
                        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-';
                      });
  return number ? name.substr(0, open) : name;
}

std::string kept(std::string_view name) {
  auto text = base::to_utf8(base::trim(without_id(base::trim(name))));
  if (text.size() > most_name_bytes) {
    auto end = most_name_bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
  }
  return text;
}

// A key in a comment is a secret that somebody keeps there: a client's private key, most often.
bool holds_key(std::string_view text) {
  for (const auto word : base::split(text, ' ')) {
    if (word.size() >= 43 && std::ranges::none_of(word, [](char c) { return c == '@' || c == '.'; })) return true;
  }
  return false;
}

// "friendly_json={"name":"ann",...}"
std::string_view name_in_json(std::string_view text) {
  const auto member = text.find("\"name\"");
  if (member == std::string_view::npos) return {};
  const auto open = text.find('"', member + 6);
  const auto close = open == std::string_view::npos ? open : text.find('"', open + 1);
  return close == std::string_view::npos ? std::string_view{} : text.substr(open + 1, close - open - 1);
}

NameInComment name_in(std::string_view comment) {
  const auto text = without_marks(comment);
  if (text.empty() || holds_key(text)) return {};
  // Ends of blocks, and peers that are switched off.
  for (const std::string_view word : {"end", "end_peer"}) {
    if (starts_with_word(text, word)) return {};
  }
  if (text.starts_with('[')) return {};
  for (const std::string_view word : {"begin", "begin_peer", "client"}) {
    if (!starts_with_word(text, word)) continue;
    const auto name = text.substr(word.size());
    return {Sureness::marked, kept(name.substr(std::min(name.find_first_not_of(": \t"), name.size())))};
  }
  // "ann / ann@example.org / Updated: ..."
  const auto first = text.substr(0, text.find(" / "));
  if (first.find_first_of("=:") == std::string_view::npos) return {Sureness::plain, kept(first)};
  const auto sign = text.find_first_of("=:");
  const auto name = base::to_lower(without_marks(text.substr(0, sign)));
  const auto value = text.substr(sign + 1);
  for (const std::string_view known : {"name", "friendly_name", "friendly-name", "peer_name", "user", "peer"}) {
    if (name == known) return {Sureness::marked, kept(value)};
  }
  if (name == "friendly_json") return {Sureness::marked, kept(name_in_json(value))};
  return {};
}

// Bytes of the wg-quick file, section by section.
class ConfigReader {
 public:
  void line(std::string_view text) {
    text = base::trim(text);
    if (text.empty()) {
      take_comments();
      closed_ = key_.has_value();
    } else if (text.starts_with('#') || text.starts_with(';')) {
      comments_.push_back(name_in(text));
    } else if (text.starts_with('[')) {
      section(text);
    } else {
      // A comment between two settings is of the section that it stands in.
      closed_ = false;
      take_comments();
      setting(text);
    }
  }

  ServerConfig finish() {
    finish_peer();
    for (const auto& [prefix, owners] : given_) {
      if (owners.size() < 2 || config_.warnings.size() >= most_warnings) continue;
      config_.warnings.push_back(prefix + " is in AllowedIPs of " + std::to_string(owners.size()) + " peers (" +
                                 owners[0] + ", " + owners[1] + (owners.size() > 2 ? ", ..." : "") +
                                 "): WireGuard gives it to the last one only; give each peer its own");
    }
    if (pool_ > 0) config_.pool_size = pool_;
    return std::move(config_);
  }

 private:
  void section(std::string_view text) {
    finish_peer();
    const auto name = base::to_lower(text);
    in_peer_ = name.starts_with("[peer]") || name.starts_with("[wireguardpeer]");
    take_comments();
  }

  void take_comments() {
    const bool of_peer = in_peer_ && !closed_;
    for (auto& comment : comments_) {
      if (comment.name.empty()) continue;
      if (of_peer && comment.sureness > name_.sureness) {
        name_ = std::move(comment);
      } else if (!of_peer && comment.sureness == Sureness::marked) {
        // An empty line may part a marked name from its [Peer]; without a mark it is a remark on the file.
        waiting_ = std::move(comment);
      }
    }
    comments_.clear();
    if (!of_peer) return;
    if (waiting_.sureness > name_.sureness) name_ = std::move(waiting_);
    waiting_ = {};
  }

  void setting(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return;
    const auto name = base::to_lower(base::trim(text.substr(0, equals)));
    // A comment may stand behind a setting.
    const auto value = base::trim(text.substr(equals + 1, text.find('#', equals) - equals - 1));
    if (!in_peer_ && name == "address") addresses(value);
    if (!in_peer_) return;
    if (name == "publickey") key_ = Key::from_base64(value);
    if (name != "allowedips") return;
    for (const auto part : base::split(value, ',')) {
      if (const auto allowed = parse_allowed_ip(base::trim(part))) allowed_.push_back(allowed->to_text());
    }
  }

  void addresses(std::string_view value) {
    for (const auto part : base::split(value, ',')) {
      const auto own = parse_allowed_ip(base::trim(part));
      if (!own || !own->address.is_v4() || own->bits == 0 || own->bits > 30) continue;
      // Without the network's own, its broadcast, and the server's.
      pool_ += (std::uint64_t{1} << (32U - own->bits)) - 3;
    }
  }

  void finish_peer() {
    // Comments right before the next section are about that one.
    if (in_peer_ && key_) {
      const auto shown = name_.name.empty() ? key_->to_base64().substr(0, 8) : name_.name;
      for (auto& prefix : allowed_) given_[std::move(prefix)].push_back(shown);
      if (!name_.name.empty()) config_.names.insert_or_assign(*key_, std::move(name_.name));
    }
    key_.reset();
    allowed_.clear();
    name_ = {};
    in_peer_ = false;
    closed_ = false;
  }

  ServerConfig config_;
  bool in_peer_ = false;
  bool closed_ = false;  // an empty line ended the peer: comments from here on are about the next
  std::optional<Key> key_;
  NameInComment name_;
  NameInComment waiting_;
  std::vector<NameInComment> comments_;  // not given to a section yet
  std::vector<std::string> allowed_;
  std::map<std::string, std::vector<std::string>> given_;  // whose each prefix is
  std::uint64_t pool_ = 0;
};

}  // namespace

ServerConfig read_server_config(std::string_view text) {
  ConfigReader reader;
  while (!text.empty()) {
    const auto end = text.find('\n');
    reader.line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return reader.finish();
}

}  // namespace davylamp::wireguard
