// Where a call waits for the outcome of a command.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "base/time.hpp"
#include "io/task.hpp"
#include "model/observation.hpp"

namespace davylamp::api {

// Used on one loop only. Must outlive its tickets.
class ActionBoard {
  struct Waiting;

 public:
  struct Options {
    base::Milliseconds patience{5'000};
    std::size_t most_waiting = 64;
  };

  // A place on the board, given up when it goes.
  class Ticket {
   public:
    Ticket(ActionBoard& board, std::uint64_t command, std::shared_ptr<Waiting> waiting);
    Ticket(Ticket&& other) noexcept;
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket();
    // The id for the command.
    std::uint64_t command() const { return command_; }
    // Waits for the outcome; nothing when none came in time.
    io::Task<std::optional<model::CommandDone>> outcome();

   private:
    ActionBoard* board_;
    std::uint64_t command_;
    std::shared_ptr<Waiting> waiting_;
  };

  ActionBoard(boost::asio::any_io_executor executor, Options options);
  // Before the command is given, so that no answer is too fast. Nothing when too many wait.
  std::optional<Ticket> open();
  void note(const model::CommandDone& done);
  base::Milliseconds patience() const { return options_.patience; }

 private:
  struct Waiting {
    explicit Waiting(const boost::asio::any_io_executor& executor) : timer(executor) {}
    boost::asio::steady_timer timer;
    std::optional<model::CommandDone> done;
  };

  boost::asio::any_io_executor executor_;
  Options options_;
  std::map<std::uint64_t, std::shared_ptr<Waiting>> waiting_;
};

}  // namespace davylamp::api
