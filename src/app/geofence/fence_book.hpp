// Talks: what is kept of fences in the state directory.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/geofence/fence.hpp"

namespace davylamp::app {

struct StandingFence {
  FenceRequest request;
  bool allows = true;
  std::uint64_t generation = 0;
  base::Time since_at{};                 // when its counters began
  base::Time compiled_at{};              // from the databases of that day
  std::optional<base::Time> expires_at;  // while it is tried
  std::vector<FenceShare> shares;
};
BOOST_DESCRIBE_STRUCT(StandingFence, (), (request, allows, generation, since_at, compiled_at, expires_at, shares))

struct FenceEntry {
  std::string service;
  std::optional<StandingFence> kept;   // confirmed
  std::optional<StandingFence> tried;  // judges until it is confirmed or its time is over
  FenceId id_of(const StandingFence& fence) const;
};
BOOST_DESCRIBE_STRUCT(FenceEntry, (), (service, kept, tried))

// Read and written whole; readable by the daemon.
struct FenceList {
  std::vector<FenceEntry> fences;
};
BOOST_DESCRIBE_STRUCT(FenceList, (), (fences))

class FenceBook {
 public:
  explicit FenceBook(const std::string& state_directory) : folder_(state_directory + "/geofence") {}

  // Keeps other commands out until the end of its life. Throws Failure where the folder cannot be made.
  class Lock {
   public:
    explicit Lock(const std::string& folder);
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock();

   private:
    int file_;
  };
  Lock lock() const { return Lock(folder_); }

  // Empty when there is none; throws Failure for what is no such list.
  FenceList read() const;
  // Throws Failure. Rules that no fence of the list has are removed.
  void write(const FenceList& list) const;
  // The rules as they were applied: fence_definition()'s text.
  std::optional<std::string> rules(const FenceId& id) const;
  void keep_rules(const FenceId& id, std::string_view text) const;

 private:
  std::string rules_path(const FenceId& id) const;
  std::string folder_;
};

}  // namespace davylamp::app
