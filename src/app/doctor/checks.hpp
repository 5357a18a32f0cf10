// What is missing on a host, in words. Pure.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <vector>

#include "app/doctor/host_facts.hpp"

namespace davylamp::app {

enum class Health { ok, note, problem };
BOOST_DESCRIBE_ENUM(Health, ok, note, problem)

struct Diagnosis {
  std::string topic;  // "configuration", "store", "server udp" ...
  Health health = Health::ok;
  std::string text;    // what there is or what is wrong
  std::string remedy;  // the line to change or the command to run; empty when there is nothing to do
};
BOOST_DESCRIBE_STRUCT(Diagnosis, (), (topic, health, text, remedy))

// Every topic has at least one line.
std::vector<Diagnosis> diagnose(const HostFacts& facts);
// The part on one server.
std::vector<Diagnosis> diagnose_server(const ServerHostFacts& server, const HostFacts& host);

}  // namespace davylamp::app
