// TimescaleDB, where the server has it: divides the same tables by time in its own way. Nothing of Davylamp needs it.
#pragma once

#include <string>

#include "contract/store.hpp"

namespace davylamp::postgres {

class Connection;

struct Timescale {
  bool usable = false;    // the extension is in this database, or could be put into it
  bool licensed = false;  // the edition that compresses
  std::string version;
  std::string said;  // one sentence for people
};

enum class Install { no, if_possible };
// With Install::if_possible the extension is put into the database when the server has it and the role may.
Timescale find_timescale(Connection& connection, Install install);
// Whether tables of this database are divided by it.
bool has_hypertables(Connection& connection);
// In a transaction: the tables of divided_tables become its own. Throws as statements do.
void make_hypertables(Connection& connection);
// What only the licensed edition can: compression of what is older than two days, and sums per quarter of an hour for
// people's own charts. Each on its own; what does not work is said in the sentence.
std::string tune_hypertables(Connection& connection);
// Whether rows of minutes are compressed. To delete one of them by a list would decompress all.
bool has_compressed_chunks(Connection& connection);
// As drop_parts().
std::uint64_t drop_chunks(Connection& connection, base::Time now, const contract::Retention& retention);

}  // namespace davylamp::postgres
