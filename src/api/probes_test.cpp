#include "api/probes.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "api/testing/fake_store.hpp"

namespace davylamp::api {
namespace {

class Probes : public ::testing::Test {
 protected:
  Response ask(const std::string& path) {
    Request request;
    request.method = Method::get;
    request.path = path;
    EXPECT_TRUE(is_probe(request));
    std::optional<Response> response;
    boost::asio::co_spawn(loop, answer_probe(request, {view, reader, [this] { return trouble; }}),
                          [&](const std::exception_ptr&, Response answer) { response = std::move(answer); });
    while (!response) {
      loop.restart();
      loop.run_for(std::chrono::milliseconds{10});
    }
    return *response;
  }

  boost::asio::io_context loop{1};
  io::Worker<contract::StoreReader> reader{
      "reader", std::make_unique<testing::FakeReader>(std::make_shared<testing::StoredRows>())};
  LiveView view;
  std::optional<base::Error> trouble;
};

TEST_F(Probes, AreAnsweredByOneWord) {
  view.reset({}, {}, {});
  EXPECT_EQ(ask("/healthz").body, "ok\n");
  EXPECT_EQ(ask("/readyz").body, "ready\n");
}

TEST_F(Probes, SayWhatIsMissingWhileItIsAlive) {
  EXPECT_EQ(ask("/readyz").status, 503U);
  EXPECT_EQ(ask("/readyz").body, "view\n");
  view.reset({}, {}, {});
  trouble = base::Error{"away", "Redis is away"};
  EXPECT_EQ(ask("/readyz").body, "bus\n");
  EXPECT_EQ(ask("/healthz").status, 200U);
}

TEST_F(Probes, AreTwoPathsOnly) {
  Request request;
  request.method = Method::get;
  request.path = "/api/v1/about";
  EXPECT_FALSE(is_probe(request));
  request.method = Method::post;
  request.path = "/healthz";
  EXPECT_FALSE(is_probe(request));
}

}  // namespace
}  // namespace davylamp::api
