// Invented people, carriers and addresses: RFC 5737 and RFC 3849 addresses, RFC 5398 AS numbers.
export const servers = [
  { name: 'fra-1', city: 'Frankfurt', code: 'DE', country: 'Germany', at: [50.11, 8.68], net: '10.8.0', share: 110 },
  { name: 'hel-1', city: 'Helsinki', code: 'FI', country: 'Finland', at: [60.17, 24.94], net: '10.9.0', share: 26 },
  { name: 'nyc-1', city: 'New York', code: 'US', country: 'United States', at: [40.71, -74], net: '10.10.0', share: 37 },
  { name: 'sgp-1', city: 'Singapore', code: 'SG', country: 'Singapore', at: [1.35, 103.82], net: '10.11.0', share: 43 },
  { name: 'gru-1', city: 'São Paulo', code: 'BR', country: 'Brazil', at: [-23.55, -46.63], net: '10.12.0', share: 22 },
];

const rows = `fra-1 Tehran|IR|Iran|35.69|51.39|14 Berlin|DE|Germany|52.52|13.4|10 Istanbul|TR|Türkiye|41.01|28.97|9 London|GB|United Kingdom|51.5|-0.12|10 Munich|DE|Germany|48.14|11.58|4 Paris|FR|France|48.86|2.35|7 Kyiv|UA|Ukraine|50.45|30.52|7 Warsaw|PL|Poland|52.23|21.01|5 Madrid|ES|Spain|40.42|-3.7|5 Lagos|NG|Nigeria|6.52|3.38|5 Cairo|EG|Egypt|30.04|31.24|4 Milan|IT|Italy|45.46|9.19|4 Dubai|AE|United Arab Emirates|25.2|55.27|4 Hamburg|DE|Germany|53.55|9.99|3 Nairobi|KE|Kenya|-1.29|36.82|3 Vienna|AT|Austria|48.21|16.37|2 Lisbon|PT|Portugal|38.72|-9.14|2 Casablanca|MA|Morocco|33.57|-7.59|2 Baku|AZ|Azerbaijan|40.41|49.87|2 Mashhad|IR|Iran|36.3|59.6|3 Shiraz|IR|Iran|29.59|52.58|2 Athens|GR|Greece|37.98|23.73|1
hel-1 Stockholm|SE|Sweden|59.33|18.06|5 Helsinki|FI|Finland|60.3|25.1|4 Almaty|KZ|Kazakhstan|43.24|76.89|4 Tashkent|UZ|Uzbekistan|41.3|69.24|3 Oslo|NO|Norway|59.91|10.75|2 Tallinn|EE|Estonia|59.44|24.75|2 Tehran|IR|Iran|35.69|51.39|3 Reykjavík|IS|Iceland|64.15|-21.94|1
nyc-1 New_York|US|United States|40.9|-73.7|8 Toronto|CA|Canada|43.65|-79.38|5 Los_Angeles|US|United States|34.05|-118.24|5 Mexico_City|MX|Mexico|19.43|-99.13|4 Chicago|US|United States|41.88|-87.63|4 Seattle|US|United States|47.61|-122.33|2 Austin|US|United States|30.27|-97.74|3 Bogotá|CO|Colombia|4.71|-74.07|2 Vancouver|CA|Canada|49.28|-123.12|1 Montréal|CA|Canada|45.5|-73.57|2 Havana|CU|Cuba|23.11|-82.37|1
sgp-1 Mumbai|IN|India|19.08|72.88|6 Jakarta|ID|Indonesia|-6.2|106.85|5 Bengaluru|IN|India|12.97|77.59|5 Tokyo|JP|Japan|35.68|139.69|4 Sydney|AU|Australia|-33.87|151.21|4 Singapore|SG|Singapore|1.4|103.9|3 Manila|PH|Philippines|14.6|120.98|3 Ho_Chi_Minh_City|VN|Vietnam|10.82|106.63|3 Seoul|KR|South Korea|37.57|126.98|2 Bangkok|TH|Thailand|13.76|100.5|2 Auckland|NZ|New Zealand|-36.85|174.76|1 Karachi|PK|Pakistan|24.86|67|2 Perth|AU|Australia|-31.95|115.86|1
gru-1 São_Paulo|BR|Brazil|-23.3|-46.9|6 Buenos_Aires|AR|Argentina|-34.6|-58.38|4 Rio_de_Janeiro|BR|Brazil|-22.91|-43.17|3 Johannesburg|ZA|South Africa|-26.2|28.05|3 Santiago|CL|Chile|-33.45|-70.67|2 Lima|PE|Peru|-12.05|-77.04|2 Cape_Town|ZA|South Africa|-33.92|18.42|1 Luanda|AO|Angola|-8.84|13.23|1`;

/** Cities with the server their people use and how many of them there are. */
export const cities = rows.split('\n').flatMap((line) => {
  const [server, ...rest] = line.split(' ');
  return rest.join(' ').split(/ (?=[^ |]+\|[A-Z]{2}\|)/).map((text) => {
    const [city, code, country, latitude, longitude, weight] = text.split('|');
    return { server, city: city.replaceAll('_', ' '), code, country, latitude: +latitude, longitude: +longitude, weight: +weight };
  });
});

const given = 'leila arash nasrin kaveh shirin omid yalda mina jonas lena felix marie paul hannah emil greta deniz elif emre zeynep oliver amelia harry isla freya noah ava ethan ruby louise hugo camille jules oksana taras katarzyna piotr zofia marek lucia mateo sofia diego valeria tomas camila chidi amara wanjiru thabo zanele kofi youssef salma karim noura amina astrid johan ingrid elias aino eero aigerim timur dilnoza priya arjun kavya rohan meera aditya yuki haruto minji putri budi thanh linh maria mei wei'.split(' ');
const family = 'karimi moradi ahmadi farahani tavakoli lindner brandt vogel seidel weiss yildiz aksoy demir kaya hughes bennett clarke walsh parker reid brooks hayes moreau girard chevalier shevchuk nowak melnyk wrona navarro herrera rojas castillo okafor mwangi nkosi dlamini otieno haddad mansour nasser saleh lindqvist nilsson korhonen berg virtanen sultanov yusupov orlova iyer sharma reddy nair menon tanaka sato kim park wijaya nguyen tran reyes santos tan lim'.split(' ');
const carriers = [['Aster Mobile', 64496], ['Rivernet', 64497], ['Savanna 4G', 64498], ['Elbe Fiber', 64499], ['Nordlicht', 64500], ['Pinecable', 64501], ['Lumen Sur', 64502], ['Polar DSL', 64503], ['Tideline', 64504], ['Cobalt ISP', 64505]];
const clients = [['Android 16', 'OpenVPN Connect 3.7.1'], ['iOS 19', 'OpenVPN Connect 3.7.0'], ['Windows', '2.6.14'], ['Linux', '2.6.3'], ['macOS', 'Tunnelblick 8.0']];

/** A small repeatable source of chance. */
export function chance(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const blocks = ['198.51.100', '203.0.113', '192.0.2'];
const pick = (random, list) => list[Math.floor(random() * list.length)];

export function makeAddress(random) {
  if (random() < 0.08) return `2001:db8:${Math.floor(random() * 65535).toString(16)}:${Math.floor(random() * 65535).toString(16)}::${Math.floor(random() * 65535).toString(16)}`;
  return `${pick(random, blocks)}.${1 + Math.floor(random() * 253)}`;
}

export function makePlace(random, city) {
  const [network, asn] = pick(random, carriers);
  return { kind: 'public', country_code: city.code, country: city.country, city: city.city, latitude: city.latitude, longitude: city.longitude, precision: 'city', asn, network };
}

let nextId = 41_000;
const held = new Map(servers.map((server) => [server.name, 2]));

/** One open session of an invented person in a city. */
export function makeSession(random, city, now) {
  const server = servers.find(({ name }) => name === city.server);
  const number = held.get(server.name);
  held.set(server.name, (number % 250) + 1);
  const [platform, client_version] = pick(random, clients);
  const lasted = 60 + Math.floor(random() ** 3 * 40_000);
  const tx_bps = 40_000 + random() ** 5 * 46e6;
  const user = `${pick(random, given)}.${pick(random, family)}`;
  return {
    id: (nextId += 1 + Math.floor(random() * 3)), server: server.name, source: 'openvpn', user, common_name: user, transport: random() < 0.82 ? 'udp' : 'tcp',
    real_address: makeAddress(random), real_port: 1024 + Math.floor(random() * 64_000), virtual_address: `${server.net}.${number}`,
    ...(random() < 0.5 ? { virtual_address6: `fd42:${server.net.split('.')[1]}::${(4096 + number).toString(16)}` } : {}),
    cipher: random() < 0.8 ? 'AES-256-GCM' : 'CHACHA20-POLY1305', client_version, platform,
    opened_at: now - lasted, last_seen_at: now, state: 'open', adopted: random() < 0.1, final: false,
    tx_bytes: Math.round((lasted * tx_bps * 0.5) / 8), rx_bytes: Math.round((lasted * tx_bps * 0.09) / 8), tx_bps: Math.round(tx_bps), rx_bps: Math.round(tx_bps * 0.2),
    ...(number % 3 ? { evidence: { witnesses: [{ kind: 'openvpn', rx_bytes: 9e6, tx_bytes: 8e7, agrees: true }, { kind: 'ebpf', rx_bytes: 9.02e6, tx_bytes: 8.01e7, agrees: number % 17 !== 1 }, ...(number % 2 ? [{ kind: 'conntrack', rx_bytes: 9.02e6, tx_bytes: 8.01e7, agrees: true }] : [])], asked: 3, off: number % 17 === 1 ? 0.082 : 0.004 } } : {}),
    ...(number % 4 ? { quality: { rtt_milliseconds: 12 + (number * 37) % 190, rtt_min_milliseconds: 9 + (number * 37) % 190, jitter_milliseconds: 1 + (number % 9), rtt_method: 'inner_syn_ack', rx_loss: number % 11 === 0 ? 0.024 : 0.0004, loss_method: 'openvpn_packet_id', at: now - 4 } } : {}),
    place: random() < 0.014 ? { kind: 'cgnat' } : makePlace(random, city),
  };
}
