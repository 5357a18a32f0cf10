#include "api/action_board.hpp"

#include <sodium.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace davylamp::api {
namespace {

// Unique without asking anybody; below 2^53, never 0.
std::uint64_t random_id() {
  std::uint64_t id = 0;
  while (id == 0) {
    randombytes_buf(&id, sizeof id);
    id >>= 11U;
  }
  return id;
}

}  // namespace

ActionBoard::Ticket::Ticket(ActionBoard& board, std::uint64_t command, std::shared_ptr<Waiting> waiting)
    : board_(&board), command_(command), waiting_(std::move(waiting)) {}

ActionBoard::Ticket::Ticket(Ticket&& other) noexcept
    : board_(std::exchange(other.board_, nullptr)), command_(other.command_), waiting_(std::move(other.waiting_)) {}

ActionBoard::Ticket::~Ticket() {
  if (board_ != nullptr) board_->waiting_.erase(command_);
}

io::Task<std::optional<model::CommandDone>> ActionBoard::Ticket::outcome() {
  if (!waiting_->done) {
    waiting_->timer.expires_after(board_->options_.patience);
    boost::system::error_code woken;
    co_await waiting_->timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
  }
  co_return waiting_->done;
}

ActionBoard::ActionBoard(boost::asio::any_io_executor executor, Options options)
    : executor_(std::move(executor)), options_(options) {}

std::optional<ActionBoard::Ticket> ActionBoard::open() {
  if (waiting_.size() >= options_.most_waiting) return std::nullopt;
  const auto id = random_id();
  auto waiting = std::make_shared<Waiting>(executor_);
  waiting_.emplace(id, waiting);
  return Ticket(*this, id, std::move(waiting));
}

void ActionBoard::note(const model::CommandDone& done) {
  const auto found = waiting_.find(done.command);
  if (found == waiting_.end()) return;
  found->second->done = done;
  found->second->timer.cancel();
}

}  // namespace davylamp::api
