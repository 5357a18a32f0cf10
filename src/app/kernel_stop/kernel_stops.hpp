// Talks: gives nftables what the rules want the kernel to stop.
#pragma once

#include <memory>
#include <string>

#include "app/kernel_stop/nft_script.hpp"
#include "app/log.hpp"
#include "io/worker.hpp"

namespace davylamp::app {

// Runs /usr/sbin/nft; needs CAP_NET_ADMIN. Blocking: lives on a Worker.
class Nft {
 public:
  // Feeds a script to `nft -f -`. Throws Failure with what nft said.
  static void run(const std::string& script);
};

// On the collect role's loop.
class KernelStops {
 public:
  explicit KernelStops(Log& log) : log_(log), nft_("nftables", std::make_unique<Nft>()) {}
  // Makes the kernel hold exactly these. A failure is logged and counted, and healed with the next list.
  io::Task<void> hold(std::vector<model::KernelStop> stops);
  // Takes our table away, if there was ever anything in it. When the program ends.
  void release();
  std::uint64_t failures() const { return failures_; }

 private:
  Log& log_;
  NftScript script_;
  std::uint64_t failures_ = 0;
  bool used_ = false;
  io::Worker<Nft> nft_;
};

}  // namespace davylamp::app
