#include "probe/http_client.hpp"

#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "base/result.hpp"
#include "base/text.hpp"
#include "probe/deadline.hpp"
#include "probe/host_names.hpp"
#include "probe/tls_sessions.hpp"

namespace davylamp::probe {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr std::uint32_t most_header_bytes = 16 * 1024;

struct Connection {
  explicit Connection(asio::any_io_executor executor, asio::ssl::context* context, std::string name)
      : server(std::move(name)), tcp(executor) {
    if (context != nullptr) tls.emplace(tcp, *context);
  }
  std::string server;  // "host:port"
  beast::tcp_stream tcp;
  std::optional<asio::ssl::stream<beast::tcp_stream&>> tls;
  beast::flat_buffer buffer;
};

std::string server_name(const WebAddress& address) {
  return (address.tls ? "https://" : "http://") + address.host_text();
}

std::string why(const boost::system::error_code& error, Connection& connection) {
  if (error.category() != asio::error::get_ssl_category()) return error.message();
  const long verdict = connection.tls ? SSL_get_verify_result(connection.tls->native_handle()) : X509_V_OK;
  if (verdict == X509_V_OK) return error.message();
  return std::string("its certificate is not trusted: ") + X509_verify_cert_error_string(verdict);
}

// An error that was not our own cancel() as a Failure.
base::Failure failed(std::string_view code, const HttpQuestion& question, const std::string& reason) {
  return {std::string(code), "cannot ask " + base::printable(server_name(question.address)) + ": " + reason};
}

void check(const boost::system::error_code& error, const HttpQuestion& question, Connection& connection) {
  if (!error) return;
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  if (error == beast::error::timeout) throw failed("timeout", question, "no answer in time");
  const bool tls = error.category() == asio::error::get_ssl_category();
  throw failed(tls ? "tls" : "unreachable", question, why(error, connection));
}

http::request<http::string_body> request_of(const HttpQuestion& question, const std::string& agent) {
  http::request<http::string_body> request(question.body ? http::verb::post : http::verb::get, question.address.path,
                                           11);
  request.set(http::field::host, question.address.host_text());
  request.set(http::field::user_agent, agent);
  if (question.body) request.set(http::field::content_type, "application/json");
  for (const auto& [name, value] : question.headers) request.set(name, value);
  request.keep_alive(question.keep);
  if (question.body) request.body() = *question.body;
  request.prepare_payload();
  return request;
}

HttpAnswer answer_of(http::response<http::string_body> response) {
  HttpAnswer answer;
  answer.status = response.result_int();
  for (const auto& field : response) {
    const auto name = field.name_string();
    const auto value = field.value();
    answer.headers[base::to_lower(std::string_view(name.data(), name.size()))] = std::string(value);
  }
  answer.body = std::move(response.body());
  return answer;
}

}  // namespace

class HttpClient::Impl {
 public:
  Impl(asio::any_io_executor executor, Options options)
      : executor_(executor), names_(executor), tls_(options.ca_file, options.insecure), agent_(options.agent) {}

  io::Task<HttpAnswer> ask(HttpQuestion question) {
    for (unsigned redirects = question.redirects;; --redirects) {
      auto answer = co_await value_within(question.within, ask_once(question));
      if (!answer) throw failed("timeout", question, "no answer in time");
      const auto place = redirects == 0 || question.body ? std::nullopt : new_place(*answer, question.address);
      if (!place) co_return std::move(*answer);
      question.address = *place;
    }
  }

  void start_afresh() {
    kept_.reset();
    names_.forget();
  }

 private:
  static std::optional<WebAddress> new_place(const HttpAnswer& answer, const WebAddress& before) {
    const auto location = answer.headers.find("location");
    if (answer.status < 300 || answer.status > 308 || location == answer.headers.end()) return std::nullopt;
    if (location->second.starts_with('/') && !location->second.starts_with("//")) {
      auto place = before;
      place.path = location->second;
      return place;
    }
    const auto place = WebAddress::parse(location->second);
    if (!place || (before.tls && !place->tls)) return std::nullopt;
    return *place;
  }

  // A server may close a connection that was left open just when it is used again: then once more, on a new one.
  io::Task<HttpAnswer> ask_once(const HttpQuestion& question) {
    if (question.keep && kept_ && kept_->server == server_name(question.address)) {
      const auto connection = std::exchange(kept_, nullptr);
      bool closed = false;
      auto answer = co_await exchange(question, connection, &closed);
      if (!closed) co_return answer;
    }
    co_return co_await exchange(question, co_await connect(question), nullptr);
  }

  io::Task<std::shared_ptr<Connection>> connect(const HttpQuestion& question) {
    const auto& address = question.address;
    const auto endpoints = co_await names_.find(address.host, address.port, question.family);
    auto connection =
        std::make_shared<Connection>(executor_, address.tls ? &tls_.context() : nullptr, server_name(address));
    limit(*connection, question);
    boost::system::error_code error;
    for (const auto& endpoint : endpoints) {
      std::tie(error) = co_await connection->tcp.async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
      if (!error) break;
    }
    check(error, question, *connection);
    boost::system::error_code ignored;
    connection->tcp.socket().set_option(tcp::no_delay(true), ignored);
    if (connection->tls) {
      tls_.prepare(connection->tls->native_handle(), address.host, connection->server);
      std::tie(error) = co_await connection->tls->async_handshake(asio::ssl::stream_base::client,
                                                                  asio::as_tuple(asio::use_awaitable));
      check(error, question, *connection);
    }
    co_return connection;
  }

  // Beast's reading of a message goes on when it is cancelled just as a part of it has come: then this ends it.
  static void limit(Connection& connection, const HttpQuestion& question) {
    connection.tcp.expires_after(question.within);
  }

  // `closed` is set, and nothing thrown, when the connection turns out to be closed before an answer began.
  io::Task<HttpAnswer> exchange(const HttpQuestion& question, std::shared_ptr<Connection> connection, bool* closed) {
    const auto request = request_of(question, agent_);
    const auto begun = std::chrono::steady_clock::now();
    boost::system::error_code error;
    http::response_parser<http::string_body> parser;
    parser.body_limit(question.most_bytes);
    parser.header_limit(most_header_bytes);
    limit(*connection, question);
    if (connection->tls) {
      error = co_await talk(*connection->tls, request, *connection, parser);
    } else {
      error = co_await talk(connection->tcp, request, *connection, parser);
    }
    const bool ours = error == asio::error::operation_aborted || error == beast::error::timeout;
    if (closed != nullptr && error && !ours && !parser.got_some()) {
      *closed = true;
      co_return HttpAnswer{};
    }
    if (error == http::error::body_limit || error == http::error::header_limit)
      throw failed("bad_answer", question, "its answer is too long");
    if (error.category() == beast::http::make_error_code(http::error::bad_version).category() &&
        error != http::error::end_of_stream)
      throw failed("bad_answer", question, "its answer is not HTTP (" + error.message() + ")");
    check(error, question, *connection);
    const auto took = std::chrono::steady_clock::now() - begun;
    if (question.keep && parser.keep_alive()) kept_ = connection;
    auto answer = answer_of(parser.release());
    answer.took = std::chrono::duration_cast<base::Milliseconds>(took);
    co_return answer;
  }

  template <class Stream>
  static io::Task<boost::system::error_code> talk(Stream& stream, const http::request<http::string_body>& request,
                                                  Connection& connection,
                                                  http::response_parser<http::string_body>& parser) {
    boost::system::error_code error;
    std::size_t bytes = 0;
    std::tie(error, bytes) = co_await http::async_write(stream, request, asio::as_tuple(asio::use_awaitable));
    if (error) co_return error;
    std::tie(error, bytes) =
        co_await http::async_read(stream, connection.buffer, parser, asio::as_tuple(asio::use_awaitable));
    co_return error;
  }

  asio::any_io_executor executor_;
  HostNames names_;
  TlsSessions tls_;
  std::string agent_;
  std::shared_ptr<Connection> kept_;
};

HttpClient::HttpClient(asio::any_io_executor executor, Options options)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options))) {}
HttpClient::~HttpClient() = default;

io::Task<HttpAnswer> HttpClient::ask(HttpQuestion question) {
  return impl_->ask(std::move(question));
}

void HttpClient::start_afresh() {
  impl_->start_afresh();
}

}  // namespace davylamp::probe
