#include "witness/ebpf/kernel_program.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "flow_kernel.skel.h"
#include "witness/ebpf/privileges.hpp"

namespace davylamp::ebpf {
namespace {

int say_nothing(libbpf_print_level, const char*, va_list) {
  return 0;
}

[[noreturn]] void refuse(const std::string& what, int error) {
  const std::string why = what + " (" + std::strerror(error) + ")";
  if (error == EPERM || error == EACCES) throw base::Failure("refused", why + ": " + missing_privileges());
  utsname kernel{};
  ::uname(&kernel);
  throw base::Failure("refused", why +
                                     ": Linux 5.8 or later with CONFIG_BPF_SYSCALL and CONFIG_NET_CLS_BPF is needed, " +
                                     "this is " + kernel.release + "; use the conntrack witness instead");
}

// One map's memory in this process.
template <class Slot>
class Shared {
 public:
  Shared() = default;
  Shared(const bpf_map* map, std::size_t slots) : bytes_(slots * sizeof(Slot)), slots_(slots) {
    memory_ = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
    if (memory_ == MAP_FAILED) refuse("the tables of eBPF cannot be mapped", errno);
  }
  ~Shared() {
    if (memory_ != MAP_FAILED) ::munmap(memory_, bytes_);
  }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  std::span<Slot> slots() const { return {static_cast<Slot*>(memory_), slots_}; }

 private:
  std::size_t bytes_ = 0;
  std::size_t slots_ = 0;
  void* memory_ = MAP_FAILED;
};

struct Destroy {
  void operator()(flow_kernel* kernel) const { flow_kernel::destroy(kernel); }
  void operator()(ring_buffer* ring) const { ::ring_buffer__free(ring); }
};

std::unique_ptr<flow_kernel, Destroy> load(std::uint32_t most_flows) {
  ::libbpf_set_print(say_nothing);
  std::unique_ptr<flow_kernel, Destroy> kernel(flow_kernel::open());
  if (!kernel) refuse("the programs for eBPF cannot be prepared", errno);
  for (auto* map : {kernel->maps.flows, kernel->maps.counts, kernel->maps.paths, kernel->maps.free_slots})
    ::bpf_map__set_max_entries(map, most_flows);
  kernel->rodata->coarse_clock =
      ::libbpf_probe_bpf_helper(BPF_PROG_TYPE_SCHED_CLS, BPF_FUNC_ktime_get_coarse_ns, nullptr) == 1;
  const int result = flow_kernel::load(kernel.get());
  if (result != 0) refuse("the kernel does not take the eBPF programs", -result);
  return kernel;
}

int take_one(void* context, void* event, std::size_t size) {
  if (size < sizeof(InnerHandshake)) return 0;
  InnerHandshake handshake{};
  std::memcpy(&handshake, event, sizeof handshake);
  (*static_cast<const std::function<void(const InnerHandshake&)>*>(context))(handshake);
  return 0;
}

}  // namespace

struct KernelProgram::State {
  explicit State(std::uint32_t most)
      : most_flows(most), kernel(load(most)), counts(kernel->maps.counts, most), paths(kernel->maps.paths, most) {
    ring.reset(::ring_buffer__new(bpf_map__fd(kernel->maps.inner_handshakes), take_one, &take, nullptr));
    if (!ring) refuse("the ring of eBPF cannot be read", errno);
  }

  std::uint32_t most_flows;
  std::unique_ptr<flow_kernel, Destroy> kernel;
  Shared<FlowCounts> counts;
  Shared<FlowPath> paths;
  std::function<void(const InnerHandshake&)> take;
  std::unique_ptr<ring_buffer, Destroy> ring;
  std::uint32_t offered = 0;
};

KernelProgram::KernelProgram(std::uint32_t most_flows) : state_(std::make_unique<State>(most_flows)) {}

KernelProgram::~KernelProgram() = default;

bool KernelProgram::offer_slots(std::uint32_t most) {
  auto& offered = state_->offered;
  for (; most > 0 && offered < state_->most_flows; --most) give_back(offered++);
  return offered < state_->most_flows;
}

void KernelProgram::watch(const contract::WatchedPorts& ports) {
  std::array<std::uint64_t, std::size_t{port_words} * flow_protocols> words{};
  for (const auto port : ports.udp) words[port / 64U] |= 1ULL << (port % 64U);
  for (const auto port : ports.tcp) words[port_words + port / 64U] |= 1ULL << (port % 64U);
  const int map = bpf_map__fd(state_->kernel->maps.ports);
  for (std::uint32_t i = 0; i < words.size(); ++i) {
    if (::bpf_map_update_elem(map, &i, &words[i], BPF_ANY) != 0)
      throw base::Failure("ebpf", std::string("the watched ports cannot be set: ") + std::strerror(errno));
  }
}

std::span<FlowCounts> KernelProgram::counts() const {
  return state_->counts.slots();
}

std::span<FlowPath> KernelProgram::paths() const {
  return state_->paths.slots();
}

KernelLosses KernelProgram::losses() const {
  const auto& lost = *state_->kernel->bss;
  return {lost.table_full, lost.fragments, lost.unreadable, lost.handshakes_lost};
}

void KernelProgram::take_handshakes(const std::function<void(const InnerHandshake&)>& take) {
  state_->take = take;
  ::ring_buffer__consume(state_->ring.get());
}

ProgramPair KernelProgram::uplink() const {
  return {bpf_program__fd(state_->kernel->progs.uplink_in), bpf_program__fd(state_->kernel->progs.uplink_out)};
}

ProgramPair KernelProgram::inner() const {
  return {bpf_program__fd(state_->kernel->progs.inner_in), bpf_program__fd(state_->kernel->progs.inner_out)};
}

int KernelProgram::table() const {
  return bpf_map__fd(state_->kernel->maps.flows);
}

void KernelProgram::forget(const FlowKey& key) {
  ::bpf_map_delete_elem(bpf_map__fd(state_->kernel->maps.flows), &key);
}

void KernelProgram::give_back(std::uint32_t slot) {
  ::bpf_map_update_elem(bpf_map__fd(state_->kernel->maps.free_slots), nullptr, &slot, BPF_ANY);
}

}  // namespace davylamp::ebpf
