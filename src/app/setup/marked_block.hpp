// Lines of ours in a file of somebody else, between "# davylamp: begin LABEL" and "# davylamp: end". Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace davylamp::app {

// `text` with the block at its end, in the file's own line ends. A last line without an end gets one.
std::string with_block(std::string_view text, std::string_view label, const std::vector<std::string>& lines);
// As with_block(), but the block replaces one of that label; a text that has the very block already is not touched.
std::string put_block(std::string_view text, std::string_view label, const std::vector<std::string>& lines);
// `text` without the blocks of that label, or without all blocks when `label` is empty. A block that is not closed is
// left where it is: what is behind it may be the operator's.
std::string without_block(std::string_view text, std::string_view label);
bool has_block(std::string_view text);

}  // namespace davylamp::app
