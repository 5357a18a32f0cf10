#include "bus/uplink/spool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/result.hpp"
#include "base/testing/temporary_directory.hpp"
#include "bus/uplink/protocol.hpp"

namespace davylamp::uplink {
namespace {

const model::SourceId udp{"node", "openvpn", "udp"};
const model::SourceId tcp{"node", "openvpn", "tcp"};
using Sequences = std::vector<std::uint64_t>;

class SpoolTest : public testing::Test {
 protected:
  // Another life of the collector: what the one before has not written is gone.
  void begin_life(std::uint64_t most_bytes = 1'000'000) {
    spool_.reset();
    spool_.emplace(Spool::Options{folder_.path(), most_bytes});
    ++boot_;
    spool_->begin_boot(boot_);
    sequences_.clear();
  }
  Spool::Item make(const model::SourceId& source, model::Fact fact) {
    return std::make_shared<const model::Observation>(
        model::Observation{source, boot_, ++sequences_[source], base::Time{}, std::move(fact)});
  }
  void refuse(std::size_t count, const model::SourceId& source = udp) {
    std::vector<Spool::Item> items;
    for (std::size_t i = 0; i < count; ++i)
      items.push_back(make(source, model::LoginRefused{"eve", {}, {}, "blocked"}));
    spool_->append(items);
  }
  void move(std::size_t count) {
    std::vector<Spool::Item> items;
    for (std::size_t i = 0; i < count; ++i)
      items.push_back(make(udp, model::PeersMoved{{{"a", {sequences_[udp] + 1, 0}}}}));
    spool_->append(items);
  }
  // Until the end, or until something is held back.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> read(bool impatient = false) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
    for (;;) {
      const auto piece = spool_->take(200, impatient);
      std::string_view rest = piece.text;
      while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() + 1);
        const auto message = read_from_collector(line);
        const auto& observation = std::get<Observed>(*message).observation;
        all.emplace_back(observation.boot, observation.sequence);
      }
      state_ = piece.state;
      if (state_ == Spool::State::end || state_ == Spool::State::held_back) return all;
    }
  }
  Sequences sequences(bool impatient = false) {
    Sequences all;
    for (const auto& [boot, sequence] : read(impatient)) all.push_back(sequence);
    return all;
  }
  std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      if (entry.path().extension() == ".spool") found.push_back(entry.path());
    }
    std::ranges::sort(found);
    return found;
  }

  base::TemporaryDirectory folder_;
  std::optional<Spool> spool_;
  std::uint64_t boot_ = 100;
  std::map<model::SourceId, std::uint64_t> sequences_;
  Spool::State state_ = Spool::State::more;
};

TEST_F(SpoolTest, GivesEachOnceInOrderAndAllAgainAfterARewind) {
  begin_life();
  refuse(3);
  refuse(2);
  EXPECT_EQ(sequences(), (Sequences{1, 2, 3, 4, 5}));
  refuse(1);
  EXPECT_EQ(sequences(), (Sequences{6}));
  spool_->rewind();
  EXPECT_EQ(sequences().size(), 6U);
}

TEST_F(SpoolTest, WhatIsAcknowledgedIsNeitherGivenNorKept) {
  begin_life();
  refuse(5);
  spool_->acknowledge({{udp, boot_, 2}});
  EXPECT_EQ(sequences(), (Sequences{3, 4, 5}));
  spool_->acknowledge({{udp, boot_, 5}});
  EXPECT_TRUE(spool_->empty());
  EXPECT_TRUE(files().empty());
  EXPECT_EQ(spool_->stats().waiting, 0U);
  EXPECT_EQ(spool_->stats().bytes, 0U);
}

TEST_F(SpoolTest, SurvivesTheEndOfTheProgramWithWhatWasAcknowledged) {
  begin_life();
  refuse(5);
  spool_->acknowledge({{udp, boot_, 2}});
  begin_life();
  EXPECT_EQ(sequences(), (Sequences{3, 4, 5}));
}

TEST_F(SpoolTest, AFormerLifeGoesFirstAndMustBeStoredBeforeTheNext) {
  begin_life();
  refuse(3);
  const auto former = boot_;
  begin_life();
  refuse(2);
  EXPECT_EQ(sequences(), (Sequences{1, 2, 3}));
  EXPECT_EQ(state_, Spool::State::held_back);
  spool_->acknowledge({{udp, former, 3}});
  EXPECT_EQ(sequences(), (Sequences{1, 2}));
  EXPECT_EQ(state_, Spool::State::end);
}

TEST_F(SpoolTest, WhatIsInMemoryWaitsForAFormerLifeToo) {
  begin_life();
  refuse(1);
  const auto former = boot_;
  begin_life();
  sequences();
  EXPECT_EQ(state_, Spool::State::held_back);
  spool_->acknowledge({{udp, former, 1}});
  sequences();
  EXPECT_EQ(state_, Spool::State::end);
}

TEST_F(SpoolTest, PatienceEnds) {
  begin_life();
  refuse(1);
  begin_life();
  refuse(2);
  EXPECT_EQ(read(true), (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{boot_ - 1, 1}, {boot_, 1}, {boot_, 2}}));
  spool_->acknowledge({{udp, boot_, 1}});
  spool_->rewind();
  EXPECT_EQ(sequences(), (Sequences{2}));
}

TEST_F(SpoolTest, ABootThatNobodyKnowsSaysNothing) {
  begin_life();
  refuse(2);
  spool_->acknowledge({{udp, 7, 99}});
  EXPECT_EQ(sequences(), (Sequences{1, 2}));
}

TEST_F(SpoolTest, EverySourceMustHaveBeenStored) {
  begin_life();
  refuse(2, udp);
  refuse(2, tcp);
  spool_->acknowledge({{udp, boot_, 2}});
  EXPECT_FALSE(spool_->empty());
  EXPECT_EQ(sequences(), (Sequences{1, 2}));
  spool_->acknowledge({{tcp, boot_, 2}});
  EXPECT_TRUE(spool_->empty());
}

TEST_F(SpoolTest, ATornEndIsCutAndCounted) {
  begin_life();
  refuse(3);
  spool_.reset();
  const auto file = files().at(0);
  const auto size = std::filesystem::file_size(file);
  const auto copy = folder_.file("whole");
  std::filesystem::copy_file(file, copy);
  for (std::uintmax_t cut = size - 1; cut > size - 30; --cut) {
    std::filesystem::copy_file(copy, file, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(file, cut);
    begin_life();
    EXPECT_EQ(spool_->stats().torn, 1U);
    EXPECT_EQ(sequences(), (Sequences{1, 2})) << cut;
    spool_.reset();
  }
}

TEST_F(SpoolTest, ABitThatFellOverIsNotBelieved) {
  begin_life();
  refuse(3);
  spool_.reset();
  const auto file = files().at(0);
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(static_cast<std::streamoff>(std::filesystem::file_size(file) - 5));
  bytes.put('#');
  bytes.close();
  begin_life();
  EXPECT_EQ(sequences(), (Sequences{1, 2}));
  EXPECT_EQ(spool_->stats().torn, 1U);
}

TEST_F(SpoolTest, AFileThatIsNoneIsCountedAndLeftOut) {
  begin_life();
  refuse(1);
  std::ofstream(folder_.file("99.spool")) << "what is this?";
  begin_life();
  EXPECT_EQ(spool_->stats().torn, 1U);
  EXPECT_EQ(sequences(), (Sequences{1}));
}

TEST_F(SpoolTest, TheNewestCountersStayWhateverTheOutageLasts) {
  begin_life(400'000);
  for (int i = 0; i < 60; ++i) move(200);
  EXPECT_LE(spool_->stats().bytes, 400'000U);
  EXPECT_GT(spool_->stats().superseded, 0U);
  EXPECT_EQ(spool_->stats().lost, 0U);
  EXPECT_EQ(spool_->stats().dropped, 0U);
  EXPECT_EQ(sequences().back(), 12'000U);
}

TEST_F(SpoolTest, WhatDoesNotFitIsCounted) {
  begin_life(400'000);
  for (int i = 0; i < 60; ++i) refuse(200);
  EXPECT_LE(spool_->stats().bytes, 400'000U);
  EXPECT_GT(spool_->stats().lost, 0U);
  EXPECT_EQ(spool_->stats().lost + spool_->stats().waiting, 12'000U);
  const auto left = sequences();
  EXPECT_EQ(left.size(), spool_->stats().waiting);
  EXPECT_EQ(left.back(), 12'000U);
}

TEST_F(SpoolTest, TwoCollectorsDoNotShareOne) {
  begin_life();
  EXPECT_THROW(Spool({folder_.path(), 1'000'000}), base::Failure);
}

}  // namespace
}  // namespace davylamp::uplink
