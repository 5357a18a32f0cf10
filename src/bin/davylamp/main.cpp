#include "app/cli/command_line.hpp"
#include "version.hpp"

int main(int argc, char** argv) {
  return davylamp::app::run_command_line(argc, argv, davylamp::version);
}
