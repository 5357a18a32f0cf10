// The query of a request, checked.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/http.hpp"
#include "base/codec.hpp"
#include "contract/queries.hpp"

namespace davylamp::api {

// Reads parameters by name and gathers what is wrong with them, so that one answer can name everything. Ask for all
// that the call knows, then for refusal(): what was not asked for is unknown. An empty value counts as absent.
class Parameters {
 public:
  static constexpr std::size_t most_bytes = 512;  // of one value

  explicit Parameters(const Request& request) : request_(request) {}

  std::string text(const std::string& name);
  // Separated by commas; empty parts are left out.
  std::vector<std::string> list(const std::string& name);
  struct Range {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
  };
  std::optional<std::uint64_t> number(const std::string& name, Range range);
  // One of an enum's names.
  template <base::json::DescribedEnum E>
  E one_of(const std::string& name, E otherwise) {
    const auto value = text(name);
    if (value.empty()) return otherwise;
    if (const auto found = base::json::enum_value<E>(value)) return *found;
    complain(name, "is not one of " + names<E>());
    return otherwise;
  }
  // "user" or "-user".
  template <base::json::DescribedEnum E>
  std::optional<std::pair<E, contract::Direction>> sort() {
    auto value = text("sort");
    if (value.empty()) return std::nullopt;
    const bool down = value.starts_with('-');
    if (down) value.erase(0, 1);
    if (const auto found = base::json::enum_value<E>(value)) {
      return std::pair(*found, down ? contract::Direction::descending : contract::Direction::ascending);
    }
    complain("sort", "is not one of " + names<E>() + ", with \"-\" before it for descending");
    return std::nullopt;
  }
  // Adds a problem with a parameter that was read.
  void complain(const std::string& name, const std::string& what);
  // 400 naming every bad parameter, or nothing.
  std::optional<Response> refusal();

 private:
  template <base::json::DescribedEnum E>
  static std::string names() {
    std::string all;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
        [&](auto d) { all += (all.empty() ? "" : ", ") + std::string(base::json::enum_name(d.value)); });
    return all;
  }

  const Request& request_;
  std::set<std::string> asked_;
  std::vector<std::string> problems_;
};

}  // namespace davylamp::api
