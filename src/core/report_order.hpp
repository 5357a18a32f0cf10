// Who reports after whom. A source names its peers in much the same order again and again, so the next one can be
// foreseen, and what is needed of those who follow can be fetched from memory meanwhile.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace davylamp::core {

// T has a member `std::size_t place` that belongs to the order while it is in it.
template <class T>
class ReportOrder {
 public:
  void add(T& one) {
    one.place = all_.size();
    all_.push_back(&one);
  }
  void remove(const T& one) {
    all_[one.place] = nullptr;
    if (++gaps_ * 2 > all_.size()) close_gaps();
  }
  // Whose turn it is after the last reported(), `ahead` turns later. Null when nothing is foreseen.
  T* next(std::size_t ahead = 0) const {
    if (all_.empty()) return nullptr;
    const auto place = turn_ + ahead;
    if (place < all_.size()) return all_[place];
    return place - all_.size() < all_.size() ? all_[place - all_.size()] : nullptr;
  }
  // Out of turn, it changes places with the one whose turn it was: after a round the order is the new one.
  void reported(T& one) {
    if (one.place != turn_) {
      auto& due = all_[turn_];
      if (due != nullptr) due->place = one.place;
      std::swap(due, all_[one.place]);
      one.place = turn_;
    }
    if (++turn_ == all_.size()) turn_ = 0;
  }

 private:
  void close_gaps() {
    std::erase(all_, nullptr);
    for (std::size_t i = 0; i < all_.size(); ++i) all_[i]->place = i;
    turn_ = 0;
    gaps_ = 0;
  }

  std::vector<T*> all_;
  std::size_t turn_ = 0;  // less than all_.size(), or 0
  std::size_t gaps_ = 0;
};

}  // namespace davylamp::core
