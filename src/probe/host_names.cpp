#include "probe/host_names.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::probe {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr base::Seconds longest_look{5};
constexpr std::chrono::minutes kept_for{10};
constexpr std::size_t most_names = 64;
constexpr std::size_t most_addresses = 8;

std::string_view family_text(std::optional<Family> family) {
  if (!family) return "";
  return *family == Family::v4 ? " IPv4" : " IPv6";
}

base::Failure no_address(const std::string& host, std::optional<Family> family) {
  return {"no_address", base::printable(host) + " has no" + std::string(family_text(family)) + " address"};
}

}  // namespace

// The C library cannot be interrupted: who asks goes on when the time is over, and its answer finds nobody.
struct HostNames::Look {
  explicit Look(const asio::any_io_executor& executor) : resolver(executor), timer(executor, longest_look) {}
  tcp::resolver resolver;
  asio::steady_timer timer;
  bool done = false;
  boost::system::error_code error;
  std::vector<asio::ip::address> addresses;

  void take(const boost::system::error_code& result, const tcp::resolver::results_type& found) {
    done = true;
    error = result;
    for (const auto& entry : found) {
      if (addresses.size() < most_addresses) addresses.push_back(entry.endpoint().address());
    }
    timer.cancel();
  }
};

io::Task<std::vector<asio::ip::address>> HostNames::ask(const std::string& host, std::optional<Family> family) {
  const auto look = std::make_shared<Look>(executor_);
  auto take = [look](const boost::system::error_code& error, const tcp::resolver::results_type& found) {
    look->take(error, found);
  };
  if (family) {
    look->resolver.async_resolve(*family == Family::v4 ? tcp::v4() : tcp::v6(), host, "", std::move(take));
  } else {
    look->resolver.async_resolve(host, "", std::move(take));
  }
  const auto [waited] = co_await look->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!look->done && waited) throw boost::system::system_error(waited);
  if (!look->done) throw base::Failure("timeout", "the name " + base::printable(host) + " was not resolved in time");
  if (look->error == asio::error::host_not_found_try_again)
    throw base::Failure("timeout", "the name " + base::printable(host) + " cannot be resolved now: no answer from DNS");
  if (look->error || look->addresses.empty()) throw no_address(host, family);
  co_return std::move(look->addresses);
}

io::Task<std::vector<tcp::endpoint>> HostNames::find(std::string host, std::uint16_t port,
                                                     std::optional<Family> family) {
  std::vector<tcp::endpoint> endpoints;
  boost::system::error_code not_an_address;
  const auto literal = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) {
    if (family && literal.is_v4() != (*family == Family::v4)) throw no_address(host, family);
    endpoints.emplace_back(literal, port);
    co_return endpoints;
  }
  const auto key = host + std::string(family_text(family));
  const auto known = known_.find(key);
  const auto now = std::chrono::steady_clock::now();
  if (known == known_.end() || known->second.until < now) {
    try {
      auto addresses = co_await ask(host, family);
      if (known_.size() >= most_names) known_.clear();
      known_[key] = {std::move(addresses), now + kept_for};
    } catch (const base::Failure& failure) {
      if (failure.error().code != "timeout" || !known_.contains(key)) throw;
    }
  }
  for (const auto& address : known_.at(key).addresses) endpoints.emplace_back(address, port);
  co_return endpoints;
}

}  // namespace davylamp::probe
