#include <cstdint>
#include <string>
#include <vector>

#include "app/decode/decode.hpp"
#include "app/decode/transcript.hpp"
#include "sources/openvpn/management_decoder.hpp"
#include "sources/openvpn/management_reply.hpp"
#include "sources/openvpn/status_document.hpp"

namespace davylamp::app {
namespace {

using openvpn::ReplyTopic;

std::string_view event_name(openvpn::ClientEventKind kind) {
  switch (kind) {
    case openvpn::ClientEventKind::connect:
      return "CONNECT";
    case openvpn::ClientEventKind::reauth:
      return "REAUTH";
    case openvpn::ClientEventKind::established:
      return "ESTABLISHED";
    case openvpn::ClientEventKind::disconnect:
      return "DISCONNECT";
    case openvpn::ClientEventKind::cr_response:
      return "CR_RESPONSE";
  }
  return {};
}

std::string_view topic_name(ReplyTopic topic) {
  switch (topic) {
    case ReplyTopic::status:
      return "status";
    case ReplyTopic::state:
      return "state";
    case ReplyTopic::log:
      return "log";
    case ReplyTopic::version:
      return "version";
    case ReplyTopic::help:
      return "help";
    case ReplyTopic::test:
      return "test";
    case ReplyTopic::unknown:
      break;
  }
  return {};
}

// A name that comes twice keeps its first value.
std::string environment_json(std::span<const openvpn::EnvironmentEntry> environment) {
  std::string json = "{";
  for (std::size_t i = 0; i < environment.size(); ++i) {
    bool repeated = false;
    for (std::size_t earlier = 0; earlier < i; ++earlier)
      repeated = repeated || environment[earlier].name == environment[i].name;
    if (repeated) continue;
    if (json.size() > 1) json += ',';
    base::json::append(json, environment[i].name);
    json += ':';
    base::json::append(json, environment[i].value);
  }
  return json += '}';
}

// Writes each message as one line; joins the rows of an answer to one `reply`.
class RecordingWriter final : public openvpn::ManagementSink {
 public:
  explicit RecordingWriter(JsonLines& out) : out_(out), decoder_(*this) {}

  void receive(const openvpn::ManagementMessage& message) override {
    std::visit([this](const auto& item) { write(item); }, message);
  }

  DecodeOutcome decode(std::string_view bytes) {
    decoder_.feed(bytes);
    decoder_.finish();
    end_reply(false);
    out_.write(JsonLine("summary")
                   .add("bytecount", counts_.bytecount)
                   .add("client", counts_.client)
                   .add("state", counts_.state)
                   .add("log", counts_.log)
                   .add("info", counts_.notice)
                   .add("reply", counts_.reply)
                   .add("problem", counts_.problem));
    const std::uint64_t understood =
        counts_.bytecount + counts_.client + counts_.state + counts_.log + counts_.notice + counts_.reply;
    if (understood == 0) return DecodeOutcome::unreadable;
    return counts_.problem == 0 ? DecodeOutcome::understood : DecodeOutcome::skipped;
  }

 private:
  struct Counts {
    std::uint64_t bytecount = 0;
    std::uint64_t client = 0;
    std::uint64_t state = 0;
    std::uint64_t log = 0;
    std::uint64_t notice = 0;
    std::uint64_t reply = 0;
    std::uint64_t problem = 0;
  };

  void write(const openvpn::ClientBytes& bytes) {
    emit(JsonLine("bytecount")
             .add("client_id", bytes.client_id)
             .add("rx_bytes", bytes.rx_bytes)
             .add("tx_bytes", bytes.tx_bytes),
         counts_.bytecount);
  }
  void write(const openvpn::OwnBytes& bytes) {
    emit(JsonLine("bytecount").add("rx_bytes", bytes.rx_bytes).add("tx_bytes", bytes.tx_bytes), counts_.bytecount);
  }
  void write(const openvpn::ClientEvent& event) {
    emit(JsonLine("client")
             .add("event", event_name(event.kind))
             .add("client_id", event.client_id)
             .add("key_id", event.key_id)
             .add_json("environment", environment_json(event.environment)),
         counts_.client);
  }
  void write(const openvpn::ClientAddress& address) {
    emit(JsonLine("client")
             .add("event", "ADDRESS")
             .add("client_id", address.client_id)
             .add("virtual_address", address.address)
             .add("primary", address.primary),
         counts_.client);
  }
  void write(const openvpn::StateChange& state) {
    emit(JsonLine("state")
             .add("at", state.at)
             .add("state", state.state)
             .add_unless_empty("detail", state.detail)
             .add_unless_empty("tunnel_address", state.tunnel_address)
             .add_unless_empty("remote_address", state.remote_address)
             .add_unless_empty("remote_port", state.remote_port)
             .add_unless_empty("local_address", state.local_address)
             .add_unless_empty("local_port", state.local_port)
             .add_unless_empty("tunnel_address6", state.tunnel_address6),
         counts_.state);
  }
  void write(const openvpn::LogLine& log) {
    emit(JsonLine("log").add("at", log.at).add("flags", log.flags).add("text", log.text), counts_.log);
  }
  void write(const openvpn::Greeting& greeting) { notice("INFO", greeting.text); }
  void write(const openvpn::Hold& hold) { notice("HOLD", hold.text); }
  void write(const openvpn::Fatal& fatal) { notice("FATAL", fatal.text); }
  void write(const openvpn::PasswordRequest& request) { notice("PASSWORD", request.text); }
  void write(const openvpn::Notice& other) { notice(other.tag, other.text); }
  void write(const openvpn::PasswordPrompt&) { notice("ENTER PASSWORD", {}); }
  void write(const openvpn::UpDown& up_down) {
    emit(JsonLine("info")
             .add("tag", "UPDOWN")
             .add("text", up_down.up ? "UP" : "DOWN")
             .add_json("environment", environment_json(up_down.environment)),
         counts_.notice);
  }
  void write(const openvpn::UnknownNotice& unknown) {
    problem(decoder_.lines(), "an unknown notification >" + std::string(unknown.tag) + " was skipped");
  }
  void write(const openvpn::DecodeProblem& item) { problem(item.line, std::string(item.what)); }

  void write(const openvpn::Success& success) { single_reply("success", success.text); }
  void write(const openvpn::CommandError& error) { single_reply("error", error.text); }
  void write(const openvpn::ReplyLine& row) {
    // A status that was cut off by an over-long row has no END: the title of the next answer ends it.
    if (!rows_.empty() && (is_title(row.text) || ends_test_answer(row.text))) end_reply(false);
    if (row.text.empty() && rows_.empty()) return;
    if (rows_.empty()) first_row_line_ = decoder_.lines();
    rows_.emplace_back(row.text);
  }
  void write(const openvpn::ReplyEnd&) { end_reply(true); }

  static bool is_title(std::string_view row) {
    return row.starts_with("TITLE,") || row.starts_with("TITLE\t") || row == "OpenVPN CLIENT LIST" ||
           row == "OpenVPN STATISTICS";
  }

  bool ends_test_answer(std::string_view row) const {
    return openvpn::reply_topic(rows_.front()) == ReplyTopic::test && openvpn::reply_topic(row) != ReplyTopic::test;
  }

  void single_reply(std::string_view result, std::string_view text) {
    end_reply(false);
    emit(JsonLine("reply").add("result", result).add("text", text), counts_.reply);
  }

  void end_reply(bool complete) {
    if (rows_.empty() && !complete) return;
    const ReplyTopic topic = rows_.empty() ? ReplyTopic::unknown : openvpn::reply_topic(rows_.front());
    const std::vector<std::string> rows = std::move(rows_);
    rows_.clear();
    complete = complete || topic == ReplyTopic::test;
    if (!complete && topic == ReplyTopic::unknown) {
      return problem(first_row_line_,
                     std::to_string(rows.size()) + " lines belong to no known answer and were skipped");
    }
    JsonLine line("reply");
    line.add("result", "rows")
        .add_unless_empty("topic", topic_name(topic))
        .add("lines", rows)
        .add("complete", complete);
    if (topic == ReplyTopic::status) {
      write_status(line, rows, complete);
    } else {
      emit(line, counts_.reply);
    }
    if (!complete) problem(first_row_line_, "the answer that begins here ends without END");
  }

  void write_status(JsonLine& line, const std::vector<std::string>& rows, bool complete) {
    std::string text;
    for (const std::string& row : rows) text.append(row).append("\n");
    if (complete) text += "END\n";
    const openvpn::StatusDocument document = openvpn::read_status_document(text);
    line.add("clients", document.summary.clients)
        .add("sessions", document.sessions)
        .add("routes", document.summary.routes)
        .add("rx_bytes", document.summary.rx_bytes)
        .add("tx_bytes", document.summary.tx_bytes);
    emit(line, counts_.reply);
    if (!complete) return;
    for (const openvpn::StatusProblem& found : document.problems) problem(first_row_line_ + found.line - 1, found.what);
  }

  void notice(std::string_view tag, std::string_view text) {
    emit(JsonLine("info").add("tag", tag).add_unless_empty("text", text), counts_.notice);
  }
  void problem(std::uint64_t line, const std::string& what) {
    emit(JsonLine("problem").add("line", line).add("what", what), counts_.problem);
  }
  void emit(const JsonLine& line, std::uint64_t& count) {
    ++count;
    out_.write(line);
  }

  JsonLines& out_;
  openvpn::ManagementDecoder decoder_;
  Counts counts_;
  std::vector<std::string> rows_;  // of the answer being received
  std::uint64_t first_row_line_ = 0;
};

}  // namespace

DecodeOutcome decode_openvpn_management(std::string_view bytes, JsonLines& out) {
  RecordingWriter writer(out);
  if (const auto server_side = server_side_of_transcript(bytes)) return writer.decode(*server_side);
  return writer.decode(bytes);
}

}  // namespace davylamp::app
