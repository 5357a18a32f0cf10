#include "notify/words/catalogue.hpp"

namespace davylamp::notify {
namespace {

using enum model::ConditionKind;

constexpr ConditionWords conditions[] = {
    {agent_down, "{subject} is silent",
     "No heartbeat came in time.[ The last one was at {since}.][ One is expected every {expected}.][ Site: {site}.]",
     "{subject} reports again"},
    {agent_failed, "{subject} reports a failure", "It said so itself.[ {detail}]",
     "{subject} no longer reports a failure"},
    {agent_bypass, "{subject} bypasses its tunnel",
     "Its traffic leaves by a real address of its site, not by the tunnel.[ Exit: {exit}.][ Country: {country}.]"
     "[ Network: {network}.]",
     "{subject} uses its tunnel again"},
    {agent_dns_leak, "{subject} leaks DNS",
     "Its names are looked up outside the tunnel.[ Resolver: {resolver}.][ It is in {resolver_country}.][ The exit is "
     "in "
     "{country}.]",
     "{subject} no longer leaks DNS"},
    {agent_ipv6_leak, "{subject} leaks IPv6", "IPv6 leaves beside the tunnel.[ {detail}]",
     "{subject} no longer leaks IPv6"},
    {agent_unexpected_exit, "{subject} leaves at an unexpected exit",
     "Its traffic leaves elsewhere than it should.[ Exit: {exit}.][ Country: {country}.][ Network: {network}.]"
     "[ Expected: {expected}.]",
     "The exit of {subject} is as expected again"},
    {agent_exit_changed, "{subject} has another exit",
     "The tunnel's public address changed.[ Now: {exit}.][ Country: {country}.][ Network: {network}.]",
     "The exit of {subject} stays as it is"},
    {agent_tunnel_down, "The tunnel of {subject} is down", "The agent is alive and says so.[ {detail}]",
     "The tunnel of {subject} is up again"},
    {agent_degraded, "The tunnel of {subject} is worse than usual", "Loss or latency is high.[ {detail}]",
     "The tunnel of {subject} is as good as usual"},
    {site_down, "Many agents are silent at once[: {site}]",
     "[{count|agent|agents} fell silent together][ of {limit}]. They are not told of one by one.",
     "The agents report again[: {site}]"},
    {server_down, "Server {subject} is down", "It cannot be reached.[ {detail}]", "Server {subject} is up again"},
    {server_degraded, "Server {subject} is not well", "Its answers are late or missing.[ {detail}]",
     "Server {subject} is well again"},
    {quota_near, "{subject} has used most of a limit",
     "[{detail} used][ of {limit}][ ({percent} %)].[ It resets at {time}.]",
     "{subject} is well within the limit again"},
    {quota_reached, "{subject} has reached a limit", "[{detail} used][ of {limit}].[ It resets at {time}.]",
     "{subject} is within the limit again"},
    {user_connected, "{subject} connected",
     "User {subject} connected[ to {detail}].[ Country: {country}.][ City: {city}.]"
     "[ Network: {network}.]",
     "{subject} connected"},
    {user_disconnected, "{subject} disconnected", "User {subject} disconnected[ from {detail}].",
     "{subject} disconnected"},
    {user_new_country, "{subject} is in a new country",
     "User {subject} came from a country not seen before.[ Country: {country}.][ City: {city}.][ Network: {network}.]"
     "[ Before: {before}.]",
     "{subject} is in a new country"},
    {user_absent, "{subject} has not connected", "User {subject} did not connect by {time}.[ {detail}]",
     "{subject} connected after all"},
    {user_returns, "{subject} keeps coming back", "The user is refused and tries again and again.[ {detail}]",
     "{subject} has stopped trying"},
    {attempts_many, "Many attempts at {subject}", "Far more attempts than usual.[ Count: {count}.][ {detail}]",
     "Attempts at {subject} are as usual again"},
    {certificate_expires, "A certificate of {subject} runs out",
     "[It ends at {time}.][ {count|day is|days are} left.][ {detail}]", "The certificates of {subject} are good again"},
    {job_failed, "The job {subject} failed", "It did not do its work.[ {detail}]", "The job {subject} works again"},
    {warning, "Early warning: {subject}", "Something is changing.[ {detail}]", "Early warning passed: {subject}"},
};

}  // namespace

constinit const Catalogue english{
    .frame = {.again = "Still: {title}",
              .began = "Since {began}",
              .lasted = "It lasted {duration}: from {began} to {ended}",
              .so_far = "For {duration}, since {began}",
              .others = "And {others|more incident|more incidents}[: {names}].",
              .acknowledge = "Acknowledge",
              .test_title = "Davylamp: a test",
              .test_text = "This is a test of the channel {channel}. If you can read it, it works.",
              .seconds = "{n|second|seconds}",
              .minutes = "{n|minute|minutes}",
              .hours = "{n|hour|hours}",
              .days = "{n|day|days}"},
    .bot =
        {.ping = "Pong. Davylamp is alive; it is {time}.",
         .help =
             "/ping - is Davylamp alive\n/status - servers and tunnels\n/who - who is inside\n/top - who moves most\n"
             "/quota USER - how a user's limits stand\n/help - this list",
         .nothing_watched = "No server and no agent is known yet.",
         .server_line = "Server {name}: {state}, {count|user|users}",
         .agent_line = "Tunnel {name}: {state}[, exit {exit}][ in {country}][, heard {ago} ago]",
         .users_inside = "{count|session is|sessions are} open.",
         .nobody_inside = "Nobody is inside.",
         .user_line = "{name} on {server}[, {country}], for {since}: {down} down, {up} up",
         .more = "and {count|more|more}",
         .top_heading = "Most moved in open sessions:",
         .which_user = "Whose? Write /quota USER.",
         .no_limit = "No limit binds {name}.",
         .quota_line = "{used} of {allowed} used ({percent} %)[, resets at {time}]",
         .quota_stopped = "Nothing is left.",
         .acknowledged = "Acknowledged by {name}",
         .noted = "Acknowledged"},
    .conditions = conditions};

}  // namespace davylamp::notify
