// The key of keyed_hash: made at random, thrown away after its time.
#pragma once

#include <array>
#include <string>

#include "base/time.hpp"

namespace davylamp::app {

// One file in the state directory holds the key and since when it counts, so that a restart changes nothing. When its
// time is over it is overwritten: what was hashed with it can then not be recognised again, by us either.
class RotatingKey {
 public:
  using Key = std::array<unsigned char, 32>;
  // Throws Failure that names the file. `path` is made with mode 0600.
  RotatingKey(std::string path, base::Seconds lifetime, base::Time now);
  // Makes a new key when the time of this one is over, or the clock went back behind its beginning. Throws Failure.
  void renew(base::Time now);
  const Key& key() const { return key_; }
  base::Time since() const { return since_; }

 private:
  bool load();
  void make(base::Time now);
  std::string path_;
  base::Seconds lifetime_;
  Key key_{};
  base::Time since_{};
};

}  // namespace davylamp::app
