#include "api/live_connection.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/codec_read.hpp"

namespace davylamp::api {

HubConnection::~HubConnection() {
  if (viewer_->hub != nullptr) viewer_->hub->leave(*viewer_);
}

io::Task<std::shared_ptr<const std::string>> HubConnection::next() {
  const auto viewer = viewer_;
  while (viewer->hub != nullptr && !viewer->closed) {
    if (viewer->needs_snapshot) {
      viewer->needs_snapshot = false;
      co_return viewer->hub->snapshot(*viewer);
    }
    if (!viewer->frames.empty()) {
      auto frame = std::move(viewer->frames.front());
      viewer->frames.erase(viewer->frames.begin());
      co_return frame;
    }
    boost::system::error_code woken;
    co_await viewer->wake.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
  }
  co_return nullptr;
}

void HubConnection::received(std::string_view text) {
  if (viewer_->hub == nullptr) return;
  if (base::json::read<ViewerMessage>(text)) {
    viewer_->hub->ask_snapshot(*viewer_);
  } else {
    viewer_->hub->bad_message();
  }
}

}  // namespace davylamp::api
