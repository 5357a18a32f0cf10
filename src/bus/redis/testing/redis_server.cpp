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
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace davylamp::redis::testing {
namespace {

// Only a test that fails waits for so long.
constexpr std::chrono::seconds patience{60};
constexpr std::chrono::milliseconds look_again{5};
constexpr int most_ports = 20;

template <class Done>
bool becomes(Done done) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(look_again);
  }
  return true;
}

pid_t start_program(const std::vector<std::string>& words, const std::string& log) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
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

// Somebody else may take the port between our look and Redis's.
RedisServer::RedisServer(Setup setup) : setup_(std::move(setup)) {
  if (!setup_.tls) {
    start();
    return;
  }
  make_certificates();
  for (int tried = 0; tried < most_ports; ++tried) {
    port_ = free_port();
    if (comes_up()) return;
  }
  throw failure("Redis ended " + std::to_string(most_ports) + " times");
}

RedisServer::~RedisServer() {
  if (process_ > 0) kill();
}

void RedisServer::make_certificates() const {
  const auto at = [this](const std::string& name) { return directory_.file(name); };
  run_program({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
               "2", "-subj", "/CN=test authority", "-keyout", at("ca.key"), "-out", at("ca.pem")},
              at("openssl.log"));
  for (const std::string name : {"server", "client"}) {
    const auto key = at(name + ".key");
    const auto request = at(name + ".csr");
    run_program({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                 "/CN=" + name, "-keyout", key, "-out", request},
                at("openssl.log"));
    const auto names = write("names.txt", "subjectAltName=DNS:localhost\n");
    run_program({"openssl", "x509", "-req", "-in", request, "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-days", "2",
                 "-CAcreateserial", "-extfile", names, "-out", at(name + ".pem")},
                at("openssl.log"));
  }
}

std::vector<std::string> RedisServer::command_line() const {
  std::vector<std::string> words{"redis-server",
                                 "--dir",
                                 directory_.path(),
                                 "--unixsocket",
                                 socket(),
                                 "--port",
                                 "0",
                                 "--save",
                                 "",
                                 "--appendonly",
                                 setup_.saves ? "yes" : "no",
                                 "--appendfsync",
                                 "everysec"};
  if (setup_.tls) {
    words.insert(words.end(), {"--bind", "127.0.0.1", "--tls-port", std::to_string(port_), "--tls-cert-file",
                               directory_.file("server.pem"), "--tls-key-file", directory_.file("server.key"),
                               "--tls-ca-cert-file", directory_.file("ca.pem")});
  }
  words.insert(words.end(), setup_.more.begin(), setup_.more.end());
  return words;
}

void RedisServer::start() {
  if (!comes_up()) throw failure("Redis ended");
}

// False: it ended by itself.
bool RedisServer::comes_up() {
  process_ = start_program(command_line(), directory_.file("redis.log"));
  bool ended = false;
  if (becomes([&] { return answers() || (ended = has_ended()); })) return !ended;
  kill();
  throw failure("Redis does not answer");
}

bool RedisServer::has_ended() {
  if (::waitpid(process_, nullptr, WNOHANG) != process_) return false;
  process_ = -1;
  return true;
}

std::runtime_error RedisServer::failure(const std::string& what) const {
  std::ifstream log(directory_.file("redis.log"));
  return std::runtime_error(what + ": " + std::string(std::istreambuf_iterator<char>(log), {}));
}

void RedisServer::kill() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

void RedisServer::pause() {
  ::kill(process_, SIGSTOP);
  siginfo_t stopped{};
  ::waitid(P_PID, static_cast<id_t>(process_), &stopped, WSTOPPED);
}

void RedisServer::resume() {
  ::kill(process_, SIGCONT);
}

void RedisServer::wait_until_written() const {
  const auto is_written = [this] {
    return ask({"INFO", "persistence"}).text.find("aof_buffer_length:0\r\n") != std::string::npos;
  };
  if (!becomes(is_written)) throw failure("Redis does not write its file");
}

Options RedisServer::options() const {
  Options options;
  options.shards = 1;
  if (!setup_.tls) {
    options.url = "unix://" + socket();
    return options;
  }
  options.url = "rediss://localhost:" + std::to_string(port_);
  options.ca_file = directory_.file("ca.pem");
  options.certificate_file = directory_.file("client.pem");
  options.key_file = directory_.file("client.key");
  return options;
}

Reply RedisServer::ask(const std::vector<std::string_view>& words) const {
  const auto path = socket();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("too long for a socket: " + path);
  path.copy(address.sun_path, path.size());
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
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
  const auto path = directory_.file(name);
  std::ofstream(path) << text;
  return path;
}

}  // namespace davylamp::redis::testing
