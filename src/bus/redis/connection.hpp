// One connection to Redis. On one loop; one coroutine at a time.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "bus/redis/address.hpp"
#include "bus/redis/reply.hpp"
#include "bus/redis/requests.hpp"
#include "io/task.hpp"
#include "io/tls.hpp"

namespace davylamp::redis {

// Where to, and as whom.
struct Access {
  Address address;
  std::string password;  // empty: none
  io::TlsContext tls;    // null: plain
};

class Connection {
 public:
  // Connects, agrees on keys, signs in and chooses the database. Throws Failure: "bus_away", "bus_untrusted" or what
  // explain() makes of an answer; never with the password.
  static io::Task<std::unique_ptr<Connection>> open(std::shared_ptr<const Access> access, base::Milliseconds limit);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sends all and waits for an answer to each; errors among them are the caller's. Throws Failure "bus_away" when the
  // connection breaks or it takes longer than `limit`: it cannot be used any more then.
  io::Task<std::vector<Reply>> ask(const Pipeline& pipeline, base::Milliseconds limit);
  // The same, where each error is a Failure.
  io::Task<std::vector<Reply>> ask_or_throw(const Pipeline& pipeline, base::Milliseconds limit);

 private:
  struct State;
  Connection(boost::asio::any_io_executor executor, std::shared_ptr<const Access> access);
  io::Task<void> connect();
  io::Task<void> sign_in(base::Milliseconds limit);
  void begin(base::Milliseconds limit);
  void end();
  [[noreturn]] void give_up(const std::string& why);

  std::shared_ptr<const Access> access_;
  std::shared_ptr<State> state_;
  ReplyReader replies_;
};

}  // namespace davylamp::redis
