#include <cstdlib>

#include "app/cli/cli_fixture.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

class Completion : public CliTest {
 protected:
  // What bash offers after `typed`, a line whose last word is being typed.
  std::vector<std::string> offered(const std::string& typed) {
    EXPECT_EQ(run({"completion", "bash"}), 0);
    std::ofstream(folder + "/complete.bash")
        << out << "COMP_WORDS=(" << typed << ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_davylamp\n"
        << "printf '%s\\n' \"${COMPREPLY[@]}\" > '" << folder << "/offered'\n";
    EXPECT_EQ(std::system(("bash '" + folder + "/complete.bash'").c_str()), 0);
    std::ifstream file(folder + "/offered");
    std::vector<std::string> words;
    for (std::string word; std::getline(file, word);) words.push_back(word);
    return words;
  }
};

TEST_F(Completion, EveryCommandAndOptionIsOffered) {
  for (const auto* shell : {"bash", "zsh", "fish"}) {
    EXPECT_EQ(run({"completion", shell}), 0);
    const auto script = out;
    for (const auto& command : commands()) {
      for (const auto part : base::split(command.name, ' ')) EXPECT_THAT(script, HasSubstr(std::string(part)));
      EXPECT_THAT(script, HasSubstr(std::string(command.name))) << shell;
      for (const auto& list : {command.options.flags, command.options.values}) {
        for (const auto option : list) EXPECT_THAT(script, HasSubstr(std::string(option.substr(2)))) << shell;
      }
    }
  }
}

TEST_F(Completion, BashOffersWhatFits) {
  EXPECT_THAT(offered("davylamp ''"), AllOf(Contains("quota"), Contains("status"), Contains("help")));
  EXPECT_THAT(offered("davylamp quota s"), testing::UnorderedElementsAre("show", "set"));
  EXPECT_THAT(offered("davylamp --config /x.toml quota gr"), testing::ElementsAre("grant"));
  EXPECT_THAT(offered("davylamp quota grant anna 5GB --un"), testing::ElementsAre("--until"));
  EXPECT_THAT(offered("davylamp jobs ''"), AllOf(Contains("run"), Contains("--json")));
}

TEST_F(Completion, AnUnknownShellIsAnError) {
  EXPECT_EQ(run({"completion", "tcsh"}), 2);
  EXPECT_THAT(err, HasSubstr("bash, zsh or fish"));
}

}  // namespace
}  // namespace davylamp::app
