// A viewer's end of the hub.
#pragma once

#include <memory>

#include "api/live_hub.hpp"

namespace davylamp::api {

class HubConnection : public LiveConnection {
 public:
  explicit HubConnection(std::shared_ptr<Viewer> viewer) : viewer_(std::move(viewer)) {}
  ~HubConnection() override;
  HubConnection(const HubConnection&) = delete;
  HubConnection& operator=(const HubConnection&) = delete;
  io::Task<std::shared_ptr<const std::string>> next() override;
  void received(std::string_view text) override;

 private:
  std::shared_ptr<Viewer> viewer_;
};

}  // namespace davylamp::api
