# shellcheck shell=bash
# Who the lab's clients are and where they seem to be. Sourced by lab.sh.
#
# The networks are real and public, so that a GeoIP database can place them; they are used inside the lab's
# namespaces only, which have no route out. Place as in DB-IP City of June 2026.

# network (/24), country, city
readonly LAB_NETWORKS=(
  "81.2.69 GB London"          "72.229.10 US New York"      "126.72.10 JP Tokyo"         "177.32.10 BR Sao Paulo"
  "193.252.22 FR Paris"        "58.160.10 AU Sydney"        "158.36.10 NO Oslo"          "197.85.10 ZA Cape Town"
  "49.36.10 IN Mumbai"         "99.230.10 CA Toronto"       "41.90.10 KE Nairobi"        "211.39.10 KR Seoul"
  "201.141.10 MX Mexico City"  "80.58.61 ES Madrid"         "67.160.10 US Seattle"       "85.96.10 TR Istanbul"
  "190.16.10 AR Buenos Aires"  "36.66.10 ID Jakarta"        "78.8.10 PL Warsaw"          "203.97.10 NZ Auckland"
  "94.200.10 AE Dubai"         "197.210.10 NG Lagos"        "186.84.10 CO Bogota"        "193.166.10 FI Helsinki"
  "114.32.10 TW Taipei"        "156.160.10 EG Cairo"        "85.241.10 PT Lisbon"        "181.64.10 PE Lima"
  "171.224.10 VN Hanoi"        "178.197.10 CH Zurich"       "92.46.10 KZ Almaty"         "213.127.10 NL Amsterdam"
)
readonly LAB_V6_NETWORK="2001:4600:10:"  # Oslo; the seventh of every 32 clients comes over IPv6

# server name -> outer addresses: Frankfurt for udp, Singapore for tcp
declare -rA LAB_SERVER_V4=([udp]=52.28.10.20 [tcp]=52.77.10.20)
declare -rA LAB_SERVER_V6=([udp]=2a05:d014::20 [tcp]=2406:da18::20)
declare -rA LAB_SERVER_PLACE=([udp]="DE Frankfurt am Main" [tcp]="SG Singapore")
declare -rA LAB_SERVER_PORT=([udp]=1194 [tcp]=443)
declare -rA LAB_TUNNEL_V4=([udp]=10.8 [tcp]=10.9)     # /16
declare -rA LAB_TUNNEL_V6=([udp]=fd08 [tcp]=fd09)     # /64
declare -rA LAB_MANAGEMENT_PORT=([udp]=7505 [tcp]=7506)

readonly LAB_FIRST_NAMES=(anna marco yuki ines david noor emma pavel lucia omar greta hugo mei tomas aisha felix
  clara ravi sofia liam nina samir eva jonas paula)
readonly LAB_LAST_NAMES=(berg rossi tanaka costa miller haddad novak okafor weber silva larsen)

# client INDEX (1..) -> common name
client_name() {
  local index=$1
  case $index in
    3) printf '%s' 'Smith, John "ops"' ;;
    4) printf '%s' 'Zoë 你好' ;;
    5 | 6) printf '%s' 'field.tablet' ;;  # two devices, one certificate name
    *) printf '%s.%s' "${LAB_FIRST_NAMES[$(((index - 1) % 25))]}" "${LAB_LAST_NAMES[$(((index - 1) % 11))]}" ;;
  esac
}

# every fourth client uses the tcp server
client_server() { if (($1 % 4 == 0)); then echo tcp; else echo udp; fi; }

client_is_v6() { ((LAB_HAVE_V6 && $1 % 32 == 7)); }

client_network() { printf '%s' "${LAB_NETWORKS[$((($1 - 1) % ${#LAB_NETWORKS[@]}))]}"; }

client_address() {
  local index=$1 network host
  host=$((20 + (index - 1) / ${#LAB_NETWORKS[@]}))
  if client_is_v6 "$index"; then
    printf '%s:%x' "$LAB_V6_NETWORK" "$host"
  else
    network=$(client_network "$index")
    printf '%s.%d' "${network%% *}" "$host"
  fi
}

client_country() { local network; network=$(client_network "$1"); network=${network#* }; printf '%s' "${network%% *}"; }
client_city() { local network; network=$(client_network "$1"); network=${network#* }; printf '%s' "${network#* }"; }
