#include "notify/words/catalogue.hpp"

#include <algorithm>

namespace davylamp::notify {

const Catalogue& catalogue(Language language) {
  switch (language) {
    case Language::fa:
      return persian;
    case Language::ru:
      return russian;
    case Language::en:
      break;
  }
  return english;
}

const ConditionWords& words_for(Language language, model::ConditionKind condition) {
  const auto& all = catalogue(language).conditions;
  const auto found = std::ranges::find(all, condition, &ConditionWords::condition);
  return found == all.end() ? all.back() : *found;
}

}  // namespace davylamp::notify
