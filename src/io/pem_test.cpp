#include "io/pem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/testing/temporary_directory.hpp"
#include "io/certificate.hpp"

namespace davylamp::io {
namespace {

using testing::HasSubstr;

constexpr auto now = base::from_unix_seconds(1'795'000'000);

struct Pair {
  std::string certificate;
  std::string key;
  base::Time expires_at;
};

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Pair make_pair(base::Time at) {
  const base::TemporaryDirectory folder;
  const auto made = make_self_signed(folder.path(), {}, at);
  return {text_of(made.certificate_path), text_of(made.key_path), made.expires_at};
}

}  // namespace

TEST(Pem, TellsWhoseCertificatesTheyAreAndHowLongTheyHold) {
  const auto one = make_pair(now);
  const auto other = make_pair(now + std::chrono::days(9));
  const auto read = read_certificates("a comment\n" + one.certificate + other.certificate);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(read->at(0).subject, "CN=Davylamp");
  EXPECT_EQ(read->at(0).expires_at, one.expires_at);
  EXPECT_EQ(read->at(0).begins_at, now - std::chrono::days(1));
  EXPECT_EQ(read->at(1).expires_at, other.expires_at);
}

TEST(Pem, SaysWhatIsNoCertificate) {
  for (const std::string text :
       {"", "certificate\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    const auto read = read_certificates(text);
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().message, HasSubstr("holds no certificate in PEM form"));
  }
}

TEST(Pem, AKeyFitsItsCertificateAlone) {
  const auto one = make_pair(now);
  const auto other = make_pair(now);
  EXPECT_TRUE(key_fits(one.certificate, one.key).value());
  EXPECT_FALSE(key_fits(one.certificate, other.key).value());
  EXPECT_THAT(key_fits(one.certificate, one.certificate).error().message, HasSubstr("holds no private key"));
}

// Without a terminal to ask on, a daemon would wait for ever.
TEST(Pem, AKeyUnderAPassphraseIsRefusedUnasked) {
  const auto one = make_pair(now);
  const std::string closed =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGbMFcGCSqG\n-----END ENCRYPTED PRIVATE KEY-----\n";
  EXPECT_THAT(key_fits(one.certificate, closed).error().message, HasSubstr("under a passphrase"));
}

}  // namespace davylamp::io
