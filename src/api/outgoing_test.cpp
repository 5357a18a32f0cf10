#include "api/outgoing.hpp"

#include <gtest/gtest.h>

#include <stdlib.h>
#include <filesystem>
#include <fstream>

#include "api/compression.hpp"
#include "api/etag.hpp"
#include "api/problem.hpp"
#include "base/result.hpp"
#include "base/testing/temporary_directory.hpp"

namespace davylamp::api {
namespace {

Request get(std::map<std::string, std::string> headers = {}) {
  Request request;
  request.headers = std::move(headers);
  return request;
}

Response json(std::size_t size) {
  Response response;
  response.body = std::string(size, 'x');
  return response;
}

std::string header(const Outgoing& outgoing, std::string_view name) {
  for (const auto& [key, value] : outgoing.headers) {
    if (key == name) return value;
  }
  return "(absent)";
}

class StaticFilesTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& content) {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << content;
  }
  base::TemporaryDirectory temporary_;
  std::filesystem::path root_ = temporary_.path();
};

}  // namespace

TEST(AcceptEncoding, TakesGzipUnlessItsWeightIsZero) {
  for (const auto* text : {"gzip", "deflate, GZIP;q=0.5, br", "*", "br, *;q=0.1"})
    EXPECT_TRUE(accepts_gzip(text)) << text;
  for (const auto* text : {"", "br", "gzip;q=0", "gzip; q=0.000", "*, gzip;q=0", "identity"}) {
    EXPECT_FALSE(accepts_gzip(text)) << text;
  }
}

TEST(Gzip, GivesTheContentBack) {
  const std::string content = std::string(5000, 'a') + std::string("\0\xff", 2);
  EXPECT_LT(gzip(content, GzipEffort::fast).size(), 200U);
  EXPECT_EQ(gunzip(gzip(content, GzipEffort::fast)), content);
  EXPECT_EQ(gunzip(gzip("", GzipEffort::small)), "");
  EXPECT_THROW(gunzip("nonsense"), base::Failure);
}

TEST(PrepareAnswer, TagsAGetAndAnswersNotModifiedToTheSameTag) {
  const auto first = prepare_answer(get(), json(10));
  const auto etag = header(first, "ETag");
  EXPECT_EQ(header(first, "Cache-Control"), "private, no-cache");
  const auto second = prepare_answer(get({{"if-none-match", "\"other\", " + etag}}), json(10));
  EXPECT_EQ(second.status, 304U);
  EXPECT_EQ(second.body, nullptr);
  EXPECT_EQ(header(second, "Content-Length"), "(absent)");
  EXPECT_EQ(prepare_answer(get({{"if-none-match", etag}}), json(11)).status, 200U);
}

TEST(PrepareAnswer, DoesNotLetAnswersToChangesNorErrorsNorCookiesBeStored) {
  auto post = get();
  post.method = Method::post;
  EXPECT_EQ(header(prepare_answer(post, json(10)), "Cache-Control"), "no-store");
  EXPECT_EQ(header(prepare_answer(get(), make_problem("id", 404, "no")), "Cache-Control"), "no-store");
  auto cookie = json(10);
  cookie.headers.emplace_back("Set-Cookie", "a=b");
  EXPECT_EQ(header(prepare_answer(get(), cookie), "Cache-Control"), "no-store");
  EXPECT_EQ(header(prepare_answer(get(), cookie), "ETag"), "(absent)");
}

TEST(PrepareAnswer, CompressesLargeTextForThoseWhoTakeIt) {
  const auto compressed = prepare_answer(get({{"accept-encoding", "gzip"}}), json(2000));
  EXPECT_EQ(header(compressed, "Content-Encoding"), "gzip");
  EXPECT_EQ(gunzip(*compressed.body), std::string(2000, 'x'));
  EXPECT_EQ(header(compressed, "Content-Length"), std::to_string(compressed.body->size()));
  const auto plain = prepare_answer(get(), json(2000));
  EXPECT_EQ(header(plain, "Content-Encoding"), "(absent)");
  EXPECT_EQ(header(plain, "Vary"), "Accept-Encoding");
  EXPECT_EQ(header(prepare_answer(get({{"accept-encoding", "gzip"}}), json(100)), "Content-Encoding"), "(absent)");
}

TEST(PrepareAnswer, GivesHeadTheLengthWithoutTheBody) {
  auto request = get();
  request.method = Method::head;
  const auto answer = prepare_answer(request, json(10));
  EXPECT_EQ(header(answer, "Content-Length"), "10");
  EXPECT_EQ(answer.body, nullptr);
}

TEST(HeadText, CannotBeSplitByAHeaderValue) {
  Outgoing outgoing;
  outgoing.headers.emplace_back("X-Name", "a\r\nSet-Cookie: evil=1");
  const auto text = head_text(outgoing, {});
  EXPECT_EQ(text.find("\nSet-Cookie"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\n"));
}

TEST(HeadText, HasTheSecurityHeadersAndStrictTransportOverTlsOnly) {
  const auto plain = head_text({}, {});
  for (const auto* name : {"Content-Security-Policy: default-src 'none';", "X-Content-Type-Options: nosniff",
                           "Referrer-Policy: no-referrer", "Permissions-Policy: ",
                           "Cross-Origin-Opener-Policy: same-origin", "Cross-Origin-Resource-Policy: same-origin"}) {
    EXPECT_NE(plain.find(name), std::string::npos) << name;
  }
  EXPECT_EQ(plain.find("Strict-Transport-Security"), std::string::npos);
  EXPECT_EQ(plain.find("Server:"), std::string::npos);
  EXPECT_NE(head_text({}, {true, true, std::nullopt}).find("Strict-Transport-Security"), std::string::npos);
}

TEST(HttpDate, IsTheFixedForm) {
  EXPECT_EQ(http_date(base::from_unix_seconds(784'111'777)), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Problem, EscapesWhatItQuotes) {
  const auto problem = make_problem("0a1b", 400, "bad \"q\"");
  EXPECT_EQ(problem.body,
            R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"bad \"q\"","request_id":"0a1b"})");
}

TEST_F(StaticFilesTest, ServesFilesByExactPathAndTheIndexForRoutesOfThePage) {
  write("index.html", "<p>page");
  write("assets/index-1a2b.js", std::string(3000, 'j'));
  write(".secret", "hidden");
  auto files = StaticFiles::load(root_);
  EXPECT_EQ(files.count(), 2U);
  EXPECT_EQ(*files.find("/")->plain, "<p>page");
  EXPECT_EQ(*files.find("/sessions/17")->plain, "<p>page");
  EXPECT_EQ(*files.find("/users/bob@example.org")->plain, "<p>page");
  EXPECT_EQ(files.find("/missing.js"), nullptr);
  EXPECT_EQ(files.find("/assets/gone"), nullptr);
  EXPECT_EQ(*files.find("/.secret")->plain, "<p>page");
  EXPECT_TRUE(files.find("/assets/index-1a2b.js")->immutable);
}

TEST_F(StaticFilesTest, DoesNotFollowLinksOutOfTheWebRoot) {
  write("index.html", "<p>page");
  std::filesystem::create_symlink("/etc/passwd", root_ / "passwd.txt");
  EXPECT_EQ(StaticFiles::load(root_).find("/passwd.txt"), nullptr);
}

TEST_F(StaticFilesTest, SaysHowToBuildThePageWhenThereIsNone) {
  auto files = StaticFiles::load(root_ / "nowhere");
  EXPECT_NE(files.find("/")->plain->find("./dev build"), std::string::npos);
}

TEST_F(StaticFilesTest, CompressesAFileOnceAndCachesHashedNamesForAYear) {
  write("assets/index-1a2b.js", std::string(3000, 'j'));
  auto files = StaticFiles::load(root_);
  const auto* const file = files.find("/assets/index-1a2b.js");
  const auto* const compressed = file->gzip.get();
  EXPECT_EQ(files.find("/assets/index-1a2b.js")->gzip.get(), compressed);
  const auto answer = prepare_file(get({{"accept-encoding", "gzip"}}), *file);
  EXPECT_EQ(header(answer, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(gunzip(*answer.body), std::string(3000, 'j'));
  EXPECT_EQ(prepare_file(get({{"if-none-match", file->etag}}), *file).status, 304U);
  EXPECT_EQ(header(prepare_file(get(), *files.find("/")), "Cache-Control"), "no-cache");
}

TEST_F(StaticFilesTest, RefusesAWebRootThatIsTooLarge) {
  write("big.txt", std::string(33 * 1024 * 1024, 'x'));
  EXPECT_THROW(StaticFiles::load(root_), base::Failure);
}

}  // namespace davylamp::api
