#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>

#include "app/config/reachable.hpp"
#include "base/testing/temporary_directory.hpp"
#include "io/certificate.hpp"

namespace davylamp::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto now = base::from_unix_seconds(1'795'000'000);

using Set = std::function<void(Config& config, const std::string& path)>;
struct Key {
  std::string name;
  Set set;
  Severity severity = Severity::problem;
};

// Every secret that a configuration can name, and what makes it needed.
std::vector<Key> secrets() {
  const auto ldap = [](Config& config, const std::string& path) {
    config.ldap.url = "ldaps://ldap.example.org";
    config.ldap.bind_password_file = path;
  };
  const auto oidc = [](Config& config, const std::string& path) {
    config.oidc.issuer = "https://id.example.org";
    config.oidc.client_secret_file = path;
  };
  const auto store = [](Config& config, const std::string& path) {
    config.store.url = "postgresql://db/davy";
    config.store.password_file = path;
  };
  const auto token = [](Config& config, const std::string& path) {
    config.node.roles = {"collect"};
    config.uplink.connect = "hub.example.org:7443";
    config.uplink.token_file = path;
  };
  return {
      {"ldap.bind_password_file", ldap},
      {"oidc.client_secret_file", oidc},
      {"store.password_file", store},
      {"uplink.token_file", token},
      {"bus.password_file", [](Config& c, const std::string& path) { c.bus.password_file = path; }},
      {"hub.shared_key_file", [](Config& c, const std::string& path) { c.hub.shared_key_file = path; }},
      {"notify.telegram[0].token_file",
       [](Config& c, const std::string& path) { c.notify.telegram.emplace_back().token_file = path; },
       Severity::notice},
      {"notify.webhook[0].secret_file",
       [](Config& c, const std::string& path) { c.notify.webhook.emplace_back().secret_file = path; },
       Severity::notice},
      {"notify.email[0].password_file",
       [](Config& c, const std::string& path) { c.notify.email.emplace_back().password_file = path; },
       Severity::notice},
      {"notify.ntfy[0].token_file",
       [](Config& c, const std::string& path) { c.notify.ntfy.emplace_back().token_file = path; }, Severity::notice}};
}

// ... and every file of authorities.
std::vector<Key> authorities() {
  const auto ldap = [](Config& config, const std::string& path) {
    config.ldap.url = "ldaps://ldap.example.org";
    config.ldap.ca_file = path;
  };
  const auto oidc = [](Config& config, const std::string& path) {
    config.oidc.issuer = "https://id.example.org";
    config.oidc.ca_file = path;
  };
  const auto listen = [](Config& config, const std::string& path) {
    config.uplink.listen = "0.0.0.0:7443";
    config.uplink.client_ca_file = path;
  };
  const auto connect = [](Config& config, const std::string& path) {
    config.node.roles = {"collect"};
    config.uplink.connect = "hub.example.org:7443";
    config.uplink.ca_file = path;
  };
  return {
      {"ldap.ca_file", ldap},
      {"oidc.ca_file", oidc},
      {"uplink.client_ca_file", listen},
      {"uplink.ca_file", connect},
      {"bus.ca_file", [](Config& c, const std::string& path) { c.bus.ca_file = path; }},
      {"store.url sslrootcert",
       [](Config& c, const std::string& path) { c.store.url = "postgresql://db/x?sslrootcert=" + path; }},
      {"notify.webhook[0].ca_file",
       [](Config& c, const std::string& path) { c.notify.webhook.emplace_back().ca_file = path; }, Severity::notice}};
}

class Credentials : public testing::Test {
 protected:
  Credentials() {
    plain_.node.state_directory = folder_.path();
    plain_.store.path = folder_.file("davylamp.db");
    plain_.serve.web_root = folder_.path();
    write("index.html", "");
  }
  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    const auto path = folder_.file(name);
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path;
  }
  std::vector<Finding> check(const Key& key, const std::string& path, const Access& access = access_of_this_process) {
    auto config = plain_;
    key.set(config, path);
    return check_reachable(config, now, access);
  }
  static void expect(const std::vector<Finding>& findings, const Key& key, Severity severity, const std::string& what) {
    ASSERT_EQ(findings.size(), 1U) << key.name << " " << what;
    EXPECT_EQ(findings[0].severity, severity) << findings[0].text;
    EXPECT_THAT(findings[0].text, AllOf(HasSubstr(key.name + ": "), HasSubstr(what)));
  }
  io::Certificate pair(const std::string& name, base::Time made_at = now) const {
    std::filesystem::create_directory(folder_.file(name));
    return io::make_self_signed(folder_.file(name), {}, made_at);
  }

  base::TemporaryDirectory folder_;
  Config plain_;
};

}  // namespace

TEST_F(Credentials, OfEverySecretItIsSaidWhatIsWrong) {
  const auto good = write("good", "hunter2hunter2hunter2\n");
  const auto shown = write("shown", "hunter2hunter2hunter2\n", 0644);
  const auto empty = write("empty", "\n");
  const auto refusing = [&](const std::string& asked, int) { return asked == good ? EACCES : 0; };
  for (const auto& key : secrets()) {
    EXPECT_THAT(check(key, good), IsEmpty()) << key.name;
    expect(check(key, folder_.file("absent")), key, key.severity, "there is no such file");
    expect(check(key, good, refusing), key, key.severity, "permission denied for user");
    expect(check(key, shown), key, Severity::notice, "everyone on this host can read it");
    expect(check(key, empty), key, key.severity, folder_.file("empty") + ": is empty; write the secret into it");
  }
}

TEST_F(Credentials, OfAllAuthoritiesItIsSaidWhatIsWrong) {
  const auto good = pair("good").certificate_path.string();
  const auto old = pair("old", now - std::chrono::days(900)).certificate_path.string();
  const auto other = write("other.pem", "not a certificate\n");
  for (const auto& key : authorities()) {
    EXPECT_THAT(check(key, good), IsEmpty()) << key.name;
    expect(check(key, folder_.file("absent.pem")), key, key.severity, "there is no such file");
    expect(check(key, other), key, key.severity, "holds no certificate in PEM form");
    expect(check(key, old), key, Severity::notice, "ran out 76 days ago");
  }
}

TEST_F(Credentials, AVariableNeedNotBeThatOfWhoeverChecks) {
  const auto key = secrets()[0];
  expect(check(key, "env:DAVYLAMP_TEST_UNSET"), key, Severity::notice, "is not set here; the daemon needs it");
}

TEST_F(Credentials, ACertificateThatRunsOutSoonIsANote) {
  const Key key{"serve.tls_certificate", [&](Config& config, const std::string& path) {
                  config.serve.tls_certificate = path + "/certificate.pem";
                  config.serve.tls_key = path + "/key.pem";
                }};
  const auto made = [&](int days_ago) {
    const auto name = "made" + std::to_string(days_ago);
    pair(name, now - std::chrono::days(days_ago));
    return folder_.file(name);
  };
  EXPECT_THAT(check(key, made(809)), IsEmpty()) << "15 days are left";
  expect(check(key, made(811)), key, Severity::notice, "its certificate runs out in 13 days: others then refuse it");
  expect(check(key, made(826)), key, Severity::notice, "its certificate ran out 2 days ago");
  expect(check(key, made(-3)), key, Severity::notice, "holds only from 2 days on");
}

TEST_F(Credentials, AKeyMustBeThatOfItsCertificateAndStayWithItsOwner) {
  const auto one = pair("one");
  const auto other = pair("other");
  auto config = plain_;
  config.uplink.listen = "0.0.0.0:7443";
  config.uplink.tls_certificate = one.certificate_path.string();
  config.uplink.tls_key = other.key_path.string();
  EXPECT_THAT(check_reachable(config, now),
              ElementsAre(Finding{Severity::problem, "uplink.tls_key: " + other.key_path.string() +
                                                         ": is not the key of the certificate in " +
                                                         one.certificate_path.string() +
                                                         " (uplink.tls_certificate); the two must be made together"}));
  config.uplink.tls_key = one.key_path.string();
  EXPECT_THAT(check_reachable(config, now), IsEmpty());
  chmod(one.key_path.c_str(), 0644);
  const auto shown = check_reachable(config, now);
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_THAT(shown[0].text, HasSubstr("holds a private key and everyone on this host can read it"));
  config.uplink.tls_key = one.certificate_path.string();
  EXPECT_THAT(check_reachable(config, now).back().text, HasSubstr("holds no private key in PEM form"));
}

// What is for another role, or for the collector's own user, keeps no daemon from starting.
TEST_F(Credentials, WhatThisDaemonDoesNotNeedIsNotAskedOfIt) {
  auto config = plain_;
  config.ldap.url = "ldaps://ldap.example.org";
  config.ldap.bind_password_file = folder_.file("absent");
  config.node.roles = {"process"};
  EXPECT_THAT(check_reachable(config, now), IsEmpty());
  config = plain_;
  config.uplink.connect = "hub.example.org:7443";
  config.uplink.token_file = folder_.file("absent");
  const auto noted = check_reachable(config, now);
  ASSERT_EQ(noted.size(), 1U);
  EXPECT_EQ(noted[0].severity, Severity::notice);
  EXPECT_EQ(check_uplink(config, now).at(0).severity, Severity::problem);
}

}  // namespace davylamp::app
