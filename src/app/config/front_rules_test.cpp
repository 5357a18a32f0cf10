#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config.hpp"

namespace davylamp::app {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> problems_of(const std::string& text) {
  return read_config(text, "davylamp.toml", {}).problems;
}

}  // namespace

TEST(FrontRules, TakeWhatADaemonBehindAProxyNeeds) {
  EXPECT_THAT(problems_of(R"([serve]
listen = "0.0.0.0:8080"
tls = false
trusted_proxies = ["10.0.0.0/24", "2001:db8::5"]
proxy_socket = "/run/davylamp/proxy.sock"
base_path = "/ops/davylamp"
allow = ["192.0.2.0/24"]
cors_origins = ["https://status.example.org", "http://127.0.0.1:3000"]
[rate]
address_per_minute = 600
)"),
              IsEmpty());
}

TEST(FrontRules, WithoutTlsOtherHostsAreServedThroughATrustedProxyOnly) {
  EXPECT_THAT(problems_of("[serve]\nlisten = \"0.0.0.0:8080\"\ntls = false\n"),
              Contains(AllOf(HasSubstr("serve.tls"), HasSubstr("trusted_proxies"))));
  EXPECT_THAT(problems_of("[serve]\nlisten = \"127.0.0.1:8080\"\ntls = false\n"), IsEmpty());
}

TEST(FrontRules, NameWhatIsWrong) {
  const auto finds = [](const std::string& line, const std::string& words) {
    EXPECT_THAT(problems_of(line), Contains(HasSubstr(words))) << line;
  };
  finds("[serve]\ntrusted_proxies = [\"nginx.example.org\"]\n", "serve.trusted_proxies[0]");
  finds("[serve]\ntrusted_proxies = [\"0.0.0.0/0\"]\n", "would believe everybody");
  finds("[serve]\nallow = [\"10.0.0.0/33\"]\n", "serve.allow[0]");
  finds("[serve]\nproxy_socket = \"proxy.sock\"\n", "serve.proxy_socket");
  for (const auto* const path : {"davylamp", "/davylamp/", "/", "/a//b", "/a/../b", "/a\\\"><script>", "/a b"}) {
    finds("[serve]\nbase_path = \"" + std::string(path) + "\"\n", "serve.base_path");
  }
  finds("[serve]\nbase_path = \"/api\"\n", "which Davylamp uses itself");
  for (const auto* const origin : {"*", "null", "https://*.example.org", "https://example.org/", "HTTPS://example.org",
                                   "ftp://example.org", "https://", "https://user@example.org"}) {
    finds("[serve]\ncors_origins = [\"" + std::string(origin) + "\"]\n", "serve.cors_origins");
  }
  finds("[serve]\ntls = false\ntls_certificate = \"/c\"\ntls_key = \"/k\"\n", "take out one or the other");
  finds("[rate]\nlogin_burst = 0\n", "rate.login_burst");
}

}  // namespace davylamp::app
