#include "io/pem.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

#include "base/release.hpp"

namespace davylamp::io {
namespace {

constexpr std::size_t most_certificates = 1'000;

using base::Release;
using Bytes = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;

// Else OpenSSL asks on the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

Bytes bytes_of(const std::string& text) {
  return Bytes(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Certificate next_certificate(BIO* bytes) {
  return Certificate(PEM_read_bio_X509_AUX(bytes, nullptr, no_passphrase, nullptr));
}

base::Time time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return base::from_unix_seconds(timegm(&parts));
}

std::string subject_of(const X509* certificate) {
  const Bytes text(BIO_new(BIO_s_mem()));
  if (X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0) return {};
  char* begin = nullptr;
  const auto size = BIO_get_mem_data(text.get(), &begin);
  return {begin, static_cast<std::size_t>(size)};
}

}  // namespace

base::Result<std::vector<PemCertificate>> read_certificates(const std::string& pem) {
  const auto bytes = bytes_of(pem);
  std::vector<PemCertificate> all;
  while (all.size() < most_certificates) {
    const auto certificate = next_certificate(bytes.get());
    if (!certificate) break;
    all.push_back({subject_of(certificate.get()), time_of(X509_get0_notBefore(certificate.get())),
                   time_of(X509_get0_notAfter(certificate.get()))});
  }
  ERR_clear_error();
  if (all.empty())
    return base::fail("no_certificate",
                      "holds no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----");
  return all;
}

base::Result<bool> key_fits(const std::string& certificate_pem, const std::string& key_pem) {
  const auto certificate = next_certificate(bytes_of(certificate_pem).get());
  const Key key(PEM_read_bio_PrivateKey(bytes_of(key_pem).get(), nullptr, no_passphrase, nullptr));
  const bool fits = certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!key && key_pem.contains("ENCRYPTED"))
    return base::fail("no_key",
                      "is under a passphrase, which nobody can type for a daemon; openssl pkey -in OLD -out NEW writes "
                      "it without");
  if (!key)
    return base::fail("no_key", "holds no private key in PEM form, which begins with -----BEGIN PRIVATE KEY-----");
  return fits;
}

}  // namespace davylamp::io
