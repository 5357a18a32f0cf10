#include "store/postgres/target.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>

#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::postgres {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

// libpq's own sentence is not shown: it repeats the text.
Parameters parse(const std::string& url) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfoParse(url.c_str(), &message));
  if (message != nullptr) PQfreemem(message);
  if (options == nullptr) {
    throw base::Failure("bad_url",
                        "store.url is no PostgreSQL address: write it as postgresql://USER@HOST:5432/DATABASE, with "
                        "signs other than letters and digits as %XX");
  }
  Parameters parameters;
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) parameters.emplace_back(option->keyword, option->val);
  }
  return parameters;
}

std::string* find(Parameters& parameters, std::string_view name) {
  const auto found = std::ranges::find(parameters, name, &Parameters::value_type::first);
  return found == parameters.end() ? nullptr : &found->second;
}

void set_default(Parameters& parameters, const std::string& name, const std::string& value) {
  if (find(parameters, name) == nullptr) parameters.emplace_back(name, value);
}

// "db.example.org:5432/davylamp"
std::string display_name(Parameters& parameters) {
  const auto value = [&](std::string_view name, const std::string& otherwise) {
    const auto* found = find(parameters, name);
    return found == nullptr ? otherwise : *found;
  };
  const auto host = value("host", value("hostaddr", "the local socket"));
  const auto user = value("user", "");
  return base::printable(host + ":" + value("port", "5432") + "/" + value("dbname", user));
}

}  // namespace

Target to_target(const Config& config) {
  auto parameters = parse(config.url);
  if (config.password) {
    std::erase_if(parameters, [](const auto& parameter) { return parameter.first == "password"; });
    parameters.emplace_back("password", *config.password);
  }
  set_default(parameters, "connect_timeout", "10");
  set_default(parameters, "keepalives_idle", "10");
  set_default(parameters, "keepalives_interval", "5");
  set_default(parameters, "keepalives_count", "3");
  set_default(parameters, "tcp_user_timeout", "20000");
  set_default(parameters, "target_session_attrs", "read-write");
  set_default(parameters, "application_name", "davylamp");
  std::erase_if(parameters, [](const auto& parameter) { return parameter.first == "client_encoding"; });
  parameters.emplace_back("client_encoding", "UTF8");
  const auto* password = find(parameters, "password");
  return {.parameters = parameters,
          .name = display_name(parameters),
          .password = password == nullptr ? std::string() : *password};
}

}  // namespace davylamp::postgres
