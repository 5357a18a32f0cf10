// The channels that the configuration names.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "app/config.hpp"
#include "app/delivery/rate_cap.hpp"
#include "contract/notifier.hpp"
#include "core/alerts/alert_engine.hpp"
#include "notify/words/composer.hpp"

namespace davylamp::app {

struct Channel {
  core::AlertChannel rules;
  notify::Composer composer;
  RateCap cap;
  std::unique_ptr<contract::Notifier> notifier;
};

struct ChannelNeeds {
  const base::Clock& clock;
  const base::Zones& zones;
  std::function<bool()> stopping;  // asked from the channels' threads
};

std::vector<Channel> open_channels(const NotifyConfig& config, const ChannelNeeds& needs);

}  // namespace davylamp::app
