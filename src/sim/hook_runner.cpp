#include "sim/hook_runner.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::sim {
namespace {

std::vector<char*> pointers_of(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

HookRunner::HookRunner(const Settings& settings) : loss_(settings.loss), random_(settings.seed) {
  for (const auto word : base::split(settings.command, ' ')) {
    if (!word.empty()) words_.emplace_back(word);
  }
  if (words_.empty() || access(words_[0].c_str(), X_OK) != 0) {
    throw base::Failure("hook",
                        "cannot run the hook " + settings.command + ": it must begin with the full path of a program");
  }
}

int HookRunner::run(const std::vector<std::string>& environment) {
  auto arguments = words_;
  auto variables = environment;
  const auto argument_pointers = pointers_of(arguments);
  const auto variable_pointers = pointers_of(variables);
  pid_t child = 0;
  if (posix_spawn(&child, arguments[0].c_str(), nullptr, nullptr, argument_pointers.data(), variable_pointers.data()) !=
      0) {
    ++failures_;
    return -1;
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  ++failures_;
  return -1;
}

bool HookRunner::connect(const std::vector<std::string>& environment) {
  return run(environment) == 0;
}

bool HookRunner::disconnect(const std::vector<std::string>& environment) {
  return !random_.chance(loss_) && run(environment) == 0;
}

}  // namespace davylamp::sim
