"""Tunnels in a small internet of namespaces: web servers that answer look-ups, an OpenVPN provider with a resolver of its
own, a house with a router and a resolver of its own, and hosts in it that are OpenVPN clients.

        web servers, the hub and its canary zone: `net`
          |                                  |
    provider: `vpn`  8.10.0.0/16, NO      house: `site`  8.80.0.0/16, DE
                                             |
                                          hosts: `c1` ... 192.168.77.0/24
All addresses are public ones, because no other would be told as an exit; not a packet leaves the namespaces.
"""
import ctypes
import http.server
import json
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

from lab import SOURCE_DIRECTORY, eventually

AGENT = os.environ.get("DAVYLAMP_AGENT", "")
NEW_NETWORK = 0x40000000  # CLONE_NEWNET
LOOKUP_ADDRESSES = {"ipinfo.io": ("8.90.0.1", "2a02:90::1"), "cloudflare.com": ("8.90.0.2", "2a02:90::2"), "ip-api.com": ("8.90.0.3", None)}
HUB, CANARY_SERVER = "8.90.0.10", "8.90.0.53"
ZONE = "canary.example.org"
EXIT, EXIT_V6, VPN_SERVER, VPN_RESOLVER = "8.10.0.41", "2a02:10::41", "8.10.0.1", "8.10.0.53"
REAL, REAL_V6, HOUSE_RESOLVER = "8.80.0.7", "2a02:80::", "8.80.0.53"
TUNNEL_GATEWAY, HOUSE_GATEWAY = "10.8.0.1", "192.168.77.1"
TUNNEL_ROUTES = {4: ("0.0.0.0/1", "128.0.0.0/1"), 6: ("::/3", "2000::/4", "3000::/4")}
RESOLVER_FILE_BYTES = 64


def missing():
    """Why this lab cannot run here, or nothing."""
    if os.geteuid() != 0:
        return "it needs root"
    tools = ("openvpn", "unbound", "openssl", "ip", "nsenter", "unshare", "nft", "perl")
    if absent := [tool for tool in (*tools, "/dev/net/tun") if not shutil.which(tool) and not os.path.exists(tool)]:
        return f"{absent[0]} is missing"
    probe = f"dt{os.getpid()}-probe"
    if subprocess.run(["ip", "netns", "add", probe], capture_output=True, check=False).returncode != 0:
        return "network namespaces are not permitted"
    subprocess.run(["ip", "netns", "del", probe], check=False)
    return ""


def run(*words, text=None):
    done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class LookupSite(http.server.BaseHTTPRequestHandler):
    """Each provider by its name, with the bodies that the real ones have, for whoever asks."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        caller = self.client_address[0].removeprefix("::ffff:")
        body = {"ipinfo.io": json.dumps({"ip": caller, "city": "Oslo", "country": "NO", "org": "AS64500 Example Net", "timezone": "Europe/Oslo"}),
                "cloudflare.com": f"fl=80f417\nh=cloudflare.com\nip={caller}\nts={time.time():.3f}\nvisit_scheme=http\ncolo=OSL\nloc=NO\nwarp=off\n",
                "ip-api.com": json.dumps({"status": "success", "countryCode": "NO", "city": "Oslo", "as": "AS64500 Example Net", "query": caller})}.get(self.headers["Host"], "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Channel(http.server.BaseHTTPRequestHandler):
    """A webhook: keeps what it is told, and when."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        at = time.time()
        self.server.told.append((at, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class WebServer(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    told = ()

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        socketserver.TCPServer.server_bind(self)  # HTTPServer's asks for this host's name


class TunnelLab:
    def __init__(self, hosts):
        self.directory = tempfile.mkdtemp(prefix="davylamp-tunnels-")
        os.chmod(self.directory, 0o755)
        self.prefix = f"dt{os.getpid()}"
        self.hosts = hosts
        self.processes = {}
        self.servers = []
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.channel = None

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in list(self.processes):
            self.end(name, signal.SIGKILL)
        for server in self.servers:
            server.shutdown()
            server.server_close()
        self.enter(self.home)
        os.close(self.home)
        for name in self.namespaces():
            subprocess.run(["ip", "netns", "del", self.namespace(name)], capture_output=True, check=False)
        if os.environ.get("DAVYLAMP_KEEP"):
            print(f"kept: {self.directory}")
        else:
            shutil.rmtree(self.directory, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as file:
            return file.read()

    # Namespaces and links

    def namespaces(self):
        return ["net", "vpn", "site", *(f"c{index}" for index in range(1, self.hosts + 1))]

    def namespace(self, name):
        return f"{self.prefix}-{name}"

    def inside(self, name, *words):
        return ["nsenter", f"--net=/run/netns/{self.namespace(name)}", *words]

    def enter(self, descriptor):
        """This thread, and all that it starts from now on."""
        if ctypes.CDLL(None, use_errno=True).setns(descriptor, NEW_NETWORK) != 0:
            raise OSError(ctypes.get_errno(), "setns")

    def ip(self, name, *commands):
        run("ip", "-n", self.namespace(name), "-batch", "-", text="\n".join(commands) + "\n")

    def build(self):
        for name in self.namespaces():
            run("ip", "netns", "add", self.namespace(name))
            run(*self.inside(name, "sh", "-c", "cd /proc/sys/net && echo 0 >ipv6/conf/all/accept_dad && echo 0 >ipv6/conf/default/accept_dad"
                             " && echo 1 >ipv4/ip_forward && echo 1 >ipv6/conf/all/forwarding && echo 0 >ipv4/conf/all/rp_filter"
                             " && echo 0 >ipv4/conf/default/rp_filter"))
            self.ip(name, "link set lo up")
        self.link("vpn", "10.255.1", "8.10.0.0/16", "2a02:10::/32")
        self.link("site", "10.255.2", "8.80.0.0/16", "2a02:80::/32")
        addresses = [address for pair in LOOKUP_ADDRESSES.values() for address in pair if address]
        self.ip("net", *(f"addr add {address} dev lo" for address in [*addresses, HUB, CANARY_SERVER]))
        self.ip("vpn", *(f"addr add {address} dev lo" for address in (EXIT, VPN_SERVER, VPN_RESOLVER, EXIT_V6)))
        self.ip("site", *(f"addr add {address} dev lo" for address in (REAL, HOUSE_RESOLVER)), "link add br0 type bridge", "link set br0 up",
                f"addr add {HOUSE_GATEWAY}/24 dev br0", f"addr add {REAL_V6}1/64 dev br0 nodad")
        for index in range(1, self.hosts + 1):
            self.ip("site", f"link add h{index} master br0 type veth peer name eth0 netns {self.namespace(f'c{index}')}", f"link set h{index} up")
            self.ip(f"c{index}", "link set eth0 up", f"addr add 192.168.77.{10 + index}/24 dev eth0", f"route add default via {HOUSE_GATEWAY}")
        self.filter("vpn", f"""
table ip nat {{
  chain out {{
    type nat hook postrouting priority 100
    ip saddr 10.8.0.0/24 oifname "net0" snat to {EXIT}
  }}
}}
table ip6 nat {{
  chain out {{
    type nat hook postrouting priority 100
    ip6 saddr fd08:8::/64 oifname "net0" snat to {EXIT_V6}
  }}
}}""")
        self.filter("site", f"""
table ip nat {{
  chain out {{
    type nat hook postrouting priority 100
    ip saddr 192.168.77.0/24 oifname "net0" snat to {REAL}
  }}
}}""")
        self.make_databases()
        self.make_certificates()
        self.start_web()
        self.start_provider()
        self.start_resolver("house", "site", HOUSE_GATEWAY, [HOUSE_RESOLVER],
                            f'module-config: "subnetcache iterator"\n  send-client-subnet: {CANARY_SERVER}')

    def link(self, name, prefix, network, network_v6):
        """A line from `name` to `net`, which reaches the networks of `name` over it."""
        self.ip("net", f"link add to-{name} type veth peer name net0 netns {self.namespace(name)}", f"link set to-{name} up",
                f"addr add {prefix}.1/30 dev to-{name}", f"addr add fd{prefix[-1]}::1/64 dev to-{name} nodad")
        self.ip(name, "link set net0 up", f"addr add {prefix}.2/30 dev net0", f"addr add fd{prefix[-1]}::2/64 dev net0 nodad",
                f"route add default via {prefix}.1", f"route add ::/0 via fd{prefix[-1]}::1")
        self.ip("net", f"route add {network} via {prefix}.2", f"route add {network_v6} via fd{prefix[-1]}::2")

    def filter(self, name, rules):
        run(*self.inside(name, "nft", "-f", "-"), text=rules.strip() + "\n")

    # Programs

    def start(self, name, words, **more):
        with open(self.path(f"{name}.log"), "ab") as log:
            self.processes[name] = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **more)
        return self.processes[name]

    def end(self, name, how=signal.SIGTERM):
        process = self.processes.pop(name, None)
        if process and process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(60)

    def make_databases(self):
        run("perl", os.path.join(SOURCE_DIRECTORY, "src/enrich/geoip/testdata/make_mmdb.pl"), self.directory)

    def make_certificates(self):
        """Those of the lab of OpenVPN servers, and one for the hub."""
        os.mkdir(self.path("pki"))
        self.write("pki/hub.ext", f"extendedKeyUsage=serverAuth\nsubjectAltName=IP:{HUB}\n")
        run("bash", "-euc", """die() { echo "$*" >&2; exit 1; }; client_name() { echo host; }
            LAB_DIR=$1 LAB_OPENVPN=openvpn LAB_CLIENTS=1; . "$2"; make_pki; make_certificate hub /CN=hub hub""",
            "pki", self.directory, os.path.join(SOURCE_DIRECTORY, "tools/lab/pki.sh"))

    def start_web(self):
        descriptor = os.open(f"/run/netns/{self.namespace('net')}", os.O_RDONLY)
        try:
            self.enter(descriptor)
        finally:
            os.close(descriptor)
        self.servers = [WebServer(("::", 80), LookupSite), WebServer(("::", 8099), Channel)]
        self.channel = self.servers[1]
        self.channel.told = []
        for server in self.servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def start_resolver(self, name, namespace, listen, outgoing, more):
        hosts = ""
        for host, (v4, v6) in LOOKUP_ADDRESSES.items():
            hosts += f'  local-zone: "{host}." static\n  local-data: "{host}. A {v4}"\n'
            hosts += f'  local-data: "{host}. AAAA {v6}"\n' if v6 else ""
        sources = "".join(f"  outgoing-interface: {address}\n" for address in outgoing)
        text = f"""server:
  directory: "{self.directory}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 1
  num-threads: 1
  interface: {listen}
  access-control: 0.0.0.0/0 allow
  do-ip6: no
  local-zone: "." static
  local-zone: "{ZONE}." transparent
{sources}{hosts}  {more}
stub-zone:
  name: "{ZONE}."
  stub-addr: {CANARY_SERVER}
remote-control:
  control-enable: no
"""
        file = self.write(f"{name}.conf", text)
        self.start(name, self.inside(namespace, "unbound", "-d", "-p", "-c", file))
        eventually(lambda: "start of service" in self.read(f"{name}.log"), 90, lambda: f"unbound {name} runs: {self.read(f'{name}.log')}")

    def start_provider(self):
        file = self.write("server.conf", f"""
dev tun0
dev-type tun
proto udp4
local {VPN_SERVER}
port 1194
topology subnet
server 10.8.0.0 255.255.255.0
server-ipv6 fd08:8::/64
push "redirect-gateway def1 ipv6"
push "dhcp-option DNS {TUNNEL_GATEWAY}"
keepalive 1 10
duplicate-cn
ca pki/ca.crt
cert pki/server.crt
key pki/server.key
tls-crypt pki/tls-crypt.key
dh none
data-ciphers AES-256-GCM
disable-dco
verb 3
""")
        self.start("server", self.inside("vpn", "openvpn", "--cd", self.directory, "--config", file))
        eventually(lambda: "Initialization Sequence Completed" in self.read("server.log"), 90, lambda: f"the provider is up: {self.read('server.log')}")
        self.start_resolver("provider", "vpn", TUNNEL_GATEWAY, [VPN_RESOLVER], 'tcp-upstream: yes\n  module-config: "iterator"')

    # Hosts

    def connect(self, index):
        """The host's OpenVPN client, from nothing to a tunnel that takes everything, and the resolver that it brings."""
        name = f"openvpn{index}"
        file = self.write(f"{name}.conf", f"""
client
dev tun0
dev-type tun
proto udp4
remote {VPN_SERVER} 1194
nobind
ca pki/ca.crt
cert pki/c1.crt
key pki/c1.key
tls-crypt pki/tls-crypt.key
remote-cert-tls server
connect-retry 1 1
hand-window 10
disable-dco
verb 3
""")
        self.write(f"{name}.log", "")
        self.start(name, self.inside(f"c{index}", "openvpn", "--cd", self.directory, "--config", file))

    def wait_connected(self, index):
        log = f"openvpn{index}.log"
        eventually(lambda: "Initialization Sequence Completed" in self.read(log), 120, lambda: f"host {index} is connected: {self.read(log)}")
        self.use_resolver(index, TUNNEL_GATEWAY)

    def cut(self, index):
        self.end(f"openvpn{index}", signal.SIGKILL)

    def use_resolver(self, index, address):
        """In place and at once: whoever reads the file meanwhile reads the old or the new one."""
        descriptor = os.open(self.path(f"resolv{index}.conf"), os.O_WRONLY | os.O_CREAT, 0o644)
        os.pwrite(descriptor, f"nameserver {address}".ljust(RESOLVER_FILE_BYTES - 1).encode() + b"\n", 0)
        os.close(descriptor)

    def shut_off(self, index):
        """Nothing leaves but through the tunnel, as VPN containers have it."""
        self.filter(f"c{index}", f"""
table inet shut {{
  chain out {{
    type filter hook output priority 0
    oifname "eth0" ip daddr != {VPN_SERVER} drop
  }}
}}""")

    def pass_by(self, index):
        self.ip(f"c{index}", *(f"route del {network} dev tun0" for network in TUNNEL_ROUTES[4]))

    def pass_through(self, index):
        self.ip(f"c{index}", *(f"route add {network} via {TUNNEL_GATEWAY} dev tun0" for network in TUNNEL_ROUTES[4]))

    def let_ipv6_escape(self, index):
        """The house gives the host an IPv6 address and the way out, and the tunnel does not hold what goes there any more."""
        self.ip(f"c{index}", f"addr add {REAL_V6}{index + 10}/64 dev eth0 nodad", f"route add ::/0 via {REAL_V6}1",
                *(f"route del {network} dev tun0" for network in TUNNEL_ROUTES[6]))

    def take_ipv6_back(self, index):
        self.ip(f"c{index}", *(f"route add {network} dev tun0" for network in TUNNEL_ROUTES[6]), "route del ::/0",
                f"addr del {REAL_V6}{index + 10}/64 dev eth0")

    def start_agent(self, index, url, one_time_token):
        """In the host's network, with the host's resolv.conf."""
        state = self.path(f"agent{index}")
        os.mkdir(state)
        self.use_resolver(index, TUNNEL_GATEWAY)
        words = [AGENT, "--hub", url, "--ca-file", self.path("pki/ca.crt"), "--interval", "5", "--look-up-interval", "5",
                 "--resolver-check", "canary", "--state-directory", state,
                 "--lookups", "ipinfo=http://ipinfo.io/json,cloudflare=http://cloudflare.com/cdn-cgi/trace,ip-api=http://ip-api.com/json,hub"]
        script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
        self.start(f"agent{index}", self.inside(f"c{index}", "unshare", "--mount", "sh", "-c", script, self.path(f"resolv{index}.conf"), *words),
                   env={"PATH": os.environ["PATH"], "DAVYLAMP_ENROL": one_time_token})


def skip_without():
    if not (why := missing()):
        return
    print(f"no lab of tunnels here: {why}")
    sys.exit(1 if os.environ.get("CI") == "true" or os.environ.get("DAVYLAMP_REQUIRE_LAB") else 77)
