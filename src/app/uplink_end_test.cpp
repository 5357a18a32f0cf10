#include "app/uplink_end.hpp"

#include <gtest/gtest.h>

#include "base/testing/temporary_directory.hpp"
#include "io/certificate.hpp"

namespace davylamp::app {

TEST(UplinkEnd, IsToldOnlyByADaemonThatListens) {
  EXPECT_FALSE(uplink_end_of({}));
}

TEST(UplinkEnd, HasTheFingerprintOnceThereIsACertificate) {
  const base::TemporaryDirectory folder;
  Config config;
  config.node.state_directory = folder.path();
  config.uplink.listen = "0.0.0.0:7555";
  const auto end = uplink_end_of(config);
  EXPECT_EQ(end().listen_port, 7'555);
  EXPECT_FALSE(end().fingerprint_sha256);
  std::filesystem::create_directory(folder.file("uplink"));
  const auto now = base::from_unix_seconds(1'795'000'000);
  const auto shown = io::make_self_signed(folder.file("uplink"), {"hub.example.org"}, now).fingerprint;
  EXPECT_EQ(end().fingerprint_sha256, shown);
  std::filesystem::remove_all(folder.file("uplink"));
  EXPECT_EQ(end().fingerprint_sha256, shown) << "it is shown until the daemon ends";
}

}  // namespace davylamp::app
