#include "bus/redis/site.hpp"

#include <array>
#include <charconv>
#include <random>
#include <utility>

#include "base/result.hpp"

namespace davylamp::redis {

void Life::see(const Reply& answer, const std::string& offered) {
  const auto& word = answer.is_text() ? answer.text : offered;
  // A reader cannot say whether nobody has claimed it yet or it was lost: the next writer can.
  if (word.empty()) return;
  if (!word_.empty() && word != word_) ++lost_;
  word_ = word;
}

std::string random_word() {
  std::random_device random;
  std::string word;
  for (int i = 0; i < 2; ++i) {
    std::array<char, 8> digits;
    digits.fill('0');
    std::array<char, 8> made{};
    const auto* const end = std::to_chars(made.data(), made.data() + made.size(), random(), 16).ptr;
    const auto size = static_cast<std::size_t>(end - made.data());
    std::copy_n(made.data(), size, digits.data() + digits.size() - size);
    word.append(digits.data(), digits.size());
  }
  return word;
}

io::Task<std::unique_ptr<Connection>> Site::connect() {
  auto connection = co_await Connection::open(access, connect_limit);
  Pipeline pipeline;
  add_questions(pipeline, keys);
  const auto answers = co_await connection->ask_or_throw(pipeline, answer_limit);
  base::value_or_throw(check_shards(answers.at(0), keys, shards));
  life.see(answers.at(1));
  co_return connection;
}

}  // namespace davylamp::redis
