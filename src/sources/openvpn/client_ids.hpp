#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace davylamp::openvpn {

// Remembers the client ids of one status text to find one that occurs twice: the mark of a torn read.
class ClientIds {
 public:
  struct Repeated {
    std::uint64_t client_id;
    std::size_t line;  // of the second occurrence
  };

  void add(std::uint64_t client_id, std::size_t line) { seen_.push_back({client_id, line}); }
  std::optional<Repeated> find_repeated() const;

 private:
  std::optional<Repeated> find_among_dense(std::uint64_t lowest, std::uint64_t span) const;
  std::optional<Repeated> find_among_sparse() const;

  std::vector<Repeated> seen_;
};

}  // namespace davylamp::openvpn
