#include "api/outgoing.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "api/compression.hpp"
#include "api/etag.hpp"
#include "api/problem.hpp"
#include "api/security_headers.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

constexpr std::string_view immutable_for_a_year = "public, max-age=31536000, immutable";

bool reads(const Request& request) {
  return request.method == Method::get || request.method == Method::head;
}

using Headers = std::vector<std::pair<std::string, std::string>>;

bool has(const Headers& headers, std::string_view name) {
  return std::ranges::any_of(headers, [name](const auto& header) { return base::to_lower(header.first) == name; });
}

void add(Outgoing& outgoing, std::string_view name, std::string_view value) {
  outgoing.headers.emplace_back(name, value);
}

void set_body(Outgoing& outgoing, const Request& request, std::shared_ptr<const std::string> body) {
  add(outgoing, "Content-Length", std::to_string(body->size()));
  if (request.method != Method::head) outgoing.body = std::move(body);
}

// Turns a 200 that the caller has already into a 304.
bool answer_not_modified(Outgoing& outgoing, const Request& request, std::string_view etag) {
  add(outgoing, "ETag", etag);
  if (!etag_matches(request.header("if-none-match"), etag)) return false;
  outgoing.status = 304;
  return true;
}

// Text that cannot leave its line.
void append_clean(std::string& out, std::string_view text) {
  const auto clean = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; };
  if (std::ranges::all_of(text, clean)) {
    out += text;
    return;
  }
  std::ranges::copy_if(text, std::back_inserter(out), clean);
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  append_clean(out, name);
  out += ": ";
  append_clean(out, value);
  out += "\r\n";
}

void append_two_digits(std::string& out, unsigned number) {
  out += static_cast<char>('0' + number / 10 % 10);
  out += static_cast<char>('0' + number % 10);
}

}  // namespace

Outgoing prepare_answer(const Request& request, Response response) {
  Outgoing outgoing;
  outgoing.status = response.status;
  outgoing.headers = std::move(response.headers);
  const bool shared = response.shared_body != nullptr;
  const bool empty = shared ? response.shared_body->empty() : response.body.empty();
  const bool compressible =
      !shared && is_compressible(response.content_type) && response.body.size() >= gzip_threshold_bytes;
  if (compressible) add(outgoing, "Vary", "Accept-Encoding");
  const bool own_caching = has(outgoing.headers, "cache-control");
  const bool tagged =
      reads(request) && response.status == 200 && !empty && !has(outgoing.headers, "set-cookie") && !own_caching;
  if (tagged) {
    add(outgoing, "Cache-Control", response.cacheable ? immutable_for_a_year : "private, no-cache");
    const auto etag = response.etag.empty() ? make_etag(shared ? *response.shared_body : response.body) : response.etag;
    if (answer_not_modified(outgoing, request, etag)) return outgoing;
  } else if (!own_caching) {
    add(outgoing, "Cache-Control", "no-store");
  }
  if (response.status == 204 || response.status == 304) return outgoing;
  if (!empty) add(outgoing, "Content-Type", response.content_type);
  if (compressible && accepts_gzip(request.header("accept-encoding"))) {
    add(outgoing, "Content-Encoding", "gzip");
    response.body = gzip(response.body, GzipEffort::fast);
  }
  set_body(outgoing, request,
           shared ? std::move(response.shared_body) : std::make_shared<const std::string>(std::move(response.body)));
  return outgoing;
}

Outgoing prepare_file(const Request& request, const StaticFile& file) {
  Outgoing outgoing;
  if (file.gzip) add(outgoing, "Vary", "Accept-Encoding");
  add(outgoing, "Cache-Control", file.immutable ? immutable_for_a_year : "no-cache");
  if (answer_not_modified(outgoing, request, file.etag)) return outgoing;
  add(outgoing, "Content-Type", file.content_type);
  const bool compressed = file.gzip && accepts_gzip(request.header("accept-encoding"));
  if (compressed) add(outgoing, "Content-Encoding", "gzip");
  set_body(outgoing, request, compressed ? file.gzip : file.plain);
  return outgoing;
}

std::string head_text(const Outgoing& outgoing, const HeadFacts& facts) {
  std::string out;
  out.reserve(1024);
  out += "HTTP/1.1 ";
  out += std::to_string(outgoing.status);
  out += ' ';
  out += status_title(outgoing.status);
  out += "\r\n";
  for (const auto& [name, value] : security_headers(facts.secure)) append_line(out, name, value);
  for (const auto& [name, value] : outgoing.headers) append_line(out, name, value);
  if (facts.now) append_line(out, "Date", http_date(*facts.now));
  append_line(out, "Connection", facts.keep_alive ? "keep-alive" : "close");
  out += "\r\n";
  return out;
}

std::string http_date(base::Time time) {
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto seconds = static_cast<unsigned>(std::chrono::floor<base::Seconds>(time - day).count());
  std::string out = days[std::chrono::weekday(day).c_encoding()];
  out += ", ";
  append_two_digits(out, static_cast<unsigned>(date.day()));
  out += ' ';
  out += months[static_cast<unsigned>(date.month()) - 1];
  out += ' ' + std::to_string(static_cast<int>(date.year())) + ' ';
  append_two_digits(out, seconds / 3600);
  out += ':';
  append_two_digits(out, seconds / 60 % 60);
  out += ':';
  append_two_digits(out, seconds % 60);
  out += " GMT";
  return out;
}

}  // namespace davylamp::api
