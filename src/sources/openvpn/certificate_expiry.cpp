#include "sources/openvpn/certificate_expiry.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>
#include <optional>

#include "base/release.hpp"

namespace davylamp::openvpn {
namespace {

constexpr std::size_t most_expiries = 32;
constexpr base::Seconds near_the_end{30 * 86'400};

using base::Release;
using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using RevocationList = std::unique_ptr<X509_CRL, Release<X509_CRL_free>>;

Bio bio_of(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::optional<base::Time> time_of(const ASN1_TIME* time) {
  std::tm broken_down{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &broken_down) != 1) return std::nullopt;
  return base::from_unix_seconds(timegm(&broken_down));
}

std::string name_of(X509_NAME* name) {
  const Bio memory(BIO_new(BIO_s_mem()));
  if (!memory || X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) return "";
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

void add_certificates(const Bio& bio, const std::string& what, std::vector<model::Expiry>& expiries) {
  while (expiries.size() < most_expiries) {
    const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) return;
    const auto until = time_of(X509_get0_notAfter(certificate.get()));
    if (!until) continue;
    expiries.push_back({expiries.empty() ? what : "ca", name_of(X509_get_subject_name(certificate.get())), *until});
  }
}

void add_revocation_lists(const Bio& bio, const std::string& path, std::vector<model::Expiry>& expiries) {
  while (expiries.size() < most_expiries) {
    const RevocationList list(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
    if (!list) return;
    // A list without nextUpdate never runs out.
    if (const auto until = time_of(X509_CRL_get0_nextUpdate(list.get()))) expiries.push_back({"crl", path, *until});
  }
}

std::string consequence(const model::Expiry& expiry) {
  if (expiry.what == "crl") return "OpenVPN then refuses every client; make a new list";
  if (expiry.what == "ca") return "certificates it signed are then refused; plan its successor";
  return "clients then refuse the server; renew it";
}

std::string when_text(base::Milliseconds left) {
  const auto days = std::chrono::floor<std::chrono::days>(left).count();
  if (left <= base::Milliseconds::zero()) return "has run out";
  if (days == 0) return "runs out within a day";
  return days == 1 ? "runs out in 1 day" : "runs out in " + std::to_string(days) + " days";
}

std::string warning_on(const model::Expiry& expiry, base::Milliseconds left) {
  const std::string thing = expiry.what == "crl"  ? "the revocation list "
                            : expiry.what == "ca" ? "the authority's certificate "
                                                  : "the server's certificate ";
  return thing + expiry.name + " " + when_text(left) + ": " + consequence(expiry);
}

}  // namespace

std::vector<model::Expiry> read_expiries(std::string_view text, const std::string& what, const std::string& path) {
  std::vector<model::Expiry> expiries;
  const auto bio = bio_of(text);
  if (!bio) return expiries;
  if (what == "crl") {
    add_revocation_lists(bio, path, expiries);
  } else {
    add_certificates(bio, what, expiries);
  }
  // The last reading always ends in "no start line", which must not be found by the next user of the library.
  ERR_clear_error();
  return expiries;
}

std::vector<std::string> expiry_warnings(const std::vector<model::Expiry>& expiries, base::Time now) {
  std::vector<std::string> warnings;
  for (const auto& expiry : expiries) {
    const auto left = expiry.expires_at - now;
    if (left < near_the_end) warnings.push_back(warning_on(expiry, left));
  }
  return warnings;
}

}  // namespace davylamp::openvpn
