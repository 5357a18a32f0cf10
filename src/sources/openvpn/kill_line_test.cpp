#include "sources/openvpn/kill_line.hpp"

#include <gtest/gtest.h>

namespace davylamp::openvpn {

TEST(KillLine, SaysWhatTheClientShallDo) {
  model::EndSession order;
  EXPECT_EQ(kill_line(17, order), "client-kill 17");
  order.mode = model::EndMode::halt;
  EXPECT_EQ(kill_line(17, order), "client-kill 17 HALT");
  order.mode = model::EndMode::refuse;
  order.message = "Data limit reached";
  EXPECT_EQ(kill_line(17, order), "client-kill 17 \"AUTH_FAILED,Data limit reached\"");
}

TEST(KillLine, LetsNoMessageLeaveItsQuotes) {
  model::EndSession order;
  order.mode = model::EndMode::refuse;
  order.message = "a\" b\\\nsignal SIGTERM\xff";
  EXPECT_EQ(kill_line(1, order), "client-kill 1 \"AUTH_FAILED,a? b??signal SIGTERM?\"");
  order.message = std::string(5'000, 'x');
  EXPECT_LT(kill_line(1, order).size(), 256U);
}

}  // namespace davylamp::openvpn
