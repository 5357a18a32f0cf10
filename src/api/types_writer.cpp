#include "api/types_writer.hpp"

#include <map>
#include <optional>
#include <string_view>
#include <type_traits>

#include "api/dto/about.hpp"
#include "api/dto/accounts.hpp"
#include "api/dto/agents.hpp"
#include "api/dto/alerts.hpp"
#include "api/dto/details.hpp"
#include "api/dto/house.hpp"
#include "api/dto/limits.hpp"
#include "api/dto/live.hpp"
#include "api/dto/map.hpp"
#include "api/dto/me.hpp"
#include "api/dto/nodes.hpp"
#include "api/dto/problem.hpp"
#include "api/dto/stats.hpp"
#include "api/dto/user_export.hpp"
#include "base/codec.hpp"
#include "contract/queries.hpp"

namespace davylamp::api {
namespace {

template <class T>
struct Named {
  std::string_view name;
};

// What each struct is called in TypeScript, in the order of the file.
constexpr std::tuple names{
    Named<Problem>{"Problem"},
    Named<Attribution>{"Attribution"},
    Named<About>{"About"},
    Named<Me>{"Me"},
    Named<LoginRequest>{"LoginRequest"},
    Named<SecondFactorAnswer>{"SecondFactorAnswer"},
    Named<OidcOption>{"OidcOption"},
    Named<LoginOptions>{"LoginOptions"},
    Named<AccountView>{"Account"},
    Named<AccountList>{"AccountList"},
    Named<NewAccountRequest>{"NewAccountRequest"},
    Named<AccountRequest>{"AccountRequest"},
    Named<PasswordRequest>{"PasswordRequest"},
    Named<model::ServerGroup>{"ServerGroup"},
    Named<ServerGroupList>{"ServerGroupList"},
    Named<ServerGroupRequest>{"ServerGroupRequest"},
    Named<ApiTokenView>{"ApiToken"},
    Named<ApiTokenList>{"ApiTokenList"},
    Named<ApiTokenRequest>{"ApiTokenRequest"},
    Named<IssuedApiToken>{"IssuedApiToken"},
    Named<EnrolmentRequest>{"EnrolmentRequest"},
    Named<Enrolment>{"Enrolment"},
    Named<CodeRequest>{"CodeRequest"},
    Named<RecoveryCodes>{"RecoveryCodes"},
    Named<SecondFactorRemoval>{"SecondFactorRemoval"},
    Named<model::Place>{"Place"},
    Named<model::WitnessReading>{"WitnessReading"},
    Named<model::Evidence>{"Evidence"},
    Named<model::Quality>{"Quality"},
    Named<model::Session>{"Session"},
    Named<model::Expiry>{"Expiry"},
    Named<model::WitnessFacts>{"WitnessFacts"},
    Named<model::InterfaceFacts>{"InterfaceFacts"},
    Named<model::FenceFacts>{"FenceFacts"},
    Named<model::Server>{"Server"},
    Named<model::Event>{"Event"},
    Named<contract::SessionPage>{"SessionPage"},
    Named<contract::EndpointRow>{"Endpoint"},
    Named<contract::TrafficPoint>{"TrafficPoint"},
    Named<contract::TrafficSeries>{"Traffic"},
    Named<SessionDetail>{"SessionDetail"},
    Named<contract::UserRow>{"User"},
    Named<contract::UserPage>{"UserPage"},
    Named<model::Period>{"Period"},
    Named<model::Counters>{"Counters"},
    Named<model::Limit>{"Limit"},
    Named<model::Grant>{"Grant"},
    Named<model::Reset>{"Reset"},
    Named<model::Block>{"Block"},
    Named<model::Group>{"Group"},
    Named<model::Limits>{"Limits"},
    Named<model::Quota>{"Quota"},
    Named<QuotaKey>{"QuotaKey"},
    Named<QuotaPage>{"QuotaPage"},
    Named<model::UsagePeriod>{"UsagePeriod"},
    Named<PeriodList>{"PeriodList"},
    Named<GrantRequest>{"GrantRequest"},
    Named<ResetRequest>{"ResetRequest"},
    Named<GroupRequest>{"GroupRequest"},
    Named<BlockRequest>{"BlockRequest"},
    Named<ReasonRequest>{"ReasonRequest"},
    Named<EndRequest>{"EndRequest"},
    Named<ActionResult>{"ActionResult"},
    Named<Erased>{"Erased"},
    Named<model::AuditEntry>{"AuditEntry"},
    Named<AuditList>{"AuditList"},
    Named<model::AuditCheck>{"AuditCheck"},
    Named<model::HouseJob>{"HouseJob"},
    Named<JobList>{"JobList"},
    Named<RoleLoss>{"RoleLoss"},
    Named<LossList>{"LossList"},
    Named<Privacy>{"Privacy"},
    Named<UserDetail>{"UserDetail"},
    Named<ExportedSession>{"ExportedSession"},
    Named<UserExport>{"UserExport"},
    Named<ServerList>{"ServerList"},
    Named<Today>{"Today"},
    Named<DayBefore>{"DayBefore"},
    Named<TopUser>{"TopUser"},
    Named<TopCountry>{"TopCountry"},
    Named<Stats>{"Stats"},
    Named<MapPoint>{"MapPoint"},
    Named<MapServer>{"MapServer"},
    Named<MapCountry>{"MapCountry"},
    Named<MapView>{"MapView"},
    Named<contract::HistoryPoint>{"HistoryPoint"},
    Named<History>{"History"},
    Named<EventPage>{"EventPage"},
    Named<contract::AttemptRow>{"Attempt"},
    Named<contract::CountryAttempts>{"CountryAttempts"},
    Named<contract::AttemptPage>{"AttemptPage"},
    Named<model::LookupAnswer>{"LookupAnswer"},
    Named<model::ExitReport>{"ExitReport"},
    Named<model::ResolverSighting>{"ResolverSighting"},
    Named<model::ResolverReport>{"ResolverReport"},
    Named<model::PathReport>{"PathReport"},
    Named<model::LinkReport>{"LinkReport"},
    Named<model::Heartbeat>{"Heartbeat"},
    Named<model::ExitExpectation>{"ExitExpectation"},
    Named<model::ResolverExpectation>{"ResolverExpectation"},
    Named<model::AgentSettings>{"AgentSettings"},
    Named<model::EvidenceLine>{"EvidenceLine"},
    Named<model::Finding>{"Finding"},
    Named<model::AgentExit>{"AgentExit"},
    Named<model::PathPoint>{"PathPoint"},
    Named<model::Learned>{"Learned"},
    Named<AgentView>{"Agent"},
    Named<NodeView>{"Node"},
    Named<UplinkEnd>{"UplinkEnd"},
    Named<NodeList>{"NodeList"},
    Named<EnrolRequest>{"EnrolRequest"},
    Named<IssuedNodeToken>{"IssuedNodeToken"},
    Named<AgentList>{"AgentList"},
    Named<model::AgentUptime>{"AgentUptime"},
    Named<model::AgentDay>{"AgentDay"},
    Named<model::AgentPatternHour>{"AgentPatternHour"},
    Named<model::Percentiles>{"Percentiles"},
    Named<model::AgentHistory>{"AgentHistory"},
    Named<AgentDetail>{"AgentDetail"},
    Named<TokenRequest>{"TokenRequest"},
    Named<IssuedToken>{"IssuedToken"},
    Named<model::ExitComparison>{"ExitComparison"},
    Named<ExitList>{"ExitList"},
    Named<model::AlertRule>{"AlertRule"},
    Named<AlertRuleList>{"AlertRuleList"},
    Named<model::Silence>{"Silence"},
    Named<SilenceList>{"SilenceList"},
    Named<model::IncidentMark>{"IncidentMark"},
    Named<model::Incident>{"Incident"},
    Named<contract::IncidentPage>{"IncidentPage"},
    Named<DeliveryView>{"Delivery"},
    Named<IncidentDetail>{"IncidentDetail"},
    Named<Channel>{"Channel"},
    Named<ChannelList>{"ChannelList"},
    Named<SessionUpdate>{"SessionUpdate"},
    Named<SessionEnd>{"SessionEnd"},
    Named<SnapshotFrame>{"SnapshotFrame"},
    Named<ChangesFrame>{"ChangesFrame"},
};

// Text that is narrower than its C++ type says.
constexpr std::string_view narrowed(std::string_view type, std::string_view member) {
  if (type == "Session" && member == "transport") return "'udp' | 'tcp' | ''";
  if (type == "Session" && member == "source") return "'openvpn' | 'wireguard' | 'ipsec' | 'watch' | 'import'";
  if (type == "Server" && member == "source") return "'openvpn' | 'wireguard' | 'ipsec' | 'watch' | 'firewall'";
  return {};
}

template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;
template <class T>
constexpr bool is_list = false;
template <class T>
constexpr bool is_list<std::vector<T>> = true;
template <class T>
constexpr bool is_table = false;
template <class T>
constexpr bool is_table<std::map<std::string, T>> = true;

template <class T>
constexpr std::string_view name_of() {
  return std::get<Named<T>>(names).name;
}

template <class E>
std::string union_of() {
  std::string text;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    text += text.empty() ? "'" : " | '";
    text += base::json::enum_name(d.value);
    text += "'";
  });
  return text;
}

template <class T>
std::string type_of() {
  if constexpr (is_optional<T>) {
    return type_of<typename T::value_type>();
  } else if constexpr (is_list<T>) {
    return type_of<typename T::value_type>() + "[]";
  } else if constexpr (is_table<T>) {
    return "Record<string, " + type_of<typename T::mapped_type>() + ">";
  } else if constexpr (std::is_same_v<T, bool>) {
    return "boolean";
  } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, base::Time>) {
    return "number";
  } else if constexpr (base::json::DescribedEnum<T>) {
    return union_of<T>();
  } else if constexpr (std::is_same_v<T, std::string> || base::json::Textual<T>) {
    return "string";
  } else {
    return std::string(name_of<T>());
  }
}

template <class T>
TypeDescription describe(const Named<T>& named) {
  using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
  TypeDescription description{std::string(named.name), {}};
  if constexpr (requires { std::integral_constant<std::size_t, T::kind.size()>{}; })
    description.members.push_back({"kind", false, "'" + std::string(T::kind) + "'"});
  boost::mp11::mp_for_each<Members>([&](auto d) {
    using Member = std::remove_cvref_t<decltype(std::declval<T>().*d.pointer)>;
    const auto narrow = narrowed(named.name, d.name);
    const bool optional = is_optional<Member>;
    description.members.push_back({d.name, optional, narrow.empty() ? type_of<Member>() : std::string(narrow)});
  });
  return description;
}

}  // namespace

std::vector<TypeDescription> described_types() {
  std::vector<TypeDescription> types;
  std::apply([&](const auto&... named) { (types.push_back(describe(named)), ...); }, names);
  return types;
}

std::string typescript_types() {
  std::string out = "// Generated by `davylamp dev types`; do not edit.\n";
  for (const auto& type : described_types()) {
    out += "\nexport interface " + type.name + " {\n";
    for (const auto& member : type.members) {
      out += "  " + member.name + (member.optional ? "?: " : ": ") + member.type + ";\n";
    }
    out += "}\n";
  }
  return out;
}

}  // namespace davylamp::api
