// Talks: runs the program nft.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace davylamp::app {

// Runs /usr/sbin/nft with these arguments and this input; what it prints. Blocks until it is done. Fails with
// "nftables" and what nft said first, and what to do where the right to use it is missing; "no_nft" where nft is.
base::Result<std::string> run_nft(const std::vector<std::string>& arguments, const std::string& input = "");

}  // namespace davylamp::app
