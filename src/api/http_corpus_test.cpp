#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "api/testing/test_server.hpp"

namespace davylamp::api::testing {
namespace {

std::filesystem::path corpus() {
  const char* const wanted = std::getenv("DAVYLAMP_CORPUS");
  const std::filesystem::path root =
      wanted != nullptr ? wanted : std::filesystem::path(DAVYLAMP_SOURCE_DIR) / ".." / "shared" / "corpus";
  return root / "http" / "llhttp";
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// The ```http blocks of a file, with the notation for bytes that cannot be written undone.
std::vector<std::string> samples(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  static constexpr std::string_view open = "```http\n";
  std::vector<std::string> found;
  for (auto at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    at += open.size();
    auto sample = text.substr(at, text.find("\n```", at) - at);
    replace_all(sample, "\\\n", "");
    replace_all(sample, "\n", "\r\n");
    replace_all(sample, "\\r", "\r");
    replace_all(sample, "\\n", "\n");
    replace_all(sample, "\\t", "\t");
    found.push_back(std::move(sample));
  }
  return found;
}

}  // namespace

TEST(HttpCorpusTest, EverySampleIsAnsweredOrDroppedAndTheServerGoesOn) {
  if (!std::filesystem::exists(corpus())) GTEST_SKIP() << "there is no corpus at " << corpus();
  TestServer server;
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus())) {
    for (const auto& sample : samples(entry.path())) {
      ++count;
      Client client(server.port());
      client.send(sample);
      client.finish_sending();
      const auto answer = client.rest();
      EXPECT_TRUE(answer.empty() || status_of(answer) != 0) << sample << "\n--\n" << answer;
      EXPECT_NE(status_of(answer), 500U) << sample;
    }
  }
  EXPECT_GT(count, 50U);
  Client client(server.port());
  EXPECT_EQ(status_of(client.ask(get("/api/a"))), 200U);
  EXPECT_TRUE(server.log.failures().empty());
}

TEST(HttpCorpusTest, WhatCouldSmuggleASecondRequestIsRefused) {
  TestServer server;
  const std::vector<std::string> headers{
      "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
      "Content-Length: 3\r\nContent-Length: 4\r\n",
      "Content-Length: +3\r\n",
      "Content-Length: 3, 4\r\n",
      "Content-Length: 0x3\r\n",
      "Content-Length : 3\r\n",
      "Transfer-Encoding : chunked\r\n",
  };
  for (const auto& header : headers) {
    Client client(server.port());
    client.send("POST /api/a HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n0\r\n\r\n" + get("/api/smuggled"));
    client.finish_sending();
    const auto answer = client.rest();
    EXPECT_EQ(status_of(answer), 400U) << header << answer;
    EXPECT_FALSE(answer.contains("smuggled")) << header;
  }
}

}  // namespace davylamp::api::testing
