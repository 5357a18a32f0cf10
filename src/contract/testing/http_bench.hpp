// A provider that speaks HTTP, in any mood, for NotifierContract.
#pragma once

#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "base/testing/temporary_directory.hpp"
#include "contract/testing/notifier_contract.hpp"
#include "contract/testing/played_host.hpp"

namespace davylamp::contract::testing {

// What an HTTP provider says in each mood, with its headers.
struct HttpWords {
  std::string works;
  std::string fails;
  std::string asks_pause;
  std::string refuses;
};

class HttpBench {
 public:
  explicit HttpBench(HttpWords words) : words_(std::move(words)) { std::ofstream(secret_file()) << secret() << "\n"; }
  void set(ProviderMood mood) { mood_ = mood; }
  base::Milliseconds limit() const { return limit_in(mood_); }
  std::string secret() const { return "123456:tOpSeCrEt"; }
  std::string secret_file() const { return directory_.path() + "/secret"; }
  std::string base() const { return "http://127.0.0.1:" + std::to_string(host_.port()); }
  static std::string nobody() { return "http://127.0.0.1:1"; }
  std::vector<PlayedRequest> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void play(PlayedConnection& connection) {
    const auto mood = mood_.load();
    auto request = read_request(connection);
    switch (mood) {
      case ProviderMood::works: {
        const std::lock_guard lock(mutex_);
        requests_.push_back(std::move(request));
      }
        return connection.write(words_.works);
      case ProviderMood::fails:
        return connection.write(words_.fails);
      case ProviderMood::asks_pause:
        return connection.write(words_.asks_pause);
      case ProviderMood::refuses:
        return connection.write(words_.refuses);
      case ProviderMood::hangs_up:
        return connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
      case ProviderMood::silent:
        return connection.stay_silent();
      case ProviderMood::babbles:
        return connection.write("\x01\x02 220 hello\r\n\r\n");
    }
  }
  HttpWords words_;
  std::atomic<ProviderMood> mood_ = ProviderMood::works;
  std::mutex mutex_;
  std::vector<PlayedRequest> requests_;
  base::TemporaryDirectory directory_;
  PlayedHost host_{[this](PlayedConnection& connection) { play(connection); }};
};

}  // namespace davylamp::contract::testing
