#include "directory/ldap/testing/slapd.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <boost/json.hpp>
#include <csignal>
#include <stdexcept>

namespace davylamp::directory::testing {

Slapd::Slapd() {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::pipe(in.data()) != 0 || ::pipe(out.data()) != 0) throw std::runtime_error("no pipe");
  const std::string script = std::string(DAVYLAMP_SOURCE_DIR) + "/tests/e2e/slapd.py";
  const std::string folder = directory_.file("");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    for (const int end : {in[0], in[1], out[0], out[1]}) ::close(end);
    ::execlp("python3", "python3", script.c_str(), folder.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  to_ = in[1];
  from_ = out[0];
  const auto text = line();
  if (text.empty()) return;
  for (const auto& [name, value] : boost::json::parse(text).as_object()) {
    if (value.is_string()) facts_.emplace(name, value.get_string());
  }
}

Slapd::~Slapd() {
  ::close(to_);
  ::close(from_);
  ::waitpid(pid_, nullptr, 0);
}

std::string Slapd::fact(const std::string& name) const {
  return facts_.at(name);
}

void Slapd::tell(const std::string& command) {
  const auto text = command + "\n";
  if (::write(to_, text.data(), text.size()) != static_cast<ssize_t>(text.size()) || line() != "done")
    throw std::runtime_error("the LDAP server did not do: " + command);
}

std::string Slapd::line() {
  std::string text;
  for (char c = 0; ::read(from_, &c, 1) == 1 && c != '\n';) text += c;
  return text;
}

}  // namespace davylamp::directory::testing
