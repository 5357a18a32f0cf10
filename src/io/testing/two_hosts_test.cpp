#include "io/testing/two_hosts.hpp"

#include <gtest/gtest.h>

namespace davylamp::io::testing {
namespace {

TEST(TwoHosts, ReachEachOtherAndNothingElse) {
  if (!TwoHosts::possible()) GTEST_SKIP() << "needs root and nsenter";
  TwoHosts hosts;
  EXPECT_NE(hosts.run_in_client("ip -br addr show c0").find("10.77.0.2/24"), std::string::npos);
  EXPECT_NO_THROW(hosts.run_in_client("ip route get 10.77.0.1"));
  EXPECT_NO_THROW(hosts.run_in_server("ip route get 10.98.3.4"));
  EXPECT_THROW(hosts.run_in_client("ip route get 192.0.2.1"), std::runtime_error);
}

}  // namespace
}  // namespace davylamp::io::testing
