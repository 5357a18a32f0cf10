#include "bus/redis/testing/redis_server.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace davylamp::redis::testing {
namespace {

pid_t start_program(const std::vector<std::string>& words, const std::string& log) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  pid_t process = -1;
  const int failed = posix_spawnp(&process, arguments.front(), &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error("cannot start " + words.front() + ": " + std::strerror(failed));
  return process;
}

void run_program(const std::vector<std::string>& words, const std::string& log) {
  int status = 0;
  ::waitpid(start_program(words, log), &status, 0);
  if (status != 0) throw std::runtime_error(words.front() + " failed, see " + log);
}

std::uint16_t free_port() {
  boost::asio::io_context loop;
  boost::asio::ip::tcp::acceptor acceptor(loop, {boost::asio::ip::make_address("127.0.0.1"), 0});
  return acceptor.local_endpoint().port();
}

}  // namespace

RedisServer::RedisServer(Setup setup) : setup_(std::move(setup)) {
  std::string pattern = (std::filesystem::temp_directory_path() / "davylamp-redis-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  port_ = free_port();
  if (setup_.tls) make_certificates();
  start();
}

RedisServer::~RedisServer() {
  if (process_ > 0) kill();
  std::filesystem::remove_all(folder_);
}

void RedisServer::make_certificates() const {
  const auto at = [this](const char* name) { return (folder_ / name).string(); };
  run_program({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
               "2", "-subj", "/CN=test authority", "-keyout", at("ca.key"), "-out", at("ca.pem")},
              at("openssl.log"));
  for (const std::string name : {"server", "client"}) {
    const auto key = at((name + ".key").c_str());
    const auto request = at((name + ".csr").c_str());
    run_program({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                 "/CN=" + name, "-keyout", key, "-out", request},
                at("openssl.log"));
    const auto names = write("names.txt", "subjectAltName=DNS:localhost\n");
    run_program({"openssl", "x509", "-req", "-in", request, "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-days", "2",
                 "-CAcreateserial", "-extfile", names, "-out", at((name + ".pem").c_str())},
                at("openssl.log"));
  }
}

void RedisServer::start() {
  std::vector<std::string> words{"redis-server",
                                 "--dir",
                                 folder_,
                                 "--unixsocket",
                                 socket(),
                                 "--bind",
                                 "127.0.0.1",
                                 "--save",
                                 "",
                                 "--appendonly",
                                 setup_.saves ? "yes" : "no",
                                 "--appendfsync",
                                 "everysec"};
  const auto port = std::to_string(port_);
  if (setup_.tls) {
    words.insert(words.end(), {"--port", "0", "--tls-port", port, "--tls-cert-file", folder_ / "server.pem",
                               "--tls-key-file", folder_ / "server.key", "--tls-ca-cert-file", folder_ / "ca.pem"});
  } else {
    words.insert(words.end(), {"--port", port});
  }
  words.insert(words.end(), setup_.more.begin(), setup_.more.end());
  process_ = start_program(words, folder_ / "redis.log");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!answers()) {
    if (std::chrono::steady_clock::now() > until) throw std::runtime_error("Redis does not start, see " + socket());
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void RedisServer::kill() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

Options RedisServer::options() const {
  Options options;
  options.shards = 1;
  if (!setup_.tls) {
    options.url = "unix://" + socket();
    return options;
  }
  options.url = "rediss://localhost:" + std::to_string(port_);
  options.ca_file = folder_ / "ca.pem";
  options.certificate_file = folder_ / "client.pem";
  options.key_file = folder_ / "client.key";
  return options;
}

Reply RedisServer::ask(const std::vector<std::string_view>& words) const {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket().c_str(), sizeof address.sun_path - 1);
  std::optional<Reply> reply;
  std::string command;
  append_command(command, words);
  ReplyReader reader;
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(descriptor, command.data(), command.size(), MSG_NOSIGNAL) > 0) {
    std::array<char, 65'536> buffer{};
    for (ssize_t size = 0; !reply && (size = ::recv(descriptor, buffer.data(), buffer.size(), 0)) > 0;) {
      reader.feed({buffer.data(), static_cast<std::size_t>(size)});
      reply = reader.next();
    }
  }
  ::close(descriptor);
  if (!reply) throw std::runtime_error("Redis does not answer");
  return *reply;
}

bool RedisServer::answers() const {
  try {
    const auto reply = ask({"PING"});
    return reply.text == "PONG" || reply.is_error("NOAUTH");
  } catch (const std::exception&) {
    return false;
  }
}

std::string RedisServer::write(const std::string& name, const std::string& text) const {
  const auto path = folder_ / name;
  std::ofstream(path) << text;
  return path;
}

}  // namespace davylamp::redis::testing
