// What commands ask the daemon of this host, over its control socket.
#pragma once

#include <string>

#include "app/cli/command.hpp"
#include "base/codec_read.hpp"

namespace davylamp::app {

class Daemon {
 public:
  Daemon(const Call& call, const Config& config) : world_(call.world), socket_path_(control_socket_path(config)) {}

  // The body of a success. Throws base::Failure with what the daemon said, or with what to do when there is none.
  std::string ask(const ControlRequest& request) const;

  // The same, read. Members that this program does not know are left out: the daemon may be newer.
  template <class T>
  T get(const std::string& target) const {
    return read<T>(ask({"GET", target, ""}));
  }
  template <class T, class Body>
  T send(const std::string& method, const std::string& target, const Body& body) const {
    return read<T>(ask({method, target, base::json::write(body)}));
  }

  template <class T>
  static T read(const std::string& body) {
    T value;
    base::json::Reader reader;
    reader.read(base::value_or_throw(base::json::parse(body)), value);
    complain(reader.problems());
    return value;
  }

 private:
  // Throws unless all of `problems` are unknown members.
  static void complain(const std::vector<std::string>& problems);
  CliWorld& world_;
  std::string socket_path_;
};

}  // namespace davylamp::app
