// Keeps the store usable for the daemon when root adds an account.
#pragma once

#include <string>

namespace davylamp::app {

// When it ends: files of the store that root made in a folder of someone else (the daemon's user) become that user's.
// Make it before the store is opened. Does nothing for anyone but root.
class StoreOwner {
 public:
  explicit StoreOwner(std::string path) : path_(std::move(path)) {}
  StoreOwner(const StoreOwner&) = delete;
  StoreOwner& operator=(const StoreOwner&) = delete;
  ~StoreOwner();

 private:
  std::string path_;
};

}  // namespace davylamp::app
