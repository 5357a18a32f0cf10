// The file of a watched service's memory, mapped: made, found again, set aside when it is damaged.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "sources/watch/state_layout.hpp"

namespace davylamp::watch {

// The kernel's name for this life of the host; empty where there is none.
std::string kernel_boot_id();

struct StatePlace {
  std::string path;
  std::string boot_id;
  std::uint32_t most_peers = 65'536;
  std::uint32_t most_flows = 262'144;
};

// Belongs to one thread. While it lives nobody else can open the same file.
class StateFile {
 public:
  // The state of this life of the host, else an empty one with a new epoch. The folder is made when it is not there
  // (0700), the file is 0600 and has all its room reserved: it cannot fail later for want of it. A damaged file is
  // kept beside it as "PATH.damaged". Errors: "busy" (another program has it), "state" (cannot be written).
  static base::Result<StateFile> open(const StatePlace& place);
  // The same without a file: forgotten at the end.
  static StateFile in_memory(const StatePlace& place);

  StateFile(StateFile&& other) noexcept;
  StateFile& operator=(StateFile&& other) noexcept;
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;
  ~StateFile();

  StateHeader& header() { return *reinterpret_cast<StateHeader*>(mapped_); }
  const StateHeader& header() const { return *reinterpret_cast<const StateHeader*>(mapped_); }
  std::span<PeerSlot> peers();
  std::span<FlowSlot> flows();
  // What was found amiss: a sentence.
  const std::optional<std::string>& remark() const { return remark_; }

 private:
  StateFile(int file, char* mapped, std::size_t bytes) : file_(file), mapped_(mapped), bytes_(bytes) {}
  static base::Result<StateFile> make(const StatePlace& place);
  static base::Result<StateFile> map(int file, std::size_t bytes);
  // Nothing when there is none of this life of the host; `damage` says when it cannot be believed.
  static base::Result<std::optional<StateFile>> find(const StatePlace& place, std::optional<std::string>& damage);
  void take_over(StateFile& old);

  int file_ = -1;
  char* mapped_ = nullptr;
  std::size_t bytes_ = 0;
  std::optional<std::string> remark_;
};

}  // namespace davylamp::watch
