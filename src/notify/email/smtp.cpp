#include "notify/email/smtp.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "notify/http_receipt.hpp"

namespace davylamp::notify {
namespace {

using contract::Receipt;

struct Transfer {
  std::string_view rest;
  const std::function<bool()>* stopping = nullptr;
  std::string last_reply;
};

std::size_t give_letter(char* target, std::size_t size, std::size_t count, void* user) {
  auto& rest = static_cast<Transfer*>(user)->rest;
  const auto taken = std::min(size * count, rest.size());
  std::copy_n(rest.data(), taken, target);
  rest.remove_prefix(taken);
  return taken;
}

// For SMTP libcurl gives the server's replies as headers.
std::size_t take_reply(char* bytes, std::size_t size, std::size_t count, void* user) {
  static_cast<Transfer*>(user)->last_reply.assign(bytes, size * count);
  return size * count;
}

std::size_t ignore_body(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

int is_stopping(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& stopping = *static_cast<Transfer*>(user)->stopping;
  return stopping && stopping() ? 1 : 0;
}

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::unique_ptr<curl_slist, FreeList> recipients(const std::vector<std::string>& to) {
  std::unique_ptr<curl_slist, FreeList> list;
  for (const auto& address : to) {
    auto* longer = curl_slist_append(list.get(), ("<" + address + ">").c_str());
    if (longer == nullptr) continue;
    (void)list.release();
    list.reset(longer);
  }
  return list;
}

void prepare(CURL* curl, const SmtpOrder& order, Transfer& transfer) {
  curl_easy_setopt(curl, CURLOPT_URL, order.server.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // HTTP proxies carry no mail
  curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(order.tls_required ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  if (order.ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, order.ca_file->c_str());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(order.limit.count() / 2));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(order.limit.count()));
  if (order.user) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, order.user->c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, order.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + order.from + ">").c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);  // one who moved away does not cost the others theirs
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_letter);
  curl_easy_setopt(curl, CURLOPT_READDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_reply);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore_body);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_stopping);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
}

std::string reason_of(CURLcode code) {
  switch (code) {
    case CURLE_ABORTED_BY_CALLBACK:
      return "given up, because Davylamp stops";
    case CURLE_OPERATION_TIMEDOUT:
      return "no answer in time";
    case CURLE_COULDNT_RESOLVE_HOST:
      return "the name of the host could not be looked up";
    case CURLE_COULDNT_CONNECT:
      return "the connection was refused or found no way";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "its certificate is not trusted";
    case CURLE_USE_SSL_FAILED:
      return "it offers no TLS, and nothing is sent in clear; set tls_required = false to allow that";
    case CURLE_LOGIN_DENIED:
      return "it did not accept user and password";
    default:
      return curl_easy_strerror(code);
  }
}

}  // namespace

Receipt hand_over(const SmtpOrder& order, const std::function<bool()>& stopping) {
  const auto whom = "the mail server " + host_of(order.server);
  const std::unique_ptr<CURL, FreeEasy> curl(curl_easy_init());
  if (!curl) return {Receipt::Outcome::try_again, "libcurl could not be started", std::nullopt};
  Transfer transfer{order.letter, &stopping, {}};
  prepare(curl.get(), order, transfer);
  const auto to = recipients(order.to);
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, to.get());
  const auto code = curl_easy_perform(curl.get());
  long reply = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &reply);
  const auto said = quoted(transfer.last_reply);
  if (code == CURLE_OK) return {Receipt::Outcome::delivered, whom + " took it: " + said, std::nullopt};
  const bool refused = reply >= 500 && reply < 600 && code != CURLE_OPERATION_TIMEDOUT && code != CURLE_COULDNT_CONNECT;
  auto text = whom + ": " + reason_of(code);
  if (!said.empty()) text += " (it said: " + said + ")";
  return {refused ? Receipt::Outcome::refused : Receipt::Outcome::try_again, text, std::nullopt};
}

}  // namespace davylamp::notify
