#include "io/certificate.hpp"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>

#include "base/release.hpp"
#include "base/result.hpp"

namespace davylamp::io {
namespace {

constexpr std::chrono::days lifetime{825};
constexpr std::chrono::days renew_before{30};

using base::Release;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using X509Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Bytes = std::unique_ptr<BIO, Release<BIO_free>>;
using GeneralNames = std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>>;

void require(bool succeeded, const char* what) {
  if (!succeeded)
    throw base::Failure("certificate", std::string("cannot make a certificate: OpenSSL failed to ") + what);
}

std::optional<std::string> read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Beside the final name and renamed over it, so that a crash leaves the old file or the new one.
void write(const std::filesystem::path& path, const std::string& content, mode_t mode) {
  const auto draft = path.string() + ".new";
  ::unlink(draft.c_str());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  const bool written = file >= 0 &&
                       ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
                       ::fsync(file) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!written || ::rename(draft.c_str(), path.c_str()) != 0) {
    throw base::Failure("certificate", "cannot write " + path.string() + ": " +
                                           std::system_category().message(written ? errno : error) +
                                           "; give the directory to the user that runs davylampd");
  }
}

X509Certificate parse_certificate(const std::string& pem) {
  const Bytes bytes(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return X509Certificate(PEM_read_bio_X509(bytes.get(), nullptr, nullptr, nullptr));
}

Key parse_key(const std::string& pem) {
  const Bytes bytes(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Key(PEM_read_bio_PrivateKey(bytes.get(), nullptr, nullptr, nullptr));
}

std::string text_of(BIO* bytes) {
  char* text = nullptr;
  const auto size = BIO_get_mem_data(bytes, &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string fingerprint(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  require(X509_digest(certificate, EVP_sha256(), digest.data(), &size) == 1, "hash the certificate");
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    if (i != 0) text += ':';
    text += digits[digest.at(i) >> 4U];
    text += digits[digest.at(i) & 15U];
  }
  return text;
}

base::Time expiry(const X509* certificate) {
  std::tm parts{};
  require(ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) == 1, "read the expiry");
  return base::from_unix_seconds(timegm(&parts));
}

// The bytes of an address; nothing when it is a name.
std::optional<std::string> address_bytes(const std::string& name) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(name, error);
  if (error) return std::nullopt;
  const auto text = [](const auto& bytes) { return std::string(bytes.begin(), bytes.end()); };
  return address.is_v4() ? text(address.to_v4().to_bytes()) : text(address.to_v6().to_bytes());
}

bool is_for(X509* certificate, const std::string& name) {
  if (const auto bytes = address_bytes(name))
    return X509_check_ip(certificate, reinterpret_cast<const unsigned char*>(bytes->data()), bytes->size(), 0) == 1;
  return X509_check_host(certificate, name.data(), name.size(), 0, nullptr) == 1;
}

// Built as structures: a name that came as text ("a,IP:1.2.3.4") could otherwise bring further entries.
void add_alternative_names(X509* certificate, const std::vector<std::string>& names) {
  const GeneralNames list(sk_GENERAL_NAME_new_null());
  for (const auto& name : names) {
    const auto address = address_bytes(name);
    const auto& content = address ? *address : name;
    GENERAL_NAME* const entry = GENERAL_NAME_new();
    ASN1_STRING* const value = ASN1_STRING_type_new(address ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
    require(entry != nullptr && value != nullptr, "allocate");
    require(ASN1_STRING_set(value, content.data(), static_cast<int>(content.size())) == 1, "set a name");
    GENERAL_NAME_set0_value(entry, address ? GEN_IPADD : GEN_DNS, value);
    require(sk_GENERAL_NAME_push(list.get(), entry) > 0, "add a name");
  }
  require(X509_add1_ext_i2d(certificate, NID_subject_alt_name, list.get(), 0, X509V3_ADD_DEFAULT) == 1,
          "add the names");
}

void add_extension(X509* certificate, int kind, const char* value) {
  const std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "add an extension");
}

void set_serial_number(X509* certificate) {
  std::array<unsigned char, 16> random{};
  require(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1, "draw a random number");
  random[0] &= 0x7fU;  // positive
  const std::unique_ptr<BIGNUM, Release<BN_free>> number(
      BN_bin2bn(random.data(), static_cast<int>(random.size()), nullptr));
  require(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr, "set the number");
}

X509Certificate sign(EVP_PKEY* key, const std::vector<std::string>& names, base::Time now) {
  X509Certificate certificate(X509_new());
  require(certificate != nullptr, "allocate");
  require(X509_set_version(certificate.get(), X509_VERSION_3) == 1, "set the version");
  set_serial_number(certificate.get());
  // A day early: clocks of browsers differ.
  const auto begin = base::to_unix_seconds(now - std::chrono::days(1));
  const auto end = base::to_unix_seconds(now - std::chrono::days(1) + lifetime);
  require(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), begin) != nullptr, "set the begin");
  require(ASN1_TIME_set(X509_getm_notAfter(certificate.get()), end) != nullptr, "set the end");
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  const std::string name = "Davylamp";
  require(X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(name.data()), static_cast<int>(name.size()),
                                     -1, 0) == 1,
          "set the subject");
  require(X509_set_issuer_name(certificate.get(), subject) == 1, "set the issuer");
  require(X509_set_pubkey(certificate.get(), key) == 1, "set the key");
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(certificate.get(), NID_ext_key_usage, "serverAuth,clientAuth");
  add_alternative_names(certificate.get(), names);
  require(X509_sign(certificate.get(), key, EVP_sha256()) > 0, "sign");
  return certificate;
}

// The certificate in place, if it will do.
X509Certificate usable(const Certificate& found, const std::vector<std::string>& names, base::Time now) {
  const auto certificate_pem = read(found.certificate_path);
  const auto key_pem = read(found.key_path);
  if (!certificate_pem || !key_pem) return nullptr;
  auto certificate = parse_certificate(*certificate_pem);
  const auto key = parse_key(*key_pem);
  if (!certificate || !key || X509_check_private_key(certificate.get(), key.get()) != 1) return nullptr;
  if (expiry(certificate.get()) < now + renew_before) return nullptr;
  const auto fits = [&certificate](const std::string& name) { return is_for(certificate.get(), name); };
  return std::ranges::all_of(names, fits) ? std::move(certificate) : nullptr;
}

X509Certificate make(const Certificate& wanted, const std::vector<std::string>& names, base::Time now) {
  const Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "make a key");
  auto certificate = sign(key.get(), names, now);
  const Bytes key_text(BIO_new(BIO_s_mem()));
  const Bytes certificate_text(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "write the key");
  require(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1, "write the certificate");
  write(wanted.key_path, text_of(key_text.get()), 0600);
  write(wanted.certificate_path, text_of(certificate_text.get()), 0644);
  return certificate;
}

}  // namespace

std::string certificate_fingerprint(const std::filesystem::path& path) {
  const auto pem = read(path);
  const auto certificate = pem ? parse_certificate(*pem) : nullptr;
  if (!certificate) {
    throw base::Failure("certificate", path.string() +
                                           ": there is no certificate that can be read; it must be a PEM file that the "
                                           "user of davylampd may read");
  }
  return fingerprint(certificate.get());
}

Certificate make_self_signed(const std::filesystem::path& directory, std::vector<std::string> names, base::Time now) {
  for (const char* own : {"localhost", "127.0.0.1", "::1"}) {
    if (std::ranges::find(names, own) == names.end()) names.emplace_back(own);
  }
  Certificate result{directory / "certificate.pem", directory / "key.pem", {}, {}, false};
  auto certificate = usable(result, names, now);
  if (!certificate) {
    certificate = make(result, names, now);
    result.made_now = true;
  }
  result.fingerprint = fingerprint(certificate.get());
  result.expires_at = expiry(certificate.get());
  return result;
}

}  // namespace davylamp::io
