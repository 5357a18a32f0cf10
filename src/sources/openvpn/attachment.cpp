#include "sources/openvpn/attachment.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>
#include <utility>

#include "base/text.hpp"
#include "io/together.hpp"
#include "sources/openvpn/kill_line.hpp"
#include "sources/openvpn/management_reply.hpp"

namespace davylamp::openvpn {
namespace {

namespace asio = boost::asio;
using Answer = ManagementClient::Answer;
using Steady = std::chrono::steady_clock;

// Listings may take at most this share of the server's time: the pause is so many times as long as the answer took.
constexpr int pause_per_answer = 20;
constexpr base::Milliseconds longest_pause{10'000};
// A change that was announced is listed after this pause, together with what comes right behind it.
constexpr base::Milliseconds urgent_pause{50};
// With many clients whose bytes are told between listings, the listings wait so long for each of them while the server
// counts as many clients as before. A crowd that comes at once is listed in fewer pieces, too.
constexpr std::chrono::microseconds quiet_per_session{20'000};
constexpr std::chrono::microseconds urgent_per_session{500};
constexpr base::Milliseconds longest_quiet{5'000};

std::string read_password(const std::string& path) {
  std::ifstream file(path);
  std::string password;
  if (!std::getline(file, password) || password.empty()) {
    throw base::Failure("password_file",
                        "cannot read a management password from " + path +
                            ": it must be readable by davylampd and hold the password as its first line");
  }
  if (password.ends_with('\r')) password.pop_back();
  return password;
}

}  // namespace

Attachment::Attachment(const Surroundings& surroundings, asio::any_io_executor executor)
    : at_(surroundings),
      client_(executor, [this](const ManagementMessage& message) { heard(message); }, {}),
      peers_([this](model::Fact fact) { at_.sink.emit(at_.clock.now(), std::move(fact)); }),
      pause_(executor) {
  peers_.set_transport(at_.config.transport.value_or(""));
}

io::Task<void> Attachment::run(const ManagementAddress& address) {
  co_await client_.connect(address);
  at_.report.connected();
  tell();
  // Reading goes on beside everything else: whichever ends first ends both.
  co_await io::together(client_.read(), drive());
}

io::Task<void> Attachment::drive() {
  std::optional<std::string> password;
  if (at_.config.password_file) password = read_password(*at_.config.password_file);
  co_await client_.greet(std::move(password), [this] {
    at_.report.waits_busy();
    tell();
  });
  co_await introduce();
  for (;;) {
    const auto began = Steady::now();
    co_await list();
    co_await carry_out_commands();
    co_await rest(Steady::now() - began);
    while (co_await nothing_new()) co_await rest({});
  }
}

// Whether the next listing can wait. Asked for the number of its clients, a server answers with one line; who came or
// went shows in it, or was announced.
io::Task<bool> Attachment::nothing_new() {
  const bool wanted = urgent_ || report_by_ || !at_.commands.empty();
  const bool told_bytes = at_.config.bytecount_seconds != 0 && !at_.report.bytecount_is_wrong();
  const auto pace = std::min<Steady::duration>(longest_quiet, listed_sessions_ * quiet_per_session);
  if (wanted || !told_bytes || !quiet_ || Steady::now() - listed_at_ + base::Milliseconds{100} >= pace) co_return false;
  const auto reply = co_await client_.ask("load-stats", Answer::line);
  const auto stats = reply.ok ? parse_load_stats(reply.text) : std::nullopt;
  const bool same =
      stats && stats->clients == counted_clients_.value_or(stats->clients) && stats->clients >= listed_sessions_;
  if (stats) counted_clients_ = stats->clients;
  co_return same && !urgent_;
}

// `env-filter` outlives a connection, and a filtered environment lacks what we read: it is set back first.
io::Task<void> Attachment::introduce() {
  const auto version = co_await client_.ask("version", Answer::rows);
  at_.report.version(version.text.substr(0, version.text.find('\n')));
  const auto process = co_await client_.ask("pid", Answer::line);
  process_id_ = parse_pid(process.text).value_or(0);
  at_.report.process(process_id_);
  co_await client_.ask("env-filter 0", Answer::line);
  co_await client_.ask("state on", Answer::line);
  co_await client_.ask("state", Answer::rows, [this](const ManagementReply& states) {
    for (const auto row : base::split(states.text, '\n')) {
      if (const auto state = parse_state(row)) entered(*state);
    }
  });
  if (at_.config.bytecount_seconds != 0) {
    co_await client_.ask("bytecount " + std::to_string(at_.config.bytecount_seconds), Answer::line);
  }
}

io::Task<void> Attachment::list() {
  const bool announced = std::exchange(urgent_, false);
  report_by_.reset();
  const auto take = [this, announced](const ManagementReply& reply) { take_listing(reply, announced); };
  co_await client_.ask("status 3", Answer::rows, take);
  tell();
}

// Byte counts that the server sent after a listing are newer than it.
void Attachment::take_listing(const ManagementReply& reply, bool announced) {
  if (!reply.ok) return at_.report.status_refused(reply.text);
  const auto listing = peers_.listing(reply.text);
  // An end is believed after two listings, so what changed anything is followed by another one soon.
  quiet_ = listing.complete && !announced && listing.sessions == listed_sessions_;
  listed_sessions_ = listing.sessions;
  listed_at_ = Steady::now();
  counted_clients_.reset();
  at_.report.transport(peers_.transport());
  sessions_ = listing.sessions;
  at_.report.listed(at_.clock.now(), listing, client_.problems());
}

// Right after a listing, so that a client id is never another's by now: ids start again at 0 when the server restarts.
io::Task<void> Attachment::carry_out_commands() {
  auto& commands = at_.commands;
  while (!commands.empty() && settled_) {
    const auto command = std::move(commands.front());
    commands.pop_front();
    const auto* order = std::get_if<model::EndSession>(&command.order);
    if (order == nullptr) continue;
    if (at_.clock.now() > command.expires_at) {
      done(command, false, "the server did not answer in time");
    } else {
      co_await end_session(command, *order);
    }
  }
}

io::Task<void> Attachment::end_session(const model::Command& command, const model::EndSession& order) {
  const auto client_id = peers_.client_id_of(order.peer);
  if (!client_id) {
    done(command, false, "the session has ended already");
    co_return;
  }
  const auto reply = co_await client_.ask(kill_line(*client_id, order), Answer::line);
  if (!reply.ok) {
    done(command, false, "the server refused: " + base::printable(reply.text));
    co_return;
  }
  at_.sink.emit(at_.clock.now(), model::PeerEnding{order.peer, order.reason});
  done(command, true, "the server agreed; OpenVPN ends the session within 5 seconds");
}

void Attachment::done(const model::Command& command, bool ok, std::string text) {
  if (command.id == 0) return;
  at_.sink.emit(at_.clock.now(), model::CommandDone{command.id, ok, std::move(text)});
}

void Attachment::report_by(base::Time at) {
  const auto wait = std::max(at - at_.clock.now(), base::Milliseconds{0});
  const auto when = Steady::now() + wait;
  if (report_by_ && *report_by_ <= when) return;
  report_by_ = when;
  pause_.cancel();
}

io::Task<void> Attachment::rest(Steady::duration answer_took) {
  const auto wanted = base::Milliseconds{static_cast<std::int64_t>(at_.config.poll_seconds * 1000)};
  const auto polite = std::chrono::duration_cast<base::Milliseconds>(answer_took * pause_per_answer);
  const auto until = Steady::now() + std::min(std::max(wanted, polite), std::max(wanted, longest_pause));
  const auto together = std::chrono::duration_cast<base::Milliseconds>(listed_sessions_ * urgent_per_session);
  const auto soonest = Steady::now() + std::max({urgent_pause, polite / 4, together});
  for (;;) {
    auto wake_at = urgent_ ? std::min(soonest, until) : until;
    if (report_by_) wake_at = std::min(wake_at, std::max(*report_by_, soonest));
    if (Steady::now() >= wake_at) co_return;
    pause_.expires_at(wake_at);
    boost::system::error_code ignored;
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
}

void Attachment::list_soon() {
  urgent_ = true;
  pause_.cancel();
}

void Attachment::entered(const StateChange& state) {
  settled_ = state.state == "CONNECTED";
  if (!settled_) return;
  peers_.begin_epoch(process_id_, state.at);
  at_.report.started_at(state.at);
  at_.report.released();
}

void Attachment::heard(const ManagementMessage& message) {
  at_.report.heard(message);
  if (const auto* bytes = std::get_if<ClientBytes>(&message)) {
    if (!at_.report.bytecount_is_wrong()) peers_.bytes(*bytes);
  } else if (const auto* event = std::get_if<ClientEvent>(&message)) {
    if (event->kind == ClientEventKind::established) peers_.established(*event);
    list_soon();
  } else if (const auto* state = std::get_if<StateChange>(&message)) {
    entered(*state);
    list_soon();
  } else if (std::holds_alternative<Notice>(message)) {
    list_soon();
  } else if (std::holds_alternative<Hold>(message) || std::holds_alternative<Fatal>(message)) {
    tell();
  }
}

void Attachment::tell() {
  const auto now = at_.clock.now();
  auto facts = at_.report.facts();
  at_.files.fill(facts, now);
  if (at_.status_check) at_.status_check->look(facts, sessions_, now);
  if (said_.due(facts, now)) at_.sink.emit(now, model::SourceHealth{std::move(facts)});
}

}  // namespace davylamp::openvpn
