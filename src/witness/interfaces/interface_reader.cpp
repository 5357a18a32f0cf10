#include "witness/interfaces/interface_reader.hpp"

#include <linux/rtnetlink.h>
#include <poll.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/result.hpp"
#include "io/netlink.hpp"
#include "witness/interfaces/link_messages.hpp"

namespace davylamp::interfaces {
namespace {

constexpr int answer_within_milliseconds = 2'000;
constexpr std::size_t event_bytes = std::size_t{1} << 20U;
constexpr unsigned events_at_a_stretch = 4'096;

// The kernel's interfaces as they are now: its two sockets, one for questions and one that hears of changes.
class Rtnetlink {
 public:
  Rtnetlink()
      : changes_(unused_.get_executor(),
                 {.protocol = NETLINK_ROUTE, .groups = RTMGRP_LINK, .receive_bytes = event_bytes}),
        questions_(unused_.get_executor(), {.protocol = NETLINK_ROUTE}) {}

  // The kernel's error number; 0: done.
  template <class Take>
  int dump(std::vector<std::byte> (*request)(std::uint32_t), Take&& take) {
    const auto sequence = ++sequence_;
    questions_.send(request(sequence));
    std::optional<int> error;
    while (!error) {
      pollfd waiting{questions_.native_handle(), POLLIN, 0};
      if (::poll(&waiting, 1, answer_within_milliseconds) != 1)
        throw base::Failure("netlink", "the kernel did not list its interfaces in time");
      questions_.read([&](std::span<const std::byte> datagram) {
        io::for_each_message(datagram, [&](const io::NetlinkMessage& message) {
          if (message.sequence != sequence) return;
          if (message.type == NLMSG_DONE) error = 0;
          if (message.type == NLMSG_ERROR) error = -io::read_value<int>(message.body);
          if (message.type != NLMSG_DONE && message.type != NLMSG_ERROR) take(message);
        });
      });
    }
    return *error;
  }

  // False when changes were lost: then everything must be listed anew.
  template <class Take>
  bool changes(Take&& take) {
    return changes_.read([&](std::span<const std::byte> datagram) { io::for_each_message(datagram, take); },
                         events_at_a_stretch) != io::Netlink::Read::overrun;
  }

 private:
  boost::asio::io_context unused_;
  io::Netlink changes_;
  io::Netlink questions_;
  std::uint32_t sequence_ = 0;
};

class Reader : public InterfaceReader {
 public:
  std::vector<model::InterfaceFacts> read(const std::vector<std::string>& patterns) override {
    try {
      follow();
      if (patterns != patterns_ || changed_) choose(patterns);
      if (!chosen_.empty()) count();
      return chosen_;
    } catch (...) {
      kernel_.reset();
      throw;
    }
  }

 private:
  void follow() {
    const bool fresh = !kernel_;
    if (fresh) kernel_.emplace();
    if (kernel_->changes([this](const io::NetlinkMessage& message) { note(message); }) && !fresh) return;
    links_.clear();
    changed_ = true;
    const int error = kernel_->dump(links_request, [this](const io::NetlinkMessage& message) { note(message); });
    if (error != 0)
      throw base::Failure("netlink", std::string("the kernel did not list its interfaces: ") + std::strerror(error));
  }

  void note(const io::NetlinkMessage& message) {
    if (message.type != RTM_NEWLINK && message.type != RTM_DELLINK) return;
    auto link = read_link(message.body);
    if (!link) return;
    changed_ = true;
    if (message.type == RTM_DELLINK) {
      links_.erase(link->index);
    } else {
      links_[link->index] = std::move(*link);
    }
  }

  void choose(const std::vector<std::string>& patterns) {
    std::vector<const Link*> matching;
    for (const auto& [index, link] : links_) {
      if (std::ranges::any_of(patterns, [&](const auto& pattern) { return name_matches(pattern, link.name); }))
        matching.push_back(&link);
    }
    std::ranges::sort(matching, {}, &Link::name);
    chosen_.clear();
    places_.clear();
    for (const auto* link : matching) {
      places_[link->index] = chosen_.size();
      chosen_.push_back({.name = link->name, .kind = link->kind, .up = link->up});
    }
    patterns_ = patterns;
    changed_ = false;
  }

  void count() {
    int error = EOPNOTSUPP;
    if (has_stats_) {
      error = kernel_->dump(stats_request, [this](const io::NetlinkMessage& message) {
        const auto place = places_.find(stats_index(message.body));
        if (place != places_.end()) read_stats(message.body, chosen_[place->second]);
      });
    }
    if (error == EOPNOTSUPP || error == EINVAL) {
      has_stats_ = false;
      error = kernel_->dump(links_request, [this](const io::NetlinkMessage& message) {
        const auto link = read_link(message.body);
        const auto place = link ? places_.find(link->index) : places_.end();
        if (place != places_.end()) read_link_stats(message.body, chosen_[place->second]);
      });
    }
    if (error != 0)
      throw base::Failure("netlink", std::string("the kernel did not count its interfaces: ") + std::strerror(error));
  }

  std::optional<Rtnetlink> kernel_;  // made by the first read, in that thread's namespace
  boost::unordered_flat_map<int, Link> links_;
  boost::unordered_flat_map<int, std::size_t> places_;  // in `chosen_`, by index
  std::vector<model::InterfaceFacts> chosen_;
  std::vector<std::string> patterns_;
  bool changed_ = false;
  bool has_stats_ = true;
};

}  // namespace

std::unique_ptr<InterfaceReader> make_interface_reader() {
  return std::make_unique<Reader>();
}

}  // namespace davylamp::interfaces
