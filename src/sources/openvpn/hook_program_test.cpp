// davylamp-hook itself, run as OpenVPN runs it, in the places where OpenVPN runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <filesystem>

#include "hook/message.hpp"
#include "hook/verdict_table.hpp"
#include "sources/openvpn/testing/hook_folder_fixture.hpp"
#include "sources/openvpn/testing/hook_program.hpp"

namespace davylamp::openvpn {
namespace {

using testing::anna_connects;
using testing::anna_leaves;
using testing::append;
using testing::Environment;
using testing::run_hook;
using testing::text_of;

constexpr unsigned nobody = 65534;

class HookProgramTest : public ::testing::Test {
 protected:
  HookProgramTest() {
    std::filesystem::create_directories(directory + "/spool");
    ::chmod((directory + "/spool").c_str(), 03733);
  }
  int hook(const Environment& environment) const {
    return run_hook({.arguments = {directory}, .environment = environment, .root = {}});
  }
  void refuse(const std::vector<hook::Refused>& refused) const {
    append(directory + "/verdicts", hook::verdict_table(refused, {1, 2}, 1));
  }
  std::string spooled(unsigned user = ::geteuid()) const {
    return text_of(directory + "/spool/" + std::to_string(user));
  }
  int listen() const {
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (directory + "/socket").copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::chmod(address.sun_path, 0666);
    return socket;
  }
  static std::string receive(int socket) {
    std::string text(hook::most_message_bytes, '\0');
    const auto got = ::recv(socket, text.data(), text.size(), MSG_DONTWAIT);
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return text;
  }
  testing::TemporaryFolder folder;
  std::string directory = folder / "udp";
};

TEST_F(HookProgramTest, LetsInWhoIsNotRefusedAndRefusesWhoIs) {
  EXPECT_EQ(hook(anna_connects), 0) << "no file";
  refuse({{"anna.berg"}});
  EXPECT_EQ(hook(anna_connects), 1);
  Environment other = anna_connects;
  other["common_name"] = "emma.costa";
  EXPECT_EQ(hook(other), 0);
}

TEST_F(HookProgramTest, TheUsernameDecidesWhenThereIsOne) {
  refuse({{"anna"}});
  Environment environment = anna_connects;
  EXPECT_EQ(hook(environment), 0);
  environment["username"] = "anna";
  EXPECT_EQ(hook(environment), 1);
  environment["username"] = "UNDEF";
  EXPECT_EQ(hook(environment), 0);
}

TEST_F(HookProgramTest, ARefusalThatIsOverRefusesNobody) {
  refuse({{"anna.berg", hook::Reason::quota, 1'000}});
  EXPECT_EQ(hook(anna_connects), 0);
}

TEST_F(HookProgramTest, SomethingElseInPlaceOfTheFileRefusesNobody) {
  refuse({{"anna.berg"}});
  const auto whole = text_of(directory + "/verdicts");
  for (const auto& bytes : {std::string(), std::string("x"), whole.substr(0, whole.size() - 1), whole.substr(0, 56),
                            std::string(5000, '\xff'), "x" + whole.substr(1)}) {
    std::filesystem::remove(directory + "/verdicts");
    append(directory + "/verdicts", bytes);
    EXPECT_EQ(hook(anna_connects), 0) << bytes.size();
  }
  std::filesystem::remove(directory + "/verdicts");
  ASSERT_EQ(::mkfifo((directory + "/verdicts").c_str(), 0644), 0);
  EXPECT_EQ(hook(anna_connects), 0) << "a pipe";
  std::filesystem::remove(directory + "/verdicts");
  append(directory + "/verdicts", whole);
  std::filesystem::resize_file(directory + "/verdicts", hook::most_verdict_bytes + 24);
  EXPECT_EQ(hook(anna_connects), 0) << "too big";
  EXPECT_EQ(spooled().find("refused"), std::string::npos);
}

TEST_F(HookProgramTest, SendsWhoComesAndWhoLeaves) {
  const int socket = listen();
  EXPECT_EQ(hook(anna_connects), 0);
  auto line = receive(socket);
  EXPECT_TRUE(line.starts_with("davylamp1\taccepted\tcommon_name=anna.berg\ttime_unix=1795000000\t")) << line;
  refuse({{"anna.berg", hook::Reason::blocked}});
  EXPECT_EQ(hook(anna_connects), 1);
  line = receive(socket);
  EXPECT_NE(line.find("\trefused\t"), std::string::npos);
  EXPECT_NE(line.find("\twhy=blocked\t"), std::string::npos);
  EXPECT_EQ(hook(anna_leaves("5", "6")), 0);
  line = receive(socket);
  EXPECT_NE(line.find("\tbytes_received=5\tbytes_sent=6\ttime_duration=60\t"), std::string::npos) << line;
  EXPECT_TRUE(spooled().ends_with(line));
  ::close(socket);
}

TEST_F(HookProgramTest, KeepsEveryWordInTheSpoolWhenNobodyListens) {
  EXPECT_EQ(hook(anna_connects), 0);
  EXPECT_EQ(hook(anna_leaves("5", "6")), 0);
  EXPECT_EQ(std::ranges::count(spooled(), '\n'), 2);
  const int socket = listen();
  ::close(socket);
  EXPECT_EQ(hook(anna_leaves("9", "10")), 0) << "the socket of one that died";
  EXPECT_NE(spooled().find("bytes_sent=10\t"), std::string::npos);
}

TEST_F(HookProgramTest, DoesNotWaitForADaemonThatDoesNotRead) {
  const auto room = std::stoi(text_of("/proc/sys/net/unix/max_dgram_qlen"));
  if (room > 1000) GTEST_SKIP() << "the host's queue is too long to fill";
  const int count = room + 20;
  const int socket = listen();
  for (int i = 0; i < count; ++i) ASSERT_EQ(hook(anna_leaves("5", std::to_string(i))), 0);
  EXPECT_EQ(std::ranges::count(spooled(), '\n'), count);
  int received = 0;
  while (!receive(socket).empty()) ++received;
  EXPECT_LT(received, count) << "the queue was never full: the test shows nothing";
  ::close(socket);
}

TEST_F(HookProgramTest, TheSpoolIsBounded) {
  const auto spool = directory + "/spool/" + std::to_string(::geteuid());
  append(spool, "");
  std::filesystem::resize_file(spool, 16U << 20U);
  EXPECT_EQ(hook(anna_leaves("5", "6")), 0);
  EXPECT_EQ(std::filesystem::file_size(spool), (16U << 20U) + 1) << "one empty line: one lost message";
  std::filesystem::resize_file(spool, 17U << 20U);
  EXPECT_EQ(hook(anna_leaves("5", "6")), 0);
  EXPECT_EQ(std::filesystem::file_size(spool), 17U << 20U);
}

TEST_F(HookProgramTest, CarriesHostileNames) {
  for (const auto& name : {std::string(440, 'n'), std::string("a\tb\nc%41\x1b[2J"), std::string("\xff\xfe"),
                           std::string("'; DROP TABLE x; --"), std::string(4095, '%')}) {
    std::filesystem::remove_all(directory + "/spool/" + std::to_string(::geteuid()));
    std::filesystem::remove(directory + "/verdicts");
    Environment environment = anna_leaves("5", "6");
    environment["username"] = name;
    EXPECT_EQ(hook(environment), 0);
    auto line = spooled();
    ASSERT_EQ(std::ranges::count(line, '\n'), 1);
    line.pop_back();
    const auto message = hook::decode(line);
    ASSERT_TRUE(message) << line;
    EXPECT_EQ((*message)[hook::Field::username], name);
    refuse({{name}});
    environment["script_type"] = "client-connect";
    EXPECT_EQ(hook(environment), 1) << name;
  }
}

TEST_F(HookProgramTest, FailsOpenWithoutFolderEnvironmentOrArguments) {
  EXPECT_EQ(run_hook({.arguments = {folder / "missing"}, .environment = anna_connects, .root = {}}), 0);
  EXPECT_EQ(run_hook({.arguments = {DAVYLAMP_HOOK}, .environment = anna_connects, .root = {}}), 0) << "a file";
  EXPECT_EQ(run_hook({.arguments = {directory}, .environment = {}, .root = {}}), 0);
  EXPECT_EQ(run_hook({.arguments = {}, .environment = anna_connects, .root = {}}), 0);
  EXPECT_EQ(run_hook({.arguments = {directory}, .environment = {{"script_type", "learn-address"}}, .root = {}}), 0);
  EXPECT_EQ(run_hook({.arguments = {"--help"}, .environment = {}, .root = {}}), 0);
  EXPECT_EQ(hook({{"script_type", "client-disconnect"}}), 0);
  EXPECT_EQ(hook({{"script_type", "client-connect"}}), 0);
}

TEST_F(HookProgramTest, FailsOpenWhenTheSpoolCannotBeWritten) {
  std::filesystem::remove_all(directory + "/spool");
  EXPECT_EQ(hook(anna_leaves("5", "6")), 0);
  append(directory + "/spool", "a file");
  EXPECT_EQ(hook(anna_leaves("5", "6")), 0);
  refuse({{"anna.berg"}});
  EXPECT_EQ(hook(anna_connects), 1) << "the verdict does not depend on it";
}

TEST_F(HookProgramTest, WritesIntoNoFileOfSomebodyElse) {
  const auto spool = directory + "/spool/" + std::to_string(::geteuid());
  append(folder / "victim", "x");
  std::filesystem::create_symlink(folder / "victim", spool);
  EXPECT_EQ(hook(anna_leaves("5", "6")), 0);
  std::filesystem::remove(spool);
  std::filesystem::create_hard_link(folder / "victim", spool);
  EXPECT_EQ(hook(anna_leaves("5", "6")), 0);
  EXPECT_EQ(text_of(folder / "victim"), "x");
}

TEST_F(HookProgramTest, WorksAsNobodyInAChrootWithNothingElseInIt) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can chroot and become nobody";
  const std::string program = folder / "davylamp-hook";
  std::filesystem::copy_file(DAVYLAMP_HOOK, program);
  ::chmod(directory.c_str(), 0711);
  refuse({{"anna.berg"}});
  const int socket = listen();
  for (const bool jailed : {false, true}) {
    testing::HookRun run{.arguments = {jailed ? "/udp" : directory},
                         .environment = anna_connects,
                         .program = jailed ? "/davylamp-hook" : program,
                         .user = nobody,
                         .root = jailed ? folder.path() : ""};
    EXPECT_EQ(run_hook(run), 1);
    EXPECT_NE(receive(socket).find("\trefused\t"), std::string::npos);
    run.environment = anna_leaves("5", "6");
    EXPECT_EQ(run_hook(run), 0);
    EXPECT_NE(receive(socket).find("\tdisconnected\t"), std::string::npos);
  }
  EXPECT_EQ(std::ranges::count(spooled(nobody), '\n'), 4);
  struct stat facts{};
  ASSERT_EQ(::stat((directory + "/spool/65534").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0640U) << "names are not for everyone";
  EXPECT_EQ(facts.st_gid, ::getegid()) << "the daemon's group may read it";
  ::close(socket);
}

}  // namespace
}  // namespace davylamp::openvpn
