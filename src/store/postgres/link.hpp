// One session with the server: statements go out in a pipeline, answers come in order. Blocking, used by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "store/postgres/sql_text.hpp"
#include "store/postgres/target.hpp"

// libpq's own names.
struct pg_conn;
struct pg_result;

namespace davylamp::postgres {

struct ClearResult {
  void operator()(pg_result* result) const;
};
using ResultPointer = std::unique_ptr<pg_result, ClearResult>;

// A statement that is prepared once in each session that runs it. Made by Link::statement().
struct Prepared {
  std::string sql;
  std::string name;
  std::uint64_t generation = 0;                // the session that has it; 0: none
  std::vector<std::uint32_t> declared_types;   // 0 where the server infers it
  std::vector<std::uint32_t> parameter_types;  // once Link::describe() asked for them
};

// A null pointer is NULL. Without lengths and formats all are text.
struct Parameters {
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;  // 0 text, 1 binary
};

class Link {
 public:
  // `setup` is run after each connecting. Connects at once; throws base::Failure "store_unreachable", "store_refused"
  // ... with the host, the reason and what to do.
  Link(Target target, std::string setup);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  const std::string& name() const { return target_.name; }
  // Connects again when the session is known to be over. What it knew (transaction, prepared statements) is gone then.
  void revive();
  bool is_broken() const;
  // Whether the session has a transaction; false when it is broken.
  bool in_transaction() const;
  // Whether that transaction can only be rolled back.
  bool has_failed() const;

  // Statements without values. Waits until they are done.
  void run(const std::string& sql);
  // As run(), but sent with what comes next.
  void post(const std::string& sql);
  // The same for the same text.
  std::shared_ptr<Prepared> statement(Translation text);
  void describe(Prepared& prepared);
  ResultPointer execute(Prepared& prepared, const Parameters& parameters);
  // As execute(), but sent with what comes next, and nobody sees the answer.
  void post(Prepared& prepared, const Parameters& parameters);
  // Waits for all that was posted; throws what the first failed with.
  void settle();

  // The stream of a COPY: start it with `sql`, put text, end it. Returns how many rows came in.
  void begin_copy_in(const std::string& sql);
  void put_copy(std::string_view text);
  std::uint64_t end_copy_in();

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  void connect();
  void use_pipeline(bool wanted);
  void prepare(Prepared& prepared);
  void drop_unused_statements();
  void sent(int accepted);
  void throw_failure();
  ResultPointer gather();
  void note(ResultPointer result, ResultPointer& last);
  [[noreturn]] void fail_connecting() const;
  [[noreturn]] void fail_broken() const;
  base::Failure failure_of(const pg_result* result) const;
  std::string without_password(std::string text) const;

  Target target_;
  std::string setup_;
  std::unique_ptr<pg_conn, Finish> connection_;
  std::unordered_map<std::string, std::shared_ptr<Prepared>> prepared_;
  std::vector<std::shared_ptr<Prepared>> fresh_;  // sent to be prepared, and not yet answered
  std::unique_ptr<base::Failure> failure_;        // of something posted
  std::uint64_t generation_ = 0;
  std::uint64_t names_ = 0;
  std::size_t waiting_ = 0;  // whose answers are still to come
};

}  // namespace davylamp::postgres
