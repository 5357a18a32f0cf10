// What a configuration must satisfy beyond types.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/config.hpp"

namespace davylamp::app {

// "path: what is wrong", all of them.
std::vector<std::string> broken_rules(const Config& config);
std::vector<std::string> broken_store_rules(const StoreConfig& store);
// Those of the sources besides what is OpenVPN's alone.
std::vector<std::string> broken_source_rules(const SourceConfig& sources);
// Those of the channels that messages go by.
std::vector<std::string> broken_notify_rules(const NotifyConfig& notify);
// Those of where agents report to, and of the canary zone.
std::vector<std::string> broken_hub_rules(const Config& config);
// Those of how the roles meet.
std::vector<std::string> broken_bus_rules(const BusConfig& bus);
// Those of the directory and the identity provider.
std::vector<std::string> broken_account_rules(const Config& config);
std::vector<std::string> broken_uplink_rules(const Config& config);
// Those of who may ask, through whom, and how often.
std::vector<std::string> broken_front_rules(const Config& config);

// Whether `zone` is spelt like an IANA name: "UTC", "Europe/Berlin", "Etc/GMT+3". Whether this host knows it is not
// asked here.
bool is_zone_name(std::string_view zone);

}  // namespace davylamp::app
