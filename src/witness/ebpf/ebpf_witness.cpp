#include "witness/ebpf/ebpf_witness.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>

#include "base/result.hpp"
#include "io/netlink.hpp"
#include "io/together.hpp"
#include "witness/ebpf/device_roles.hpp"
#include "witness/ebpf/flow_teller.hpp"

namespace davylamp::ebpf {
namespace {

namespace asio = boost::asio;

constexpr std::uint32_t slots_at_a_time = 4'096;
constexpr std::size_t flows_at_a_time = 2'048;
constexpr std::uint32_t flows_per_peer = 2;
constexpr std::uint32_t fewest_flows = 1'024;
constexpr std::uint32_t most_flows = 4'194'304;

std::uint64_t nanoseconds(base::Milliseconds time) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
}

std::uint64_t fresh_nonce() {
  std::random_device random;
  return std::uint64_t{random()} << 32U | random();
}

std::uint32_t flows_for(std::uint32_t peers) {
  const auto wanted = std::min<std::uint64_t>(std::uint64_t{peers} * flows_per_peer, most_flows);
  return std::max(fewest_flows, static_cast<std::uint32_t>(wanted));
}

DeviceChoice choice_of(const Config& config) {
  return {config.uplinks.empty() ? config.ports.interfaces : config.uplinks, config.inner_interfaces};
}

void add(KernelLosses& all, const KernelLosses& more) {
  all.table_full += more.table_full;
  all.fragments += more.fragments;
  all.unreadable += more.unreadable;
  all.handshakes_lost += more.handshakes_lost;
}

class EbpfWitness : public contract::Witness {
 public:
  EbpfWitness(const Config& config, const base::Clock& clock) : config_(config), clock_(clock) {}

  std::string_view kind() const override { return "ebpf"; }
  model::CountedLayer layer() const override { return model::CountedLayer::ip; }
  io::Task<void> run(contract::FlowSink& sink) override;
  void watch(const contract::WatchedPorts& ports) override {
    config_.ports = ports;
    ports_changed_ = true;
  }
  std::vector<model::Loss> losses() const override;

 private:
  // What one run holds; its losses outlive it.
  struct Run {
    explicit Run(EbpfWitness& witness);
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    EbpfWitness& owner;
    KernelProgram program;
    Devices devices;
    FlowTeller teller;
    std::uint64_t told_full = 0;
  };
  Moment now() const;
  FlowAges ages() const;
  // What was told of devices; true at the end of a listing.
  io::Task<bool> take_devices(Run& run, io::Netlink& netlink, contract::FlowSink& sink);
  io::Task<void> follow_devices(Run& run, io::Netlink& netlink, contract::FlowSink& sink);
  io::Task<void> follow_flows(Run& run, contract::FlowSink& sink);
  io::Task<void> list(Run& run, contract::FlowSink& sink);
  void tell_how_it_fares(Run& run, contract::FlowSink& sink) const;
  void follow_ports(Run& run);

  Config config_;
  const base::Clock& clock_;
  bool ports_changed_ = false;
  const Run* run_ = nullptr;
  KernelLosses lost_{};  // in earlier runs
  std::uint64_t inner_dropped_ = 0;
};

EbpfWitness::Run::Run(EbpfWitness& witness)
    : owner(witness),
      program(flows_for(witness.config_.most_peers)),
      devices(program, choice_of(witness.config_), witness.config_.attach_mode.value_or(best_attach_mode(program))),
      teller(program, witness.ages(), fresh_nonce()) {
  owner.run_ = this;
}

EbpfWitness::Run::~Run() {
  add(owner.lost_, program.losses());
  owner.inner_dropped_ += teller.inner_dropped();
  owner.run_ = nullptr;
}

Moment EbpfWitness::now() const {
  const auto monotonic = asio::steady_timer::clock_type::now().time_since_epoch();
  return {clock_.now(), static_cast<std::uint64_t>(std::chrono::nanoseconds(monotonic).count())};
}

FlowAges EbpfWitness::ages() const {
  FlowAges ages;
  ages.idle = nanoseconds(config_.forget_after);
  ages.closed = nanoseconds(config_.forget_closed_after);
  return ages;
}

void EbpfWitness::tell_how_it_fares(Run& run, contract::FlowSink& sink) const {
  auto text = run.devices.sentence();
  run.told_full = run.program.losses().table_full;
  if (run.told_full > 0) {
    text += " Its table of " + std::to_string(flows_for(config_.most_peers)) +
            " flows was full: " + std::to_string(run.told_full) +
            " packets of further flows are not counted; raise most_peers.";
  }
  sink.told(model::WitnessState::looking, std::move(text));
}

void EbpfWitness::follow_ports(Run& run) {
  if (!ports_changed_) return;
  ports_changed_ = false;
  run.program.watch(config_.ports);
  run.teller.keep_only(config_.ports, now());
}

io::Task<bool> EbpfWitness::take_devices(Run& run, io::Netlink& netlink, contract::FlowSink& sink) {
  co_await netlink.readable();
  bool changed = false;
  bool done = false;
  const auto read = netlink.read([&](std::span<const std::byte> datagram) {
    const auto messages = parse_link_messages(datagram);
    for (const auto& link : messages.links) changed = run.devices.take(link) || changed;
    done = done || messages.done;
  });
  if (read == io::Netlink::Read::overrun) netlink.send(link_listing_request());
  if (changed) tell_how_it_fares(run, sink);
  co_return done;
}

io::Task<void> EbpfWitness::follow_devices(Run& run, io::Netlink& netlink, contract::FlowSink& sink) {
  for (;;) co_await take_devices(run, netlink, sink);
}

io::Task<void> EbpfWitness::list(Run& run, contract::FlowSink& sink) {
  const auto executor = co_await asio::this_coro::executor;
  run.teller.begin_listing(sink, now());
  while (run.teller.list_some(sink, flows_at_a_time)) co_await asio::post(executor, asio::use_awaitable);
}

io::Task<void> EbpfWitness::follow_flows(Run& run, contract::FlowSink& sink) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  auto next_listing = timer.expiry();
  for (;;) {
    follow_ports(run);
    run.teller.look(now());
    while (run.teller.tell_some(sink, flows_at_a_time)) co_await asio::post(executor, asio::use_awaitable);
    run.teller.judge(sink, now());
    if (run.program.losses().table_full != run.told_full) tell_how_it_fares(run, sink);
    timer.expires_after(config_.scan_every);
    if (timer.expiry() >= next_listing) {
      next_listing = timer.expiry() + config_.list_every - config_.scan_every;
      co_await list(run, sink);
    }
    co_await timer.async_wait(asio::use_awaitable);
  }
}

io::Task<void> EbpfWitness::run(contract::FlowSink& sink) {
  const auto executor = co_await asio::this_coro::executor;
  Run run(*this);
  while (run.program.offer_slots(slots_at_a_time)) co_await asio::post(executor, asio::use_awaitable);
  run.program.watch(config_.ports);
  ports_changed_ = false;
  io::Netlink netlink(executor, {.protocol = NETLINK_ROUTE, .groups = RTMGRP_LINK, .receive_bytes = 1U << 20U});
  netlink.send(link_listing_request());
  while (!co_await take_devices(run, netlink, sink)) continue;
  tell_how_it_fares(run, sink);
  co_await io::together(follow_devices(run, netlink, sink), follow_flows(run, sink));
}

std::vector<model::Loss> EbpfWitness::losses() const {
  auto lost = lost_;
  auto inner_dropped = inner_dropped_;
  if (run_ != nullptr) {
    add(lost, run_->program.losses());
    inner_dropped += run_->teller.inner_dropped();
  }
  return {{"ebpf_table_full", lost.table_full,
           "packets that were not counted, for the table of flows was full: raise most_peers"},
          {"ebpf_fragments", lost.fragments,
           "later fragments of IP packets, which tell no port: their bytes are in no count"},
          {"ebpf_unreadable", lost.unreadable, "packets whose headers were cut off, in no count"},
          {"ebpf_handshakes_dropped", lost.handshakes_lost + inner_dropped,
           "TCP handshakes inside tunnels that there was no room to measure"}};
}

}  // namespace

std::unique_ptr<contract::Witness> make_witness(const Config& config, const base::Clock& clock) {
  return std::make_unique<EbpfWitness>(config, clock);
}

}  // namespace davylamp::ebpf
