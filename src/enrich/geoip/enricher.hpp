// Places for addresses, from MMDB files on this machine.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "contract/enricher.hpp"
#include "enrich/geoip/attribution.hpp"
#include "enrich/geoip/config.hpp"
#include "enrich/geoip/database.hpp"
#include "enrich/geoip/known.hpp"

namespace davylamp::geoip {

// Works with any subset of the files, also none: then it only tells private and reserved ranges from public ones. All
// calls from one thread. Without network, without disk access after opening (the pages of the file aside).
class Enricher : public contract::Enricher {
 public:
  // Empty lists of `config` are filled from `directories`. A file that cannot be read is a problem, not a failure.
  explicit Enricher(Config config, std::vector<std::string> directories = {});

  // Classified before any lookup: databases name countries for documentation ranges too.
  model::Place place(const model::Address& address) const override;

  // Opens what is new or changed and then drops the old. A changed file that cannot be read leaves the old one in use.
  // One sentence per file that was loaded, lost or refused; a refusal that was told is not told again.
  std::vector<std::string> reload_if_changed();

  // Gives the mapped pages back after a burst of lookups, and all that was kept to make them fast; see
  // Database::let_go().
  void let_go() const;

  // What is wrong now, one sentence per file, naming its path.
  std::vector<std::string> problems() const;
  // What the licences of the files in use ask to show; each once.
  std::vector<Attribution> attribution() const;
  // Lookups that met damage in a file.
  std::uint64_t faults() const { return faults_; }
  // The paths in use.
  std::vector<std::string> files() const;

 private:
  struct Slot {
    std::string path;
    std::unique_ptr<Database> database;  // null while there is no readable one
    // What the database said; at most one of the two is used.
    mutable KnownRecords<KnownPlace> places;
    mutable KnownRecords<KnownNetwork> networks;
    std::optional<FileStamp> refused;  // the state of the file that could not be read
    std::string problem;               // empty when all is well
  };
  using Slots = std::vector<Slot>;

  static void adopt(Slots& slots, const std::vector<std::string>& paths);
  static void refresh(Slot& slot, std::vector<std::string>& told);
  template <class Read>
  void ask(const Slots& slots, const model::Address& address, Read read) const;
  template <class Visit>
  void each_slot(Visit visit) const;

  Config config_;
  std::vector<std::string> directories_;
  Slots city_;
  Slots country_;
  Slots asn_;
  mutable std::uint64_t faults_ = 0;
};

}  // namespace davylamp::geoip
