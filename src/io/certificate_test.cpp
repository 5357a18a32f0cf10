#include "io/certificate.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <stdlib.h>
#include <cstdio>
#include <fstream>
#include <memory>

#include "base/result.hpp"
#include "base/testing/temporary_directory.hpp"

namespace davylamp::io {
namespace {

constexpr auto now = base::from_unix_seconds(1'795'000'000);

class CertificateTest : public testing::Test {
 protected:
  base::TemporaryDirectory temporary_;
  std::filesystem::path directory_ = temporary_.path();
};

bool holds_host(const std::filesystem::path& pem, const char* name) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(pem.c_str(), "r"), std::fclose);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr),
                                                           X509_free);
  return X509_check_host(certificate.get(), name, 0, 0, nullptr) == 1 ||
         X509_check_ip_asc(certificate.get(), name, 0) == 1;
}

}  // namespace

TEST_F(CertificateTest, IsForTheNamesAskedForAndThisMachine) {
  const auto made = make_self_signed(directory_, {"vpn.example.org", "192.0.2.7", "2001:db8::7"}, now);
  EXPECT_TRUE(made.made_now);
  for (const auto* name : {"vpn.example.org", "192.0.2.7", "2001:db8::7", "localhost", "127.0.0.1", "::1"}) {
    EXPECT_TRUE(holds_host(made.certificate_path, name)) << name;
  }
  EXPECT_FALSE(holds_host(made.certificate_path, "other.example.org"));
}

TEST_F(CertificateTest, TakesANameWithACommaAsOneNameOnly) {
  const auto made = make_self_signed(directory_, {"a.example,DNS:b.example"}, now);
  EXPECT_FALSE(holds_host(made.certificate_path, "b.example"));
}

TEST_F(CertificateTest, KeepsTheKeyToItsOwner) {
  const auto made = make_self_signed(directory_, {}, now);
  struct stat status{};
  ASSERT_EQ(stat(made.key_path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(CertificateTest, IsUsedAgainWhileItIsValid) {
  const auto first = make_self_signed(directory_, {"a.example"}, now);
  const auto second = make_self_signed(directory_, {"a.example"}, now + std::chrono::days(700));
  EXPECT_FALSE(second.made_now);
  EXPECT_EQ(second.fingerprint, first.fingerprint);
  EXPECT_EQ(first.fingerprint.size(), 95U);
  EXPECT_LE(first.expires_at, now + std::chrono::days(825));
}

TEST_F(CertificateTest, IsMadeAgainBeforeItExpiresForANewNameAndWhenBroken) {
  const auto first = make_self_signed(directory_, {"a.example"}, now);
  const auto later = make_self_signed(directory_, {"a.example"}, now + std::chrono::days(800));
  EXPECT_NE(later.fingerprint, first.fingerprint);
  EXPECT_TRUE(make_self_signed(directory_, {"b.example"}, now + std::chrono::days(800)).made_now);
  std::ofstream(first.key_path) << "broken";
  EXPECT_TRUE(make_self_signed(directory_, {"b.example"}, now + std::chrono::days(800)).made_now);
}

TEST_F(CertificateTest, SaysWhichFileItCannotWrite) {
  try {
    make_self_signed(directory_ / "missing", {}, now);
    FAIL() << "it should have failed";
  } catch (const base::Failure& failure) {
    EXPECT_NE(std::string(failure.what()).find("key.pem: No such file"), std::string::npos) << failure.what();
  }
}

}  // namespace davylamp::io
