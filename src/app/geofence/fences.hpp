// Puts fences into the kernel and into the book: in this order when one is set, so that the book never tells of one
// that the kernel refused.
#pragma once

#include <functional>

#include "app/geofence/fence_book.hpp"

namespace davylamp::app {

// run_nft(), or what a test puts in its place.
using RunNft =
    std::function<base::Result<std::string>(const std::vector<std::string>& arguments, const std::string& input)>;

// Blocking. Each call holds the book's lock and first takes away what was not confirmed in time. Throws Failure where
// the kernel or the book refuses; then nothing has changed.
class Fences {
 public:
  Fences(const std::string& state_directory, RunNft nft) : book_(state_directory), nft_(std::move(nft)) {}

  // Judges for `seconds` in the place of what is confirmed.
  void try_out(const FenceRequest& request, const CompiledFence& fence, base::Time now, std::uint32_t seconds);
  // Fails with "not_found", or "expired" when its time was over.
  base::Result<void> confirm(const std::string& service);
  // What was confirmed is compiled anew and replaced at once; its counters go on.
  void renew(const FenceRequest& request, const CompiledFence& fence, base::Time now);
  // Fails with "not_found".
  base::Result<void> remove(const std::string& service);
  // Makes the kernel hold what is confirmed, and no other; how many. At the start of the host.
  std::size_t restore();
  // Takes away what was not confirmed in time; the services.
  std::vector<std::string> settle();

  struct Shown {
    FenceEntry entry;
    bool judging = false;  // the kernel has it
    FenceCounts counts;    // of what judges
  };
  // Without a lock and without changes. An error of nft is in `problem`, and then nothing is known of the kernel.
  struct Show {
    std::vector<Shown> fences;
    std::string problem;
  };
  Show show() const;

 private:
  void run(const std::string& script) const;
  // Whether the kernel still holds the trial.
  bool alive(const FenceId& tried) const;
  std::vector<std::string> settle(FenceList& list) const;
  FenceBook book_;
  RunNft nft_;
};

}  // namespace davylamp::app
