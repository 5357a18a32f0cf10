#pragma once

#include <array>
#include <string_view>

#include "sources/openvpn/status_reader.hpp"

// The fixed words of status texts.
namespace davylamp::openvpn::status_text {

inline constexpr std::string_view title1 = "OpenVPN CLIENT LIST";
inline constexpr std::string_view statistics_title = "OpenVPN STATISTICS";
inline constexpr std::string_view client_header1 = "Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since";
inline constexpr std::string_view route_header1 = "Virtual Address,Common Name,Real Address,Last Ref";
inline constexpr std::string_view updated = "Updated,";
inline constexpr std::string_view routes1 = "ROUTING TABLE";
inline constexpr std::string_view global1 = "GLOBAL STATS";
inline constexpr std::string_view end = "END";

inline constexpr std::array<std::string_view, 6> tags{"TITLE",       "TIME",          "HEADER",
                                                      "CLIENT_LIST", "ROUTING_TABLE", "GLOBAL_STATS"};

// True for a line of a version 2 or 3 text, by the tag it begins with.
bool is_tagged(std::string_view line);

// What the first telling line of a text says about its format.
StatusFormat sniff_format(std::string_view text);

// "2.6.14" of "OpenVPN 2.6.14 x86_64-…"; empty when there is no version number.
std::string_view openvpn_version(std::string_view title);

}  // namespace davylamp::openvpn::status_text
