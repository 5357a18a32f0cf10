#include "probe/all_of.hpp"

#include "io/together.hpp"

namespace davylamp::probe {

io::Task<void> all_of(std::vector<io::Task<void>> tasks) {
  if (tasks.empty()) co_return;
  auto last = std::move(tasks.back());
  tasks.pop_back();
  if (tasks.empty()) {
    co_await std::move(last);
  } else {
    co_await io::together(std::move(last), all_of(std::move(tasks)));
  }
}

}  // namespace davylamp::probe
