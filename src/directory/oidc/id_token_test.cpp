#include "directory/oidc/id_token.hpp"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <boost/json.hpp>
#include <functional>
#include <memory>

#include "directory/oidc/signature.hpp"

namespace davylamp::directory {
namespace {

namespace json = boost::json;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

std::string base64url(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) text += alphabet[(bits >> static_cast<unsigned>(count - 6)) & 63U];
  }
  if (count > 0) text += alphabet[(bits << static_cast<unsigned>(6 - count)) & 63U];
  return text;
}

std::string number(const Key& key, const char* name, int least_bytes = 0) {
  BIGNUM* value = nullptr;
  EVP_PKEY_get_bn_param(key.get(), name, &value);
  std::string bytes(static_cast<std::size_t>(std::max(BN_num_bytes(value), least_bytes)), '\0');
  BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  BN_free(value);
  return bytes;
}

std::string signature(const Key& key, std::string_view text) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get());
  std::string bytes(1024, '\0');
  auto size = bytes.size();
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size,
                 reinterpret_cast<const unsigned char*>(text.data()), text.size());
  bytes.resize(size);
  return bytes;
}

// r and s, as a token has them.
std::string plain_signature(const std::string& der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
      d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())), ECDSA_SIG_free);
  std::string plain(64, '\0');
  auto* out = reinterpret_cast<unsigned char*>(plain.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out, 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out + 32, 32);
  return plain;
}

class IdTokenTest : public ::testing::Test {
 protected:
  Key rsa_{EVP_RSA_gen(2048), EVP_PKEY_free};
  Key other_{EVP_RSA_gen(2048), EVP_PKEY_free};
  Key ec_{EVP_EC_gen("P-256"), EVP_PKEY_free};
  TokenRules rules_{"https://id.example.org", "davylamp", "the-nonce", base::from_unix_seconds(1'795'000'000)};

  json::object claims() const {
    return {{"iss", "https://id.example.org"},
            {"aud", "davylamp"},
            {"nonce", "the-nonce"},
            {"iat", 1'795'000'000},
            {"exp", 1'795'000'300},
            {"sub", "1"},
            {"preferred_username", "ann"},
            {"groups", json::array{"staff", "admins"}}};
  }
  std::string keys() const {
    const json::object rsa{{"kty", "RSA"},
                           {"kid", "one"},
                           {"use", "sig"},
                           {"n", base64url(number(rsa_, OSSL_PKEY_PARAM_RSA_N))},
                           {"e", base64url(number(rsa_, OSSL_PKEY_PARAM_RSA_E))}};
    const json::object ec{{"kty", "EC"},
                          {"kid", "two"},
                          {"crv", "P-256"},
                          {"x", base64url(number(ec_, OSSL_PKEY_PARAM_EC_PUB_X, 32))},
                          {"y", base64url(number(ec_, OSSL_PKEY_PARAM_EC_PUB_Y, 32))}};
    return json::serialize(json::object{{"keys", json::array{rsa, ec}}});
  }
  static std::string token(const json::object& header, const json::object& claims,
                           const std::function<std::string(const std::string&)>& sign) {
    const auto text = base64url(json::serialize(header)) + "." + base64url(json::serialize(claims));
    return text + "." + base64url(sign(text));
  }
  std::string rs256(const json::object& claims, const Key& key, const std::string& kid = "one") const {
    return token({{"alg", "RS256"}, {"kid", kid}}, claims, [&](const auto& text) { return signature(key, text); });
  }
  std::string why(const std::string& token) const {
    const auto read = read_id_token(token, keys(), rules_);
    return read ? "none" : read.error().message;
  }
  std::string why_with(const std::function<void(json::object&)>& change) const {
    auto changed = claims();
    change(changed);
    return why(rs256(changed, rsa_));
  }
};

}  // namespace

TEST_F(IdTokenTest, TellsWhoItIsAndWhichGroups) {
  const auto read = read_id_token(rs256(claims(), rsa_), keys(), rules_);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->name, "ann");
  EXPECT_EQ(read->groups, (std::vector<std::string>{"staff", "admins"}));
  const auto es256 = token({{"alg", "ES256"}, {"kid", "two"}}, claims(),
                           [&](const auto& text) { return plain_signature(signature(ec_, text)); });
  EXPECT_EQ(why(es256), "none");
}

TEST_F(IdTokenTest, IsRefusedUnlessItIsSignedByAKeyOfTheProvider) {
  EXPECT_NE(why(rs256(claims(), other_)).find("signed by none of its keys"), std::string::npos);
  EXPECT_NE(why(rs256(claims(), rsa_, "two")), "none");
  EXPECT_NE(why(rs256(claims(), rsa_, "three")), "none");
  auto changed = rs256(claims(), rsa_);
  changed[changed.find('.') + 5] ^= 1;
  EXPECT_NE(why(changed), "none");
}

TEST_F(IdTokenTest, IsRefusedWhateverItsHeaderAsksFor) {
  const auto nothing = [](const auto&) { return std::string(); };
  EXPECT_NE(why(token({{"alg", "none"}}, claims(), nothing)).find("signed by none, not by"), std::string::npos);
  EXPECT_NE(why(token({{"alg", "HS256"}, {"kid", "one"}}, claims(), nothing)), "none");
  EXPECT_NE(why(token({{"alg", "ES256"}, {"kid", "one"}}, claims(), nothing)), "none");
  EXPECT_NE(why(token({{"alg", "RS256"}, {"kid", "one"}, {"crit", json::array{"x"}}}, claims(),
                      [&](const auto& text) { return signature(rsa_, text); })),
            "none");
}

TEST_F(IdTokenTest, IsRefusedWhenItIsForOthers) {
  EXPECT_NE(why_with([](auto& c) { c["iss"] = "https://id.example.com"; }).find("issuer"), std::string::npos);
  EXPECT_NE(why_with([](auto& c) { c["aud"] = "another"; }).find("another client"), std::string::npos);
  EXPECT_NE(why_with([](auto& c) { c["aud"] = json::array{"davylamp", "another"}; }), "none");
  EXPECT_EQ(why_with([](auto& c) {
              c["aud"] = json::array{"davylamp", "another"};
              c["azp"] = "davylamp";
            }),
            "none");
  EXPECT_NE(why_with([](auto& c) { c["azp"] = "another"; }), "none");
  EXPECT_NE(why_with([](auto& c) { c["nonce"] = "another"; }).find("another sign-on"), std::string::npos);
  EXPECT_NE(why_with([](auto& c) { c.erase("nonce"); }), "none");
}

TEST_F(IdTokenTest, CountsForItsTimeAndAMinuteMore) {
  const auto now = 1'795'000'000;
  EXPECT_EQ(why_with([&](auto& c) { c["exp"] = now - 59; }), "none");
  EXPECT_NE(why_with([&](auto& c) { c["exp"] = now - 60; }).find("run out"), std::string::npos);
  EXPECT_EQ(why_with([&](auto& c) { c["iat"] = now + 60; }), "none");
  EXPECT_NE(why_with([&](auto& c) { c["iat"] = now + 61; }), "none");
  EXPECT_NE(why_with([&](auto& c) { c["nbf"] = now + 61; }), "none");
  EXPECT_NE(why_with([&](auto& c) { c.erase("exp"); }), "none");
  EXPECT_NE(why_with([&](auto& c) { c["exp"] = "tomorrow"; }), "none");
  EXPECT_NE(why_with([&](auto& c) { c["exp"] = 1e300; }), "none");
}

TEST_F(IdTokenTest, IsRefusedWithoutAUsableName) {
  EXPECT_NE(why_with([](auto& c) { c.erase("preferred_username"); }), "none");
  EXPECT_NE(why_with([](auto& c) { c["preferred_username"] = "a\nb"; }), "none");
  EXPECT_NE(why_with([](auto& c) { c["preferred_username"] = std::string(65, 'a'); }), "none");
}

TEST_F(IdTokenTest, SurvivesWhatIsNoToken) {
  for (const auto* text : {"", ".", "..", "a.b.c", "e30.e30.", "e30.e30.e30", "W10.W10.W10", "....."})
    EXPECT_NE(why(text), "none") << text;
  EXPECT_FALSE(read_id_token(rs256(claims(), rsa_), "{", rules_));
  EXPECT_FALSE(
      read_id_token(rs256(claims(), rsa_), R"({"keys":[1,{"kty":"RSA"},{"kty":"RSA","n":"AQ","e":"AQ"}]})", rules_));
}

}  // namespace davylamp::directory
