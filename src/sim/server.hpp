// A simulated OpenVPN server: its clients, its process life, and what it says on its management interface.
// Pure: time and randomness come in, text goes out. The facts it follows are those of OpenVPN's source and of captures
// of real servers (2.6.14, 2.7.6).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"
#include "sim/hooks.hpp"
#include "sim/instance.hpp"
#include "sim/local_time.hpp"
#include "sim/population.hpp"
#include "sim/timer_wheel.hpp"

namespace davylamp::sim {

enum class Version : std::uint8_t { v2_4, v2_6, v2_7 };

// When people come and go, and what else they do. Zero means never.
struct Habits {
  double session_seconds = 0;  // the mean length of a session
  double away_seconds = 60;    // the mean pause behind it
  double floats_per_hour = 0;  // how often a client's address changes in mid-session
  bool rhythm = false;         // few people at night, where they live
};

struct ServerSettings {
  std::string name;
  unsigned number = 0;
  Version version = Version::v2_6;
  bool counts_by_timer = false;  // byte counts of all clients in one burst, as 2.7 does; else with a client's packets
  bool tcp = false;
  bool hold = false;
  std::string password;                      // of the management interface; empty: none
  base::Milliseconds ping_restart{30'000};   // a client that was cut silently returns after this
  base::Milliseconds respawn{5'000};         // a process that ended is started again after this; zero: it is not
  base::Milliseconds arrive_within{10'000};  // the first clients come spread over this time
  Habits habits;
};

// What the present management client asked for. Ends with its connection, but for the environment filter.
struct Monitor {
  bool attached = false;
  bool state_on = false;
  std::int64_t bytecount_seconds = 0;
  std::int64_t environment_filter = 0;
};

class Server {
 public:
  struct Outside {
    Hooks* hooks = nullptr;  // none: the server has no hooks. Outlives the server.
    std::function<void(const Account&)> ended;
  };
  enum class Life : std::uint8_t { held, up, closing, restarting, down };

  Server(ServerSettings settings, std::vector<Person> people, Outside outside, std::uint64_t seed, base::Time now);

  // Lets time pass up to `now`.
  void advance(base::Time now);

  // The management connection. What is to be sent is appended to output(); the owner sends it and removes what went.
  void attach();
  void detach();
  Monitor& monitor() { return monitor_; }
  std::string& output() { return output_; }
  // False while the process is not there: nobody listens, and a connection ends once its output is sent.
  bool listening() const { return life_ != Life::down; }
  void say(std::string_view text);  // to the monitor, if there is one

  // What the dialogue needs.
  const ServerSettings& settings() const { return settings_; }
  Life life() const { return life_; }
  base::Time now() const { return now_; }
  std::uint32_t process_id() const { return process_id_; }
  base::Time started_at() const { return started_at_; }
  const std::vector<std::string>& state_rows() const { return state_rows_; }
  const std::vector<Instance>& instances() const { return instances_; }
  const Person& person(const Instance& instance) const { return people_[instance.person]; }
  std::uint64_t established_count() const;
  std::uint64_t rx_bytes() const { return rx_bytes_; }
  std::uint64_t tx_bytes() const { return tx_bytes_; }
  LocalTimes& local_times() { return local_times_; }
  std::string title() const;
  // Its own addresses inside the tunnel.
  std::string inner_address() const;
  std::string inner_address6() const;
  // The text of `status`; a monitor that gets it has been told.
  void append_status(std::string& text, int format, bool to_monitor);
  void set_bytecount(std::int64_t seconds);
  // Instance `client_id` ends in 5 s; the client does what `message` says at once. False: there is none.
  bool client_kill(std::uint64_t client_id, std::string_view message);
  // Every instance of that name, now and without a word to the client. Returns how many.
  std::size_t kill_name(std::string_view common_name);
  // SIGHUP, SIGTERM, SIGUSR1, SIGUSR2; false for any other.
  bool signal(std::string_view name);
  void release_hold();

  // What only an outside force does: for scripts.
  void die();  // SIGKILL: no hook, no word
  // Someone new comes, who moves nothing until told to, or someone who left comes back.
  void come(std::string_view common_name);
  // Says goodbye; with `silently` just stops (the server finds out by its ping timeout).
  void leave(std::string_view common_name, bool silently);
  void move(std::string_view common_name, std::uint64_t rx_bytes, std::uint64_t tx_bytes);
  void float_away(std::string_view common_name);
  void set_active(std::string_view common_name, bool active);
  // From now on nobody moves a byte, not even a ping, so that books can be compared.
  void freeze();

  // The accounts of all who are there now.
  std::vector<Account> open_accounts();

 private:
  enum class Due : std::uint8_t { packet, establish, end, leave, come, step, burst };
  struct Entry {
    Due what;
    std::uint32_t index;   // of an instance or a person
    std::uint32_t serial;  // of the instance, or of the process life
  };
  enum class Ending : std::uint8_t { with_hook, unseen };

  void due(const Entry& entry);
  void schedule(base::Milliseconds after, Due what, std::uint32_t index, std::uint32_t serial = 0);
  Instance* instance_of(const Entry& entry);
  Instance* named(std::string_view common_name);
  std::uint32_t slot_of(const Instance& instance) const;

  void connect(std::uint32_t person);
  void establish(Instance& instance);
  void refuse(Instance& instance);
  void announce(const Instance& instance, const std::vector<std::string>& environment);
  void end(Instance& instance, Ending ending);
  void come_back(std::uint32_t person, base::Milliseconds after);
  void come_later(std::uint32_t person);
  base::Milliseconds session_length(const Person& person);
  void place(Instance& instance);
  Account account_of(const Instance& instance) const;

  void catch_up(Instance& instance);
  void packet(Instance& instance);
  void report(Instance& instance);
  void burst();
  void mute(Instance& instance);
  void float_to_new_address(Instance& instance);
  void write_real_text(Instance& instance);

  void step();
  void end_all(Ending ending);
  void enter(std::string_view state, std::string_view detail, bool with_address);
  void come_up();
  void go_down();
  void spawn();

  ServerSettings settings_;
  std::vector<Person> people_;
  Outside outside_;
  Random random_;
  TimerWheel<Entry> wheel_;
  LocalTimes local_times_;
  base::Time now_;
  base::Time started_at_;
  Life life_ = Life::down;
  std::string closing_signal_;
  std::uint32_t process_id_ = 0;
  std::uint32_t lives_ = 0;  // processes and restarts so far
  std::uint64_t next_client_id_ = 0;
  std::vector<Instance> instances_;
  std::vector<std::uint32_t> free_instances_;
  std::unordered_map<std::uint64_t, std::uint32_t> by_client_id_;
  std::vector<std::uint32_t> free_pool_;
  std::uint32_t next_pool_index_ = 0;
  std::vector<std::uint32_t> waiting_people_;  // who come as soon as the server is there
  std::vector<std::string> state_rows_;
  Monitor monitor_;
  std::uint32_t burst_serial_ = 0;
  std::string output_;
  bool frozen_ = false;
  std::uint64_t rx_bytes_ = 0;
  std::uint64_t tx_bytes_ = 0;
};

}  // namespace davylamp::sim
