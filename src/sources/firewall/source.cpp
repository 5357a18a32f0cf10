#include "sources/firewall/source.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <utility>

#include "base/text.hpp"
#include "io/supervise.hpp"
#include "io/together.hpp"
#include "sources/firewall/input.hpp"

namespace davylamp::firewall {
namespace {

namespace asio = boost::asio;

constexpr base::Milliseconds look_every{500};
constexpr base::Seconds repeat_report_every{10};
constexpr std::size_t rows_per_observation = 1'000;

// An input, and how it fared the last time.
struct Reader {
  std::unique_ptr<Input> input;
  bool failed = false;
  model::WitnessState state = model::WitnessState::starting;
  std::string problem;

  model::WitnessFacts facts() const {
    if (failed) return {std::string(input->kind()), state, problem, false, 0};
    const auto reading = input->looks() ? model::WitnessState::looking : model::WitnessState::starting;
    return {std::string(input->kind()), reading, input->text(), input->looks(), 0};
  }
};

class FirewallSource : public Source {
 public:
  FirewallSource(Config config, const base::Clock& clock)
      : config_(std::move(config)),
        clock_(clock),
        intake_({config_.server.value_or(config_.name), config_.accepted, config_.refused}),
        saved_(config_.state_file.empty() ? Positions{} : load_positions(config_.state_file)) {
    if (config_.nflog_group) add(make_nflog_input(*config_.nflog_group, intake_, clock));
    KernelLogPlaces places;
    places.device = config_.kernel_log_device;
    if (config_.kernel_log) add(make_kernel_log_input(places, saved_, intake_, clock));
    if (config_.file) add(make_file_input(*config_.file, FileContent::firewall, saved_, intake_, clock));
    if (config_.openvpn_log) add(make_file_input(*config_.openvpn_log, FileContent::openvpn, saved_, intake_, clock));
  }

  io::Task<void> run(contract::ObservationSink& sink) override {
    auto all = tell(sink);
    for (std::size_t i = 0; i < readers_.size(); ++i)
      all = io::together(std::move(all), io::supervise(supervision(readers_[i], i + 1)));
    try {
      co_await std::move(all);
    } catch (...) {
      // What was counted is told at the end, too: the source is being stopped.
      tell_rows(sink, intake_.take_all(clock_.now()));
      throw;
    }
  }

  void failed(contract::ObservationSink& sink, const base::Error& error, base::Seconds pause) override {
    model::ServerFacts facts;
    facts.state = model::ServerState::down;
    facts.health = base::printable(error.message) + "; next try in " + std::to_string(pause.count()) + " s";
    sink.emit(clock_.now(), model::SourceHealth{std::move(facts)});
  }

  void carry_out(contract::ObservationSink& sink, const model::Command& command) override {
    if (command.id == 0 || !std::holds_alternative<model::EndSession>(command.order)) return;
    sink.emit(clock_.now(),
              model::CommandDone{command.id, false, config_.name + " reads logs: it has no sessions to end"});
  }

  std::vector<model::Loss> losses() const override {
    std::vector<model::Loss> all{
        {"attempts_not_kept_apart", intake_.counter().beyond(),
         "attempts that are counted without their address: they came from more than are kept apart in an hour"},
        {"firewall_lines_unreadable", intake_.stats().unreadable, "lines and messages of a firewall that are damaged"}};
    for (const auto& reader : readers_) std::ranges::move(reader.input->losses(), std::back_inserter(all));
    return all;
  }

 private:
  void add(std::unique_ptr<Input> input) { readers_.push_back({std::move(input), false, {}, {}}); }

  io::Supervision supervision(Reader& reader, std::uint64_t seed) {
    io::Supervision supervision;
    supervision.start = [&reader] {
      reader.failed = false;
      return reader.input->run();
    };
    supervision.failed = [&reader](const base::Error& error, base::Milliseconds pause) {
      reader.failed = true;
      reader.state = error.code == "refused" ? model::WitnessState::refused : model::WitnessState::failed;
      reader.problem = base::printable(error.message) + "; next try in " +
                       std::to_string(std::chrono::ceil<base::Seconds>(pause).count()) + " s";
    };
    supervision.pauses = {base::Milliseconds{500}, base::Milliseconds{30'000}};
    supervision.seed = seed;
    return supervision;
  }

  io::Task<void> tell(contract::ObservationSink& sink) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
      timer.expires_after(look_every);
      co_await timer.async_wait(asio::use_awaitable);
      tell_rows(sink, intake_.take(clock_.now()));
      tell_health(sink);
    }
  }

  // First it is remembered how far was read, then told what was found: whatever happens in between, nothing counts
  // twice.
  void tell_rows(contract::ObservationSink& sink, std::vector<model::AttemptCount> rows) {
    if (rows.empty() && clock_.now() - saved_at_ < repeat_report_every) return;
    save();
    for (std::size_t at = 0; at < rows.size(); at += rows_per_observation) {
      const auto first = rows.begin() + static_cast<std::ptrdiff_t>(at);
      const auto count = static_cast<std::ptrdiff_t>(std::min(rows_per_observation, rows.size() - at));
      model::AttemptsCounted counted;
      counted.attempts.assign(std::make_move_iterator(first), std::make_move_iterator(first + count));
      sink.emit(clock_.now(), std::move(counted));
    }
  }

  void save() {
    saved_at_ = clock_.now();
    Positions positions;
    for (const auto& reader : readers_) reader.input->put_position(positions);
    if (config_.state_file.empty() || positions == saved_) return;
    try {
      save_positions(config_.state_file, positions);
      saved_ = std::move(positions);
      state_problem_.clear();
    } catch (const base::Failure& failure) {
      state_problem_ = failure.error().message;
    }
  }

  model::ServerFacts facts() const {
    model::ServerFacts facts;
    facts.mode = "firewall";
    std::size_t looking = 0;
    std::size_t failing = 0;
    std::string first_problem;
    for (const auto& reader : readers_) {
      facts.witnesses.push_back(reader.facts());
      looking += facts.witnesses.back().state == model::WitnessState::looking ? 1 : 0;
      if (!reader.failed) continue;
      ++failing;
      if (first_problem.empty()) first_problem = reader.problem;
    }
    facts.problems = intake_.stats().unreadable;
    if (!state_problem_.empty()) facts.warnings.push_back(state_problem_);
    if (looking > 0) {
      facts.state = failing > 0 ? model::ServerState::stale : model::ServerState::up;
    } else {
      facts.state = failing > 0 ? model::ServerState::down : model::ServerState::connecting;
    }
    facts.health = failing > 0 ? first_problem
                   : looking == 0
                       ? "waits for its logs"
                       : "counts attempts from " + std::to_string(looking) + (looking == 1 ? " log" : " logs");
    return facts;
  }

  // Counts in the sentences go on all the time: they are told now and then, and with other news.
  void tell_health(contract::ObservationSink& sink) {
    auto now_facts = facts();
    const auto same = [](const model::WitnessFacts& a, const model::WitnessFacts& b) {
      return a.state == b.state && (a.state == model::WitnessState::looking || a.text == b.text);
    };
    const bool news = !told_ || told_->state != now_facts.state || told_->health != now_facts.health ||
                      !std::ranges::equal(told_->witnesses, now_facts.witnesses, same);
    if (!news && clock_.now() - told_at_ < repeat_report_every) return;
    told_at_ = clock_.now();
    told_ = now_facts;
    sink.emit(told_at_, model::SourceHealth{std::move(now_facts)});
  }

  Config config_;
  const base::Clock& clock_;
  AttemptIntake intake_;
  Positions saved_;
  base::Time saved_at_{};
  std::string state_problem_;
  std::vector<Reader> readers_;
  std::optional<model::ServerFacts> told_;
  base::Time told_at_{};
};

}  // namespace

std::unique_ptr<Source> make_source(const Config& config, const base::Clock& clock, const base::Zones&) {
  return std::make_unique<FirewallSource>(config, clock);
}

}  // namespace davylamp::firewall
