// One log that is read: an NFLOG group, the kernel's log, a file. Each fares by itself.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "io/task.hpp"
#include "model/evidence.hpp"
#include "model/house_job.hpp"
#include "sources/firewall/attempt_intake.hpp"
#include "sources/firewall/positions.hpp"

namespace davylamp::firewall {

// Lives on the source's loop.
class Input {
 public:
  virtual ~Input() = default;
  // "nflog", "kernel_log", "file", "openvpn_log".
  virtual std::string_view kind() const = 0;
  // Reads until cancelled. Throws Failure: "refused" when a privilege is missing, with any other code when it broke.
  virtual io::Task<void> run() = 0;
  // What it sees, as a sentence, while it runs.
  virtual std::string text() const = 0;
  // Whether it reads already; a file may not be there yet.
  virtual bool looks() const = 0;
  virtual void put_position(Positions&) const {}
  virtual std::vector<model::Loss> losses() const = 0;
};

// `intake` and `clock` must outlive what these make.
std::unique_ptr<Input> make_nflog_input(std::uint16_t group, AttemptIntake& intake, const base::Clock& clock);

struct KernelLogPlaces {
  std::string device = "/dev/kmsg";
  std::string boot_id = "/proc/sys/kernel/random/boot_id";
  std::string statistics = "/proc/stat";
};
std::unique_ptr<Input> make_kernel_log_input(const KernelLogPlaces& places, const Positions& known,
                                             AttemptIntake& intake, const base::Clock& clock);

enum class FileContent : std::uint8_t { firewall, openvpn };
std::unique_ptr<Input> make_file_input(const std::string& path, FileContent content, const Positions& known,
                                       AttemptIntake& intake, const base::Clock& clock);

}  // namespace davylamp::firewall
