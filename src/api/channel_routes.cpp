// Channels: where messages go, and whether they arrive.
#include <algorithm>

#include "api/audit_line.hpp"
#include "api/body.hpp"
#include "api/dto/house.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

// So many of the newest are looked through for each channel's last.
constexpr std::size_t deliveries_looked_at = 500;

}  // namespace

io::Task<Response> get_channels(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  const auto deliveries = co_await resources.reader.call(
      [](contract::StoreReader& reader) { return reader.deliveries(0, deliveries_looked_at); });
  ChannelList list{resources.alerting.channels};
  for (auto& channel : list.items) {
    const auto last = std::ranges::find(deliveries, channel.name, &model::Delivery::channel);
    if (last != deliveries.end()) channel.last_delivery = delivery_view(*last);
  }
  co_return json_response(list);
}

// A provider that refuses is an answer, too: `ok` is false then.
io::Task<Response> post_channel_test(Resources& resources, const Call& call) {
  const auto& request = call.request;
  const auto reason = read_reason(request, Need::optional);
  if (!reason) co_return reason.error();
  const auto& channels = resources.alerting.channels;
  if (std::ranges::find(channels, call.parameter(), &Channel::name) == channels.end())
    co_return refusal_response(request, {404, "not-found", "There is no such channel.", std::nullopt});
  auto ticket = resources.actions.open();
  if (!ticket) {
    co_return refusal_response(request,
                               {503, "busy", "Too many actions wait to be done. Try again.", base::Seconds{2}});
  }
  co_await write_audit(resources, call, {"channel_tested", call.parameter(), *reason});
  resources.effects.issue(
      {ticket->command(), resources.clock.now() + resources.actions.patience(), model::TestChannel{call.parameter()}});
  const auto outcome = co_await ticket->outcome();
  if (outcome) co_return json_response(ActionResult{outcome->ok, outcome->text});
  const std::string detail = "The channel's provider did not answer in time; the message may still arrive.";
  co_return refusal_response(request, {409, "no-answer", detail, std::nullopt});
}

}  // namespace davylamp::api
