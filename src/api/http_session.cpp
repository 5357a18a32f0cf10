// One connection's requests, one after another: read, check, ask, answer.
#include <sodium.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_cat.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <memory>
#include <optional>

#include "api/admission.hpp"
#include "api/agents/report_paths.hpp"
#include "api/cross_origin.hpp"
#include "api/outgoing.hpp"
#include "api/problem.hpp"
#include "api/proxied_stream.hpp"
#include "api/request_target.hpp"
#include "api/stream.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Parser = http::request_parser<http::string_body>;
constexpr std::size_t most_idle_bytes = 2'048;
constexpr std::chrono::milliseconds cancel_again_after{20};

std::string make_request_id() {
  std::array<unsigned char, 4> random{};
  randombytes_buf(random.data(), random.size());
  std::array<char, random.size() * 2 + 1> hex{};
  return sodium_bin2hex(hex.data(), hex.size(), random.data(), random.size());
}

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::post:
      return Method::post;
    case http::verb::put:
      return Method::put;
    case http::verb::delete_:
      return Method::delete_;
    case http::verb::options:
      return Method::options;
    default:
      return Method::other;
  }
}

void copy_headers(const Parser::value_type& message, Request& request) {
  for (const auto& field : message) {
    const auto name = base::to_lower({field.name_string().data(), field.name_string().size()});
    const std::string_view value(field.value().data(), field.value().size());
    if (name == "cookie") request.cookies.merge(parse_cookies(value));
    const auto [found, added] = request.headers.try_emplace(name, value);
    if (!added) found->second.append(", ").append(value);
  }
}

// What the Service answers; everything else is the page.
bool is_service_path(std::string_view path) {
  return path == "/api" || path.starts_with("/api/") || path == "/healthz" || path == "/readyz" || path == "/metrics" ||
         path.starts_with("/ping/");
}

// What answering needs to know of a request that has been handed on.
Request facts_of(const Request& request) {
  Request facts;
  facts.method = request.method;
  facts.path = request.path;
  facts.id = request.id;
  facts.remote_address = request.remote_address;
  facts.secure = request.secure;
  for (const auto* const name : {"accept-encoding", "if-none-match", "origin"}) {
    const auto found = request.headers.find(name);
    if (found != request.headers.end()) facts.headers.insert(*found);
  }
  return facts;
}

// The status for a request that could not be read; 0 when there is nobody to tell or nothing to say.
unsigned status_of(const boost::system::error_code& error) {
  if (error == asio::error::timed_out) return 408;
  if (error == http::error::end_of_stream) return 0;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  if (error == http::error::body_limit) return 413;
  return error.category() == http::make_error_code(http::error::bad_value).category() ? 400 : 0;
}

std::string_view words_for(unsigned status) {
  if (status == 431) return "The header of the request is too large.";
  if (status == 413) return "The body of the request is too large.";
  if (status == 408) return "The request did not come to its end in time.";
  return "The request is not well-formed HTTP/1.1.";
}

// How long a body may take. Reading that is cancelled just as a part of it has come goes on: it is cancelled until it
// ends.
struct BodyDeadline {
  explicit BodyDeadline(const asio::any_io_executor& executor, std::chrono::milliseconds limit)
      : timer(executor, limit) {}
  asio::steady_timer timer;
  bool late = false;
  bool over = false;
};

void watch(const std::shared_ptr<BodyDeadline>& deadline, Stream& stream) {
  deadline->timer.async_wait([deadline, &stream](boost::system::error_code cancelled) {
    if (cancelled || deadline->over) return;
    deadline->late = true;
    stream.next_layer().cancel();
    deadline->timer.expires_after(cancel_again_after);
    watch(deadline, stream);
  });
}

void end(BodyDeadline* deadline) {
  deadline->over = true;
  deadline->timer.cancel();
}

class HttpSession {
 public:
  HttpSession(Stream stream, Peer peer, ConnectionContext& context)
      : stream_(std::move(stream)), peer_(std::move(peer)), context_(context), limits_(context.options.limits) {}

  io::Task<void> run();

 private:
  // Each returns whether another request may follow.
  io::Task<bool> serve_one();
  io::Task<bool> serve_body(Parser& parser, Request request);
  io::Task<boost::system::error_code> read_header(Parser& parser);
  io::Task<boost::system::error_code> read_body(Parser& parser, const Request& request);
  io::Task<bool> serve_live(Parser& parser, Request request);
  io::Task<bool> refuse(const Request& request, Response response);
  io::Task<bool> refuse_unreadable(const Request& request, boost::system::error_code error);
  io::Task<bool> send(const Request& request, Outgoing outgoing, bool keep_alive);

  io::Task<bool> await_first_byte();
  io::Task<Outgoing> answer(Request request, const Request& facts);
  Outgoing file_answer(const Request& request);
  Request request_of(const Parser& parser) const;
  std::optional<Response> objection(const Parser& parser, Request& request) const;
  Response broken(const Request& request, std::string_view why);
  void restart_deadline(std::chrono::milliseconds limit) { stream_.next_layer().expires_after(limit); }

  Stream stream_;
  Peer peer_;
  ConnectionContext& context_;
  const ServerLimits& limits_;
  boost::beast::flat_buffer buffer_;
  std::string method_;  // as the peer wrote it
  base::Time begun_at_{};
  bool answered_last_ = false;  // we end the connection by an answer that the peer should get to read
};

io::Task<void> HttpSession::run() {
  const bool ready = co_await stream_.handshake(limits_.handshake);
  if (!ready) {
    ++context_.stats.handshake_failures;
    co_return;
  }
  for (bool more = true; more;) more = co_await serve_one();
  if (answered_last_) co_await stream_.finish();
}

io::Task<bool> HttpSession::await_first_byte() {
  if (buffer_.size() != 0) co_return true;
  if (buffer_.capacity() > most_idle_bytes) buffer_.shrink_to_fit();  // an idle connection is cheap
  restart_deadline(limits_.idle);
  const auto [error, size] = co_await stream_.async_read_some(buffer_.prepare(most_idle_bytes), as_result);
  if (error == boost::beast::error::timeout) ++context_.stats.timeouts;
  buffer_.commit(size);
  co_return !error;
}

// Most requests are there whole with their first bytes: then nothing else is waited for.
io::Task<boost::system::error_code> HttpSession::read_header(Parser& parser) {
  parser.eager(true);
  boost::system::error_code error;
  buffer_.consume(parser.put(buffer_.data(), error));
  if (error == http::error::need_more) error = {};
  if (error || parser.is_header_done()) co_return error;
  restart_deadline(limits_.header);
  const auto [failed, size] = co_await http::async_read_header(stream_, buffer_, parser, as_result);
  co_return failed;
}

io::Task<boost::system::error_code> HttpSession::read_body(Parser& parser, const Request& request) {
  if (parser.is_done()) co_return boost::system::error_code{};
  if (base::to_lower(request.header("expect")) == "100-continue") {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    restart_deadline(limits_.body);
    const auto [error, size] = co_await asio::async_write(stream_, asio::buffer(go_on), as_result);
    if (error) co_return error;
  }
  // The stream's own deadline would close the socket, and nobody could be told why.
  stream_.next_layer().expires_never();
  const auto deadline = std::make_shared<BodyDeadline>(stream_.get_executor(), limits_.body);
  const std::unique_ptr<BodyDeadline, void (*)(BodyDeadline*)> watched(deadline.get(), end);
  watch(deadline, stream_);
  // Piece by piece: of a body in chunks the parser knows no limit that was lowered after the header.
  const auto most = is_report_path(request.path) ? limits_.report_bytes : limits_.body_bytes;
  boost::system::error_code error;
  while (!error && !deadline->late && !parser.is_done()) {
    const auto [failed, size] = co_await http::async_read_some(stream_, buffer_, parser, as_result);
    error = failed;
    if (!error && parser.get().body().size() > most) error = http::error::body_limit;
  }
  if (!deadline->late) co_return error;
  ++context_.stats.timeouts;
  co_return asio::error::timed_out;
}

io::Task<bool> HttpSession::serve_one() {
  const bool begun = co_await await_first_byte();
  if (!begun) co_return false;
  if (context_.options.clock != nullptr) begun_at_ = context_.options.clock->now();
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
  parser.body_limit(std::max(limits_.body_bytes, limits_.report_bytes));
  const auto error = co_await read_header(parser);
  auto request = request_of(parser);
  method_ = std::string(parser.get().method_string());
  if (error) co_return co_await refuse_unreadable(request, error);
  ++context_.stats.requests;
  auto refusal = objection(parser, request);
  if (refusal) co_return co_await refuse(request, std::move(*refusal));
  if (boost::beast::websocket::is_upgrade(parser.get())) co_return co_await serve_live(parser, std::move(request));
  co_return co_await serve_body(parser, std::move(request));
}

io::Task<bool> HttpSession::serve_body(Parser& parser, Request request) {
  const bool report = is_report_path(request.path);
  if (!report) parser.body_limit(limits_.body_bytes);
  auto error = co_await read_body(parser, request);
  // What came in chunks with the header was read before it was known whose limit counts.
  if (!error && !report && parser.get().body().size() > limits_.body_bytes) error = http::error::body_limit;
  if (error) co_return co_await refuse_unreadable(request, error);
  const bool keep_alive = parser.keep_alive();
  const auto facts = facts_of(request);
  request.body = std::move(parser.get().body());
  auto outgoing = co_await answer(std::move(request), facts);
  if (is_service_path(facts.path)) allow_cross_origin(outgoing.headers, facts, context_.options.cors_origins);
  co_return co_await send(facts, std::move(outgoing), keep_alive);
}

io::Task<bool> HttpSession::serve_live(Parser& parser, Request request) {
  const Request facts = request;
  const ProxiedStream counted(context_, peer_, request);
  if (!counted.fits()) {
    co_return co_await refuse(facts, make_problem(facts.id, 503, "Too many pages are watching from your address."));
  }
  std::variant<Response, std::unique_ptr<LiveConnection>> outcome;
  std::string why;
  try {
    outcome = co_await context_.service.open_live(std::move(request));
  } catch (const std::exception& failure) {
    why = failure.what();
  }
  if (!why.empty()) outcome = broken(facts, why);
  if (auto* const response = std::get_if<Response>(&outcome)) {
    auto outgoing = prepare_answer(facts, std::move(*response));
    co_return co_await send(facts, std::move(outgoing), parser.keep_alive());
  }
  context_.log.answered({facts.id, method_, facts.path, facts.remote_address, 101, 0, std::chrono::milliseconds{0}});
  auto viewer = std::get<std::unique_ptr<LiveConnection>>(std::move(outcome));
  co_await run_live_stream(std::move(stream_), parser.release(), std::move(viewer), context_);
  co_return false;
}

io::Task<Outgoing> HttpSession::answer(Request request, const Request& facts) {
  if (!is_service_path(facts.path)) co_return file_answer(facts);
  if (auto preflight = answer_preflight(request, context_.options.cors_origins)) {
    co_return prepare_answer(facts, std::move(*preflight));
  }
  std::string why;
  try {
    auto response = co_await context_.service.answer(std::move(request));
    co_return prepare_answer(facts, std::move(response));
  } catch (const std::exception& failure) {
    why = failure.what();
  }
  // When the server is being stopped the failure is its echo, and awaiting anything ends this task.
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_return prepare_answer(facts, broken(facts, why));
}

Outgoing HttpSession::file_answer(const Request& request) {
  if (request.method != Method::get && request.method != Method::head) {
    auto response = make_problem(request.id, 405, "Files of the page can only be read.");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return prepare_answer(request, std::move(response));
  }
  const auto& base_path = context_.options.base_path;
  if (!base_path.empty() && request.path == base_path) {
    Response response;
    response.status = 308;
    response.headers.emplace_back("Location", base_path + "/");
    return prepare_answer(request, std::move(response));
  }
  const auto* const file = context_.files.find(request.path);
  if (file != nullptr) return prepare_file(request, *file);
  return prepare_answer(request, make_problem(request.id, 404, "The page has no such file."));
}

Response HttpSession::broken(const Request& request, std::string_view why) {
  ++context_.stats.service_failures;
  context_.log.failed(method_ + " " + path_without_key(request.path) + " " + request.id, why);
  return make_problem(request.id, 500, "Something failed inside Davylamp; its log tells more under the request's id.");
}

Request HttpSession::request_of(const Parser& parser) const {
  Request request;
  request.id = make_request_id();
  request.remote_address = peer_.address;
  request.local_account = peer_.account;
  request.secure = !peer_.control && context_.tls != nullptr;
  request.method = method_of(parser.get().method());
  return request;
}

// Fills the request from its header; a response when it must not go further.
std::optional<Response> HttpSession::objection(const Parser& parser, Request& request) const {
  const auto& message = parser.get();
  copy_headers(message, request);
  const RequestHead head{{message.target().data(), message.target().size()},
                         message.count(http::field::host),
                         boost::beast::websocket::is_upgrade(message),
                         parser.content_length().value_or(0)};
  return objection_to(head, peer_, context_, request);
}

io::Task<bool> HttpSession::refuse(const Request& request, Response response) {
  ++context_.stats.refused_requests;
  auto outgoing = prepare_answer(request, std::move(response));
  co_return co_await send(request, std::move(outgoing), false);
}

io::Task<bool> HttpSession::refuse_unreadable(const Request& request, boost::system::error_code error) {
  if (error == boost::beast::error::timeout) ++context_.stats.timeouts;
  const auto status = status_of(error);
  if (status == 0) co_return false;
  auto response = make_problem(request.id, status, words_for(status));
  co_return co_await refuse(request, std::move(response));
}

io::Task<bool> HttpSession::send(const Request& request, Outgoing outgoing, bool keep_alive) {
  HeadFacts facts{request.secure, keep_alive, std::nullopt};
  if (context_.options.clock != nullptr) facts.now = context_.options.clock->now();
  const auto head = head_text(outgoing, facts);
  const std::string_view body = outgoing.body ? std::string_view(*outgoing.body) : std::string_view{};
  // Not an array of two: Asio would then go on with an empty one and the body, and TLS would wait for ever.
  const auto buffers =
      boost::beast::buffers_cat(asio::const_buffer(asio::buffer(head)), asio::const_buffer(asio::buffer(body)));
  restart_deadline(limits_.body);
  const auto [error, size] = co_await asio::async_write(stream_, buffers, as_result);
  if (error == boost::beast::error::timeout) {
    ++context_.stats.timeouts;
    ++context_.stats.slow_readers;
  }
  const auto took = facts.now ? *facts.now - begun_at_ : std::chrono::milliseconds{0};
  context_.log.answered({request.id, method_, path_without_key(request.path), request.remote_address, outgoing.status,
                         body.size(), took});
  if (error) co_return false;
  answered_last_ = !keep_alive;
  co_return keep_alive;
}

}  // namespace

io::Task<void> serve_connection(asio::generic::stream_protocol::socket socket, Peer peer, ConnectionContext& context) {
  auto* const tls = peer.control ? nullptr : context.tls;
  HttpSession session(Stream(std::move(socket), tls), std::move(peer), context);
  co_await session.run();
}

}  // namespace davylamp::api
