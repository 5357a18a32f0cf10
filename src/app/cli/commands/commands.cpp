#include "app/cli/command.hpp"
#include "app/cli/commands/tables.hpp"

namespace davylamp::app {

// The one place that knows all commands: dispatch and usage text both come from here.
const std::vector<Command>& commands() {
  static const std::vector<Command> table = [] {
    std::vector<Command> all;
    for (const auto& topic :
         {looking_commands(), account_commands(), quota_commands(), acting_commands(), alert_commands(),
          house_commands(), host_commands(), fence_commands(), program_commands()}) {
      all.insert(all.end(), topic.begin(), topic.end());
    }
    return all;
  }();
  return table;
}

}  // namespace davylamp::app
