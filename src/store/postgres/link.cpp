#include "store/postgres/link.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <utility>

#include "base/text.hpp"
#include "store/postgres/link_failures.hpp"

namespace davylamp::postgres {
namespace {

// Above this, statements that nobody holds are forgotten: queries with lists have many forms.
constexpr std::size_t most_prepared = 500;

std::string_view text_of(const char* text) {
  return text == nullptr ? std::string_view() : std::string_view(text);
}

// libpq tries each address of a host, a line each; a line that begins with a tab only asks whether the server runs.
std::string in_one_line(std::string reason) {
  for (auto at = reason.find("\n\t"); at != std::string::npos; at = reason.find("\n\t")) {
    reason.erase(at, reason.find('\n', at + 1) - at);
  }
  std::string line(base::trim(reason));
  for (auto at = line.find('\n'); at != std::string::npos; at = line.find('\n')) line.replace(at, 1, "; ");
  return line;
}

}  // namespace

void ClearResult::operator()(pg_result* result) const {
  PQclear(result);
}
void Link::Finish::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

Link::Link(Target target, std::string setup) : target_(std::move(target)), setup_(std::move(setup)) {
  connect();
}
Link::~Link() = default;

void Link::connect() {
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : target_.parameters) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(PQconnectdbParams(names.data(), values.data(), 0));
  fresh_.clear();
  failure_.reset();
  waiting_ = 0;
  ++generation_;
  if (connection_ == nullptr || PQstatus(connection_.get()) != CONNECTION_OK) fail_connecting();
  // libpq would print what the server remarks.
  PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
  run(setup_);
}

void Link::fail_connecting() const {
  if (connection_ == nullptr) throw base::Failure("store_unreachable", "cannot reach the database: out of memory");
  const auto reason = in_one_line(without_password(PQerrorMessage(connection_.get())));
  std::string_view state;
  if (reason.contains("database") && reason.contains("does not exist")) state = "3D000";
  if (reason.contains("authentication") || reason.contains("password") || reason.contains("pg_hba.conf")) state = "28";
  if (reason.contains("too many clients") || reason.contains("connection slots")) state = "53300";
  if (reason.contains("session is read-only") || reason.contains("in hot standby")) state = "25006";
  if (state.empty()) {
    throw base::Failure("store_unreachable",
                        "cannot reach the database " + target_.name + ": " + base::printable(reason) +
                            "; check that PostgreSQL runs there, store.url and the firewall between");
  }
  throw to_failure("cannot reach", target_.name, state, reason);
}

std::string Link::without_password(std::string text) const {
  if (target_.password.empty()) return text;
  for (auto at = text.find(target_.password); at != std::string::npos; at = text.find(target_.password, at))
    text.replace(at, target_.password.size(), "***");
  return text;
}

bool Link::is_broken() const {
  return connection_ == nullptr || PQstatus(connection_.get()) != CONNECTION_OK;
}

// A session that the server ended is told by its socket before anything is sent on it.
void Link::revive() {
  if (!is_broken() && waiting_ == 0) {
    pollfd socket{.fd = PQsocket(connection_.get()), .events = POLLIN | POLLRDHUP, .revents = 0};
    if (::poll(&socket, 1, 0) > 0) {
      PQconsumeInput(connection_.get());
      if ((socket.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) connection_.reset();
    }
  }
  if (is_broken()) connect();
}

bool Link::in_transaction() const {
  return !is_broken() && PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

bool Link::has_failed() const {
  return !is_broken() && PQtransactionStatus(connection_.get()) == PQTRANS_INERROR;
}

void Link::fail_broken() const {
  const auto reason =
      connection_ == nullptr ? std::string("not connected") : without_password(PQerrorMessage(connection_.get()));
  throw to_failure("cannot work with", target_.name, "", reason.empty() ? "the connection is gone" : reason);
}

void Link::use_pipeline(bool wanted) {
  if (is_broken()) fail_broken();
  const bool in_use = PQpipelineStatus(connection_.get()) != PQ_PIPELINE_OFF;
  if (in_use == wanted) return;
  const int done = wanted ? PQenterPipelineMode(connection_.get()) : PQexitPipelineMode(connection_.get());
  if (done != 1) fail_broken();
}

void Link::run(const std::string& sql) {
  if (sql.empty()) return;
  settle();
  use_pipeline(false);
  const ResultPointer result(PQexec(connection_.get(), sql.c_str()));
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
    throw failure_of(result.get());
}

void Link::sent(int accepted) {
  if (accepted != 1) fail_broken();
  ++waiting_;
}

void Link::post(const std::string& sql) {
  use_pipeline(true);
  sent(PQsendQueryParams(connection_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0));
}

std::shared_ptr<Prepared> Link::statement(Translation text) {
  if (prepared_.size() >= most_prepared) drop_unused_statements();
  auto& entry = prepared_[text.sql];
  if (!entry) {
    entry = std::make_shared<Prepared>();
    entry->sql = std::move(text.sql);
    entry->declared_types = std::move(text.types);
  }
  return entry;
}

void Link::drop_unused_statements() {
  std::erase_if(prepared_, [&](const auto& entry) {
    const bool unused = entry.second.use_count() == 1;
    if (unused && entry.second->generation == generation_ && !is_broken()) post("DEALLOCATE " + entry.second->name);
    return unused;
  });
}

// A name is never used again: after a failure nobody knows which are there.
void Link::prepare(Prepared& prepared) {
  use_pipeline(true);
  if (prepared.generation == generation_) return;
  prepared.name = "davylamp_" + std::to_string(++names_);
  sent(PQsendPrepare(connection_.get(), prepared.name.c_str(), prepared.sql.c_str(),
                     static_cast<int>(prepared.declared_types.size()), prepared.declared_types.data()));
  prepared.generation = generation_;
  fresh_.push_back(prepared_.at(prepared.sql));
}

void Link::describe(Prepared& prepared) {
  prepare(prepared);
  settle();
  use_pipeline(false);
  const ResultPointer result(PQdescribePrepared(connection_.get(), prepared.name.c_str()));
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) throw failure_of(result.get());
  for (int i = 0; i < PQnparams(result.get()); ++i) prepared.parameter_types.push_back(PQparamtype(result.get(), i));
}

void Link::post(Prepared& prepared, const Parameters& parameters) {
  prepare(prepared);
  const auto array = [](const std::vector<int>& numbers) { return numbers.empty() ? nullptr : numbers.data(); };
  sent(PQsendQueryPrepared(connection_.get(), prepared.name.c_str(), static_cast<int>(parameters.values.size()),
                           parameters.values.data(), array(parameters.lengths), array(parameters.formats), 0));
}

ResultPointer Link::execute(Prepared& prepared, const Parameters& parameters) {
  post(prepared, parameters);
  auto result = gather();
  throw_failure();
  return result;
}

void Link::settle() {
  if (waiting_ > 0) gather();
  throw_failure();
}

void Link::throw_failure() {
  if (!failure_) return;
  const auto failure = std::exchange(failure_, nullptr);
  throw base::Failure(*failure);
}

// The first failure is kept; what came after it was not done.
void Link::note(ResultPointer result, ResultPointer& last) {
  const auto status = PQresultStatus(result.get());
  if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
    if (!failure_) failure_ = std::make_unique<base::Failure>(failure_of(result.get()));
  }
  last = std::move(result);
}

// All answers up to here; returns the last one.
ResultPointer Link::gather() {
  ResultPointer last;
  if (PQpipelineSync(connection_.get()) != 1) {
    waiting_ = 0;
    fail_broken();
  }
  for (; waiting_ > 0; --waiting_) {
    while (auto* result = PQgetResult(connection_.get())) note(ResultPointer(result), last);
    if (is_broken()) break;
  }
  waiting_ = 0;
  const auto fresh = std::exchange(fresh_, {});
  if (failure_ || is_broken()) {
    for (const auto& prepared : fresh) prepared->generation = 0;
  }
  if (!is_broken()) {
    const ResultPointer synced(PQgetResult(connection_.get()));
  } else if (!failure_) {
    fail_broken();
  }
  return last;
}

base::Failure Link::failure_of(const pg_result* result) const {
  const auto state = text_of(PQresultErrorField(result, PG_DIAG_SQLSTATE));
  auto reason = std::string(text_of(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)));
  if (reason.empty()) reason = PQerrorMessage(connection_.get());
  return to_failure("cannot work with", target_.name, state, without_password(reason));
}

void Link::begin_copy_in(const std::string& sql) {
  settle();
  use_pipeline(false);
  const ResultPointer result(PQexec(connection_.get(), sql.c_str()));
  if (PQresultStatus(result.get()) != PGRES_COPY_IN) throw failure_of(result.get());
}

void Link::put_copy(std::string_view text) {
  if (PQputCopyData(connection_.get(), text.data(), static_cast<int>(text.size())) != 1) fail_broken();
}

std::uint64_t Link::end_copy_in() {
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) fail_broken();
  const ResultPointer result(PQgetResult(connection_.get()));
  while (auto* more = PQgetResult(connection_.get())) PQclear(more);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) throw failure_of(result.get());
  return base::parse_number<std::uint64_t>(text_of(PQcmdTuples(result.get()))).value_or(0);
}

}  // namespace davylamp::postgres
