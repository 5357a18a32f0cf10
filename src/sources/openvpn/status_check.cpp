#include "sources/openvpn/status_check.hpp"

#include "base/result.hpp"
#include "sources/openvpn/status_document.hpp"

namespace davylamp::openvpn {
namespace {

constexpr base::Seconds look_every{10};
// The file is as old as the server's interval: clients come and go meanwhile.
constexpr unsigned differs_for_good = 6;

std::string sessions_text(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " session" : " sessions");
}

}  // namespace

void StatusCheck::look(model::ServerFacts& facts, std::uint64_t sessions, base::Time now) {
  if (!looked_at_ || now < *looked_at_ || now - *looked_at_ >= look_every) {
    looked_at_ = now;
    problem_ = read(now);
    difference_ = compare(sessions);
  }
  for (const auto& text : {problem_, difference_}) {
    if (!text.empty()) facts.warnings.push_back(text);
  }
}

std::string StatusCheck::read(base::Time now) {
  if (!file_.unchanged()) {
    std::string text;
    try {
      text = file_.read();
    } catch (const base::Failure& failure) {
      listed_.reset();
      return failure.error().message;
    }
    if (text.empty()) {
      listed_.reset();
      return file_.path() +
             " is empty: OpenVPN gave up writing it after an error; SIGHUP or a restart makes it whole again";
    }
    const auto document = read_status_document(text);
    // A torn text is read again at the next look.
    if (!document.summary.complete) return problem_;
    listed_ = document.sessions;
    if (document.summary.made_at) freshness_.note(base::from_unix_seconds(*document.summary.made_at));
  }
  if (freshness_.late(now)) return file_.path() + " is not written any more: programs that read it show what was";
  return {};
}

std::string StatusCheck::compare(std::uint64_t sessions) {
  differed_ = listed_ && *listed_ != sessions ? differed_ + 1 : 0;
  if (differed_ < differs_for_good) return {};
  return "the status file " + file_.path() + " lists " + sessions_text(*listed_) + ", the management interface " +
         sessions_text(sessions) + ": they may belong to different servers";
}

}  // namespace davylamp::openvpn
