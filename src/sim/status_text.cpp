#include "sim/status_text.hpp"

#include <array>
#include <charconv>

#include "sim/server.hpp"

namespace davylamp::sim {
namespace {

constexpr std::size_t most_row_bytes = 510;
constexpr std::string_view undefined = "UNDEF";

class StatusWriter {
 public:
  StatusWriter(std::string& text, Server& server, const StatusForm& form)
      : text_(text), server_(server), form_(form), mark_(form.format == 3 ? '\t' : ',') {}

  std::size_t write() {
    text_.reserve(text_.size() + server_.instances().size() * 320 + 1024);
    head();
    const auto& instances = server_.instances();
    for (std::size_t slot = 0; slot < instances.size(); ++slot) {
      if (instances[slot].live && !client(instances[slot])) return slot;
    }
    route_head();
    for (const auto& instance : instances) {
      if (instance.live && instance.phase == Phase::established && !routes(instance)) return instances.size();
    }
    tail();
    return instances.size();
  }

 private:
  bool plain() const { return form_.format == 1; }

  void number(std::uint64_t value) {
    std::array<char, 20> digits{};
    text_.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  }
  void field(std::string_view value) {
    text_ += mark_;
    text_ += value;
  }
  void field(std::uint64_t value) {
    text_ += mark_;
    number(value);
  }
  void line(std::string_view value) {
    text_ += value;
    text_ += form_.line_end;
  }
  // False, and the row is taken back, when it is too long.
  bool close(std::size_t began) {
    if (text_.size() - began > most_row_bytes) {
      text_.resize(began);
      return false;
    }
    text_ += form_.line_end;
    return true;
  }
  void columns(std::string_view tag, std::initializer_list<std::string_view> names) {
    text_ += "HEADER";
    field(tag);
    for (const auto name : names) field(name);
    text_ += form_.line_end;
  }
  const std::string& time(std::int64_t seconds) { return server_.local_times().text_of(seconds); }

  void head() {
    const auto now = base::to_unix_seconds(server_.now());
    if (plain()) {
      line("OpenVPN CLIENT LIST");
      line("Updated," + time(now));
      line("Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since");
      return;
    }
    text_ += "TITLE";
    field(server_.title());
    text_ += form_.line_end;
    text_ += "TIME";
    field(time(now));
    field(static_cast<std::uint64_t>(now));
    text_ += form_.line_end;
    if (has_cipher()) {
      columns("CLIENT_LIST", {"Common Name", "Real Address", "Virtual Address", "Virtual IPv6 Address",
                              "Bytes Received", "Bytes Sent", "Connected Since", "Connected Since (time_t)", "Username",
                              "Client ID", "Peer ID", "Data Channel Cipher"});
    } else {
      columns("CLIENT_LIST",
              {"Common Name", "Real Address", "Virtual Address", "Virtual IPv6 Address", "Bytes Received", "Bytes Sent",
               "Connected Since", "Connected Since (time_t)", "Username", "Client ID", "Peer ID"});
    }
  }

  bool has_cipher() const { return server_.settings().version != Version::v2_4; }

  bool client(const Instance& instance) {
    const auto began = text_.size();
    const auto& person = server_.person(instance);
    const bool named = instance.phase != Phase::handshake;
    if (!plain()) text_ += "CLIENT_LIST";
    if (!plain()) text_ += mark_;
    text_ += named ? std::string_view(person.name) : undefined;
    field(instance.real_text);
    if (!plain()) field(instance.virtual_address);
    if (!plain()) field(instance.virtual_address6);
    field(instance.rx_bytes);
    field(instance.tx_bytes);
    field(instance.since_text);
    if (plain()) return close(began);
    field(static_cast<std::uint64_t>(base::to_unix_seconds(instance.since)));
    field(named && !person.username.empty() ? std::string_view(person.username) : undefined);
    field(instance.client_id);
    field(std::uint64_t{instance.pool_index});
    if (has_cipher()) field(instance.phase == Phase::established ? "AES-256-GCM" : "BF-CBC");
    return close(began);
  }

  void route_head() {
    if (plain()) {
      line("ROUTING TABLE");
      line("Virtual Address,Common Name,Real Address,Last Ref");
      return;
    }
    columns("ROUTING_TABLE", {"Virtual Address", "Common Name", "Real Address", "Last Ref", "Last Ref (time_t)"});
  }

  bool routes(const Instance& instance) {
    return route(instance, instance.virtual_address) && route(instance, instance.virtual_address6);
  }

  bool route(const Instance& instance, std::string_view address) {
    const auto began = text_.size();
    if (!plain()) text_ += "ROUTING_TABLE";
    if (!plain()) text_ += mark_;
    text_ += address;
    field(server_.person(instance).name);
    field(instance.real_text);
    field(time(instance.last_ref));
    if (!plain()) field(static_cast<std::uint64_t>(instance.last_ref));
    return close(began);
  }

  void statistic(std::string_view name, std::string_view value) {
    if (!plain()) text_ += "GLOBAL_STATS";
    if (!plain()) text_ += mark_;
    text_ += name;
    field(value);
    text_ += form_.line_end;
  }

  void tail() {
    if (plain()) line("GLOBAL STATS");
    statistic("Max bcast/mcast queue length", "0");
    if (!plain() && server_.settings().version != Version::v2_4) statistic("dco_enabled", "0");
    line("END");
  }

  std::string& text_;
  Server& server_;
  const StatusForm& form_;
  char mark_;
};

}  // namespace

std::size_t append_status(std::string& text, Server& server, const StatusForm& form) {
  return StatusWriter(text, server, form).write();
}

}  // namespace davylamp::sim
