// Thinks: which nftables statements make the kernel stop what it should, and no more than changed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/command.hpp"

namespace davylamp::app {

// A table of our own (inet davylamp_quota), in which every stopped virtual address has a chain with a quota of its own:
// what others keep in nftables is never touched. Counts the bytes of IP packets, which are 2 to 5 % fewer than those
// OpenVPN counts for them, and more where a tunnel's queue overflows behind the count: such packets never arrive.
class NftScript {
 public:
  // For `nft -f -`, one transaction; empty when nothing is to be done. A quota that runs is left alone: it is made anew
  // when more is allowed than when it was made, less what was reported since (a grant, a reset), and once what is
  // reported stands still: then that is what remains, whatever the kernel counted. Else who was stopped too early would
  // reach no limit and stay cut off.
  std::string next(const std::vector<model::KernelStop>& stops);
  // The kernel's table is not what we think it is (an error, a start): the next script makes everything anew.
  void forget();
  // Takes the table away.
  static std::string removal();

 private:
  struct Key {
    model::SessionId session_id = 0;
    model::Address virtual_address;
    auto operator<=>(const Key&) const = default;
  };
  struct Installed {
    std::uint64_t number = 0;
    model::TrafficDirection direction{};
    std::uint64_t remaining_bytes = 0;  // as reported last
    std::uint64_t made_bytes = 0;       // as made
    std::uint64_t still_bytes = 0;      // what remained when it moved last
    base::Time still_since{};           // and when that was reported
    base::Time seen_at{};
    bool continues(const model::KernelStop& stop) const;
    void note(const model::KernelStop& stop);
    // Reports went on and moved no more. Where they end, as of a server that is lost, the kernel's count holds.
    bool is_settled() const;
  };
  void install(std::string& script, const model::KernelStop& stop);
  static void remove(std::string& script, const Key& key, const Installed& installed);
  std::map<Key, Installed> installed_;
  std::uint64_t next_number_ = 1;
  bool made_ = false;
};

}  // namespace davylamp::app
