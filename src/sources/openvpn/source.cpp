#include "sources/openvpn/source.hpp"

#include <boost/asio/this_coro.hpp>
#include <deque>
#include <utility>

#include "sources/openvpn/attachment.hpp"

namespace davylamp::openvpn {
namespace {

namespace asio = boost::asio;
// Waiting for one server; more are refused.
constexpr std::size_t most_commands = 1'000;

class ManagementSource : public contract::Source {
 public:
  ManagementSource(const Config& config, const base::Clock& clock)
      : config_(config),
        clock_(clock),
        address_(base::value_or_throw(ManagementAddress::parse(config.management))),
        report_(configured_facts(config)),
        files_(config.config_file.value_or("")) {
    if (config.status_file) status_check_.emplace(*config.status_file);
  }

  io::Task<void> run(contract::ObservationSink& sink) override {
    Attachment attachment({config_, clock_, report_, files_, status_check_, sink, commands_},
                          co_await asio::this_coro::executor);
    const Attached attached(attachment_, &attachment);
    co_await attachment.run(address_);
  }

  void failed(contract::ObservationSink& sink, const base::Error& error, base::Seconds pause) override {
    report_.failed(error, pause);
    for (const auto& command : std::exchange(commands_, {})) refuse(sink, command);
    auto facts = report_.facts();
    files_.fill(facts, clock_.now());
    sink.emit(clock_.now(), model::SourceHealth{std::move(facts)});
  }

  void carry_out(contract::ObservationSink& sink, const model::Command& command) override {
    if (const auto* report = std::get_if<model::ReportBy>(&command.order)) {
      if (attachment_ != nullptr) attachment_->report_by(report->at);
    } else if (std::holds_alternative<model::EndSession>(command.order)) {
      if (attachment_ == nullptr || commands_.size() >= most_commands) return refuse(sink, command);
      commands_.push_back(command);
      attachment_->wake();
    }
  }

 private:
  // Says for the length of a run where commands go.
  class Attached {
   public:
    Attached(Attachment*& place, Attachment* attachment) : place_(place) { place_ = attachment; }
    Attached(const Attached&) = delete;
    Attached& operator=(const Attached&) = delete;
    ~Attached() { place_ = nullptr; }

   private:
    Attachment*& place_;
  };

  void refuse(contract::ObservationSink& sink, const model::Command& command) {
    if (command.id == 0) return;
    sink.emit(clock_.now(), model::CommandDone{command.id, false, config_.name + ": " + report_.facts().health});
  }

  Config config_;
  const base::Clock& clock_;
  ManagementAddress address_;
  ServerReport report_;
  ServerFiles files_;
  std::optional<StatusCheck> status_check_;
  std::deque<model::Command> commands_;
  Attachment* attachment_ = nullptr;
};

}  // namespace

model::ServerFacts configured_facts(const Config& config) {
  model::ServerFacts facts;
  facts.health = "not reached yet";
  facts.lab = config.lab;
  facts.transport = config.transport;
  if (config.address) facts.local_address = base::value_or_throw(model::Address::parse(*config.address));
  if (config.public_address) facts.public_address = base::value_or_throw(model::Address::parse(*config.public_address));
  return facts;
}

std::unique_ptr<contract::Source> make_source(const Config& config, const base::Clock& clock) {
  return std::make_unique<ManagementSource>(config, clock);
}

}  // namespace davylamp::openvpn
