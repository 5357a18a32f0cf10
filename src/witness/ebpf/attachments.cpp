#include "witness/ebpf/attachments.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "base/result.hpp"
#include "witness/ebpf/privileges.hpp"

namespace davylamp::ebpf {
namespace {

// linux/bpf.h of 6.6; the headers here are older.
constexpr unsigned tcx_ingress = 46;
constexpr unsigned tcx_egress = 47;
constexpr int places = 8;
constexpr std::uint32_t first_priority = 0xDA10;
constexpr std::uint32_t filter_handle = 1;

int create_link(int program, int device, unsigned where) {
  union bpf_attr request{};
  request.link_create.prog_fd = static_cast<unsigned>(program);
  request.link_create.target_ifindex = static_cast<unsigned>(device);
  request.link_create.attach_type = where;
  const auto link = ::syscall(SYS_bpf, BPF_LINK_CREATE, &request, sizeof request);
  return link < 0 ? -errno : static_cast<int>(link);
}

bool device_is_gone(int error) {
  return error == ENODEV || error == ENXIO;
}

[[noreturn]] void fail(int device, int error) {
  const std::string what = "eBPF programs cannot be attached to network device " + std::to_string(device) + " (" +
                           std::strerror(error) + ")";
  if (error == EPERM || error == EACCES) throw base::Failure("refused", what + ": " + missing_privileges());
  throw base::Failure(error == EOPNOTSUPP || error == ENOENT ? "refused" : "ebpf",
                      what + ": the kernel lacks CONFIG_NET_CLS_BPF or CONFIG_NET_SCH_INGRESS");
}

bpf_tc_hook hook_of(int device, bpf_tc_attach_point where) {
  bpf_tc_hook hook{};
  hook.sz = sizeof hook;
  hook.ifindex = device;
  hook.attach_point = where;
  return hook;
}

bpf_tc_opts filter_at(std::uint32_t priority) {
  bpf_tc_opts filter{};
  filter.sz = sizeof filter;
  filter.handle = filter_handle;
  filter.priority = priority;
  return filter;
}

int add_filter(int program, int device, bpf_tc_attach_point where, std::uint32_t priority) {
  auto hook = hook_of(device, where);
  const int created = ::bpf_tc_hook_create(&hook);
  if (created != 0 && created != -EEXIST) return created;
  auto filter = filter_at(priority);
  filter.prog_fd = program;
  filter.flags = BPF_TC_F_REPLACE;
  return ::bpf_tc_attach(&hook, &filter);
}

bool is_ours(std::uint32_t program_id) {
  const int program = ::bpf_prog_get_fd_by_id(program_id);
  if (program < 0) return false;
  bpf_prog_info description{};
  std::uint32_t size = sizeof description;
  const int result = ::bpf_obj_get_info_by_fd(program, &description, &size);
  ::close(program);
  if (result != 0) return false;
  const std::string name(description.name, ::strnlen(description.name, sizeof description.name));
  return name == "uplink_in" || name == "uplink_out" || name == "inner_in" || name == "inner_out";
}

void remove_filters(int device, std::uint32_t priority) {
  for (const auto where : {BPF_TC_INGRESS, BPF_TC_EGRESS}) {
    const auto hook = hook_of(device, where);
    auto filter = filter_at(priority);
    if (::bpf_tc_query(&hook, &filter) != 0 || !is_ours(filter.prog_id)) continue;
    auto old = filter_at(priority);
    ::bpf_tc_detach(&hook, &old);
  }
}

// A name that one socket of this network namespace can hold, as long as it lives. -1: somebody else holds it.
int lock_place(int place) {
  const int lock = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (lock < 0) return -1;
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const std::string text = "davylamp-filter-" + std::to_string(place);
  std::memcpy(name.sun_path + 1, text.data(), text.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
  if (::bind(lock, reinterpret_cast<const sockaddr*>(&name), size) == 0) return lock;
  ::close(lock);
  return -1;
}

}  // namespace

std::string_view name_of(AttachMode mode) {
  return mode == AttachMode::tcx ? "tcx" : "clsact";
}

AttachMode best_attach_mode(const KernelProgram& program) {
  // No device has this number: a kernel that knows tcx says so, one that does not refuses the kind of link.
  const int result = create_link(program.uplink().incoming, 0x7fffffff, tcx_ingress);
  return result == -ENODEV ? AttachMode::tcx : AttachMode::clsact;
}

FilterPlace::FilterPlace() {
  for (; place_ < places; ++place_) {
    lock_ = lock_place(place_);
    if (lock_ >= 0) return;
  }
  throw base::Failure("ebpf", "all " + std::to_string(places) +
                                  " places for eBPF filters are taken: fewer watched services can use ebpf on a kernel "
                                  "without tcx (Linux 6.6)");
}

FilterPlace::~FilterPlace() {
  if (lock_ >= 0) ::close(lock_);
}

std::uint32_t FilterPlace::priority() const {
  return first_priority + static_cast<std::uint32_t>(place_);
}

void FilterPlace::clean(int device) const {
  for (int place = 0; place < places; ++place) {
    const int lock = place == place_ ? -1 : lock_place(place);
    if (place != place_ && lock < 0) continue;
    remove_filters(device, first_priority + static_cast<std::uint32_t>(place));
    if (lock >= 0) ::close(lock);
  }
}

Attachments::Attachments(AttachMode mode) : mode_(mode) {
  if (mode_ == AttachMode::clsact) place_ = std::make_unique<FilterPlace>();
}

Attachments::~Attachments() {
  while (!devices_.empty()) detach(devices_.begin()->first);
}

bool Attachments::attach(int device, const ProgramPair& programs) {
  if (holds(device)) return true;
  ProgramPair held{0, 0};
  if (mode_ == AttachMode::tcx) {
    held.incoming = create_link(programs.incoming, device, tcx_ingress);
    held.outgoing = held.incoming < 0 ? held.incoming : create_link(programs.outgoing, device, tcx_egress);
    if (held.outgoing < 0 && held.incoming >= 0) ::close(held.incoming);
  } else {
    place_->clean(device);
    held.incoming = add_filter(programs.incoming, device, BPF_TC_INGRESS, place_->priority());
    held.outgoing =
        held.incoming < 0 ? held.incoming : add_filter(programs.outgoing, device, BPF_TC_EGRESS, place_->priority());
  }
  if (held.outgoing < 0) {
    if (device_is_gone(-held.outgoing)) return false;
    fail(device, -held.outgoing);
  }
  devices_.emplace(device, held);
  return true;
}

void Attachments::tidy(int device) {
  if (place_) place_->clean(device);
}

void Attachments::detach(int device) {
  const auto found = devices_.find(device);
  if (found == devices_.end()) return;
  if (mode_ == AttachMode::tcx) {
    ::close(found->second.incoming);
    ::close(found->second.outgoing);
  } else {
    remove_filters(device, place_->priority());
  }
  devices_.erase(found);
}

}  // namespace davylamp::ebpf
