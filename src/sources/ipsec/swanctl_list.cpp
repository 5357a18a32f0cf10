#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "sources/ipsec/swanctl_text.hpp"

namespace davylamp::ipsec {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const auto word : base::split(text, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

std::vector<std::string_view> parts_of(std::string_view text) {
  auto parts = base::split(text, ',');
  for (auto& part : parts) part = base::trim(part);
  return parts;
}

// "#12"
std::uint64_t number_after_hash(std::string_view text) {
  return text.starts_with('#') ? base::parse_number<std::uint64_t>(text.substr(1)).value_or(0) : 0;
}

// "168 bytes", "2s ago": the number in front.
std::optional<std::uint64_t> leading_number(std::string_view text) {
  const auto end = text.find_first_not_of("0123456789");
  return base::parse_number<std::uint64_t>(text.substr(0, end));
}

struct Side {
  std::string id;
  std::string host;
  std::optional<std::uint16_t> port;
  std::string login;
  std::vector<std::string> virtual_addresses;
};

// "'carol@example.org' @ 198.51.100.11[4500] EAP: 'dave' [10.200.0.1 fd20::1]"
std::optional<Side> read_side(std::string_view text) {
  constexpr std::string_view between = "' @ ";
  const auto at = text.rfind(between);
  if (!text.starts_with('\'') || at == std::string_view::npos || at == 0) return std::nullopt;
  Side side;
  side.id = base::to_utf8(text.substr(1, at - 1));
  auto rest = text.substr(at + between.size());
  const auto open = rest.find('[');
  const auto close = rest.find(']');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  side.host = base::trim(rest.substr(0, open));
  side.port = base::parse_number<std::uint16_t>(rest.substr(open + 1, close - open - 1));
  rest = base::trim(rest.substr(close + 1));
  if (rest.ends_with(']')) {
    const auto list = rest.rfind('[');
    if (list == std::string_view::npos) return std::nullopt;
    side.virtual_addresses = words_of(rest.substr(list + 1, rest.size() - list - 2));
    rest = base::trim(rest.substr(0, list));
  }
  const auto quote = rest.find(": '");
  if (quote != std::string_view::npos && rest.ends_with('\'') && quote + 4 <= rest.size()) {
    side.login = base::to_utf8(rest.substr(quote + 3, rest.size() - quote - 4));
  }
  return side;
}

class ListReader {
 public:
  explicit ListReader(std::vector<PrintedProblem>& problems) : problems_(problems) {}

  void take(std::string_view line, std::size_t number) {
    const auto indent = std::min(line.find_first_not_of(' '), line.size());
    const auto text = base::trim(line);
    if (text.empty()) return;
    const bool taken = indent == 0     ? take_ike(text)
                       : ikes_.empty() ? false
                       : indent < 4    ? take_detail(ikes_.back(), text)
                       : indent >= 4 && !ikes_.back().children.empty()
                           ? take_child_detail(ikes_.back().children.back(), text)
                           : false;
    if (!taken) problems_.push_back({number, "not a line of swanctl --list-sas"});
  }
  std::vector<Ike> finish() { return std::move(ikes_); }

 private:
  // "rw: #1, ESTABLISHED, IKEv2, 288496f9867c4655_i 1478c6ff0cd4bf0f_r*"
  bool take_ike(std::string_view text) {
    const auto colon = text.find(": #");
    if (colon == std::string_view::npos) return false;
    const auto parts = parts_of(text.substr(colon + 2));
    if (parts.size() < 3 || number_after_hash(parts[0]) == 0) return false;
    auto& ike = ikes_.emplace_back();
    ike.connection = base::to_utf8(text.substr(0, colon));
    ike.unique_id = number_after_hash(parts[0]);
    ike.state = base::to_utf8(parts[1]);
    if (parts[2].starts_with("IKEv")) ike.version = base::to_utf8(parts[2].substr(4));
    ike.initiator = text.contains("_i*");
    return true;
  }

  bool take_detail(Ike& ike, std::string_view text) {
    if (text.starts_with("local ") || text.starts_with("remote ")) {
      const bool local = text.starts_with("local ");
      auto side = read_side(base::trim(text.substr(6)));
      if (!side) return false;
      (local ? ike.local_id : ike.remote_id) = side->id;
      (local ? ike.local_host : ike.remote_host) = side->host;
      (local ? ike.local_port : ike.remote_port) = side->port;
      (local ? ike.local_virtual : ike.remote_virtual) = std::move(side->virtual_addresses);
      if (!local) ike.remote_login = side->login;
      return true;
    }
    if (text.starts_with("established ")) {
      ike.established_seconds = leading_number(text.substr(12));
      return ike.established_seconds.has_value();
    }
    for (const std::string_view known :
         {"rekeying in ", "reauth. in ", "reauth in ", "queued:", "active:", "passive:"}) {
      if (text.starts_with(known)) return true;
    }
    if (text.contains(": #")) return take_child(ike, text);
    // "AES_CBC-256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/CURVE_25519"
    if (!ike.cipher.empty() || text.contains(' ')) return false;
    ike.cipher = base::to_utf8(text);
    return true;
  }

  // "net: #1, reqid 1, INSTALLED, TUNNEL-in-UDP, ESP:AES_CBC-128/HMAC_SHA2_256_128"
  static bool take_child(Ike& ike, std::string_view text) {
    const auto colon = text.find(": #");
    const auto parts = parts_of(text.substr(colon + 2));
    if (parts.size() < 4) return false;
    auto& child = ike.children.emplace_back();
    child.name = base::to_utf8(text.substr(0, colon));
    child.unique_id = number_after_hash(parts[0]);
    child.state = base::to_utf8(parts[2]);
    const auto suffix = parts[3].find("-in-UDP");
    child.encapsulated = suffix != std::string_view::npos;
    child.mode = base::to_utf8(parts[3].substr(0, suffix));
    if (parts.size() > 4) {
      const auto protocol = parts[4].find(':');
      child.protocol = base::to_utf8(parts[4].substr(0, protocol));
      if (protocol != std::string_view::npos) child.cipher = base::to_utf8(parts[4].substr(protocol + 1));
    }
    return true;
  }

  static bool take_child_detail(Child& child, std::string_view text) {
    if (text.starts_with("installed ")) {
      child.installed_seconds = leading_number(text.substr(10));
      return child.installed_seconds.has_value();
    }
    if (text.starts_with("local ") || text.starts_with("remote ")) {
      const bool local = text.starts_with("local ");
      (local ? child.local_selectors : child.remote_selectors) = words_of(text.substr(local ? 6 : 7));
      return true;
    }
    const bool in = text.starts_with("in ");
    if (!in && !text.starts_with("out ")) return text.starts_with("rekeying in ") || text.starts_with("expires in ");
    const auto parts = parts_of(text.substr(in ? 3 : 4));
    if (parts.size() < 3) return false;
    const auto spi = words_of(parts[0]);
    if (!spi.empty()) (in ? child.spi_in : child.spi_out) = base::to_utf8(spi[0]);
    (in ? child.bytes_in : child.bytes_out) = leading_number(parts[1]);
    (in ? child.packets_in : child.packets_out) = leading_number(parts[2]);
    if (parts.size() > 3) (in ? child.idle_in_seconds : child.idle_out_seconds) = leading_number(parts[3]);
    return leading_number(parts[1]).has_value();
  }

  std::vector<PrintedProblem>& problems_;
  std::vector<Ike> ikes_;
};

}  // namespace

std::vector<Ike> read_list_sas(std::string_view text, std::vector<PrintedProblem>& problems) {
  ListReader reader(problems);
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    reader.take(line, ++number);
  }
  return reader.finish();
}

}  // namespace davylamp::ipsec
