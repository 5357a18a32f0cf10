#include "sources/openvpn/hook_source.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "io/together.hpp"
#include "sources/openvpn/hook_folder.hpp"
#include "sources/openvpn/hook_receiver.hpp"
#include "sources/openvpn/hook_spool.hpp"
#include "sources/openvpn/hook_verdicts.hpp"

namespace davylamp::openvpn {
namespace {

namespace asio = boost::asio;

constexpr base::Seconds pass_every{2};
constexpr base::Seconds claimed_kept{600};
// Between two passes when one was not enough.
constexpr base::Milliseconds breath{20};

class DirectorySource : public HookSource {
 public:
  DirectorySource(HookConfig config, const base::Clock& clock)
      : config_(std::move(config)), clock_(clock), verdicts_(config_.directory), inbox_([this](model::Fact fact) {
          if (sink_ != nullptr) sink_->emit(clock_.now(), std::move(fact));
        }) {}

  io::Task<void> run(contract::ObservationSink& sink) override {
    sink_ = &sink;
    const auto accounts = hook_accounts(config_.user);
    make_hook_directory(config_.directory);
    const HookLock lock(config_.directory);
    HookSpool spool(config_.directory, {.accounts = accounts, .passes_kept = claimed_kept / pass_every});
    spool.prepare();
    HookReceiver receiver(co_await asio::this_coro::executor, config_.directory + "/socket", accounts);
    inbox_.stats().problem.clear();
    ready_ = true;
    const ReadyWhile while_here(ready_);
    co_await io::together(
        receiver.read([this](std::span<char> line) { inbox_.take(line, HookInbox::Origin::datagram); }),
        look_after(spool, receiver));
  }

  void failed(contract::ObservationSink&, const base::Error& error, base::Seconds) override {
    inbox_.stats().problem = error.message;
  }

  void carry_out(contract::ObservationSink&, const model::Command& command) override {
    const auto* refuse = std::get_if<model::RefuseUsers>(&command.order);
    if (refuse == nullptr) return;
    verdicts_.want(refuse->refusals);
    if (ready_) keep_verdicts();
  }

  HookStats stats() const override {
    auto stats = inbox_.stats();
    stats.forged = forged_earlier_ + forged_now_;
    if (stats.problem.empty()) stats.problem = verdict_problem_;
    return stats;
  }

 private:
  class ReadyWhile {
   public:
    explicit ReadyWhile(bool& ready) : ready_(ready) {}
    ~ReadyWhile() { ready_ = false; }
    ReadyWhile(const ReadyWhile&) = delete;
    ReadyWhile& operator=(const ReadyWhile&) = delete;

   private:
    bool& ready_;
  };

  io::Task<void> look_after(HookSpool& spool, HookReceiver& receiver) {
    asio::steady_timer pause(co_await asio::this_coro::executor);
    forged_earlier_ += std::exchange(forged_now_, 0);
    for (;;) {
      keep_verdicts();
      const bool more = spool.read([this](std::span<char> line, bool again) {
        inbox_.take(line, again ? HookInbox::Origin::again : HookInbox::Origin::spool);
      });
      forged_now_ = spool.forged() + receiver.forged();
      pause.expires_after(more ? breath : base::Milliseconds(pass_every));
      co_await pause.async_wait(asio::use_awaitable);
    }
  }

  void keep_verdicts() {
    const auto kept = verdicts_.keep(clock_.now());
    verdict_problem_ = kept ? "" : kept.error().message;
  }

  HookConfig config_;
  const base::Clock& clock_;
  HookVerdicts verdicts_;
  HookInbox inbox_;
  contract::ObservationSink* sink_ = nullptr;
  bool ready_ = false;
  std::uint64_t forged_earlier_ = 0;
  std::uint64_t forged_now_ = 0;
  std::string verdict_problem_;
};

}  // namespace

std::unique_ptr<HookSource> make_hook_source(HookConfig config, const base::Clock& clock) {
  return std::make_unique<DirectorySource>(std::move(config), clock);
}

}  // namespace davylamp::openvpn
