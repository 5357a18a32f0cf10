// From the configuration's words to the source's own.
#pragma once

#include "app/config.hpp"
#include "sources/openvpn/source.hpp"

namespace davylamp::app {

inline openvpn::Config to_source_config(const OpenvpnConfig& config) {
  openvpn::Config out;
  out.name = config.name;
  out.management = config.management;
  out.password_file = config.password_file;
  out.poll_seconds = config.poll_seconds;
  out.bytecount_seconds = config.bytecount_seconds;
  if (config.address) out.address = config.address->to_string();
  if (config.transport) out.transport = std::string(base::json::enum_name(*config.transport));
  out.lab = config.lab;
  return out;
}

}  // namespace davylamp::app
