#!/usr/bin/env python3
"""davylamp-agent in a tunnel, release build: resident memory, and bytes on the wire in an hour at the intervals that are usual
(a report a minute, look-ups every 15 minutes, paths every 5). Twelve times as fast as that, for a quarter of such an hour.

Two network namespaces with a cable between them: the agent in one; in the other the hub and three providers, over TLS as the real ones
but for ip-api, and a resolver. All bytes of the cable count, headers of every layer included. Needs root.
Environment: DAVYLAMP_AGENT (the program).
"""
import json
import os
import subprocess
import sys
import tempfile
import time

SOURCE_DIRECTORY = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
AGENT = os.environ.get("DAVYLAMP_AGENT", "")
FASTER, SECONDS = 12, 75
HUB = "9.9.9.1"

SERVERS = r"""
import http.server, json, ssl, sys, threading
sys.path.insert(0, sys.argv[1] + "/tests/e2e")
from test_tunnel_agent import Place
Place.extra = {"Content-Security-Policy": "x" * 200, "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
               "Referrer-Policy": "no-referrer", "Content-Type": "application/json", "X-RateLimit-Remaining": "29"}
for port, secure in ((443, True), (80, False)):
    server = http.server.ThreadingHTTPServer(("9.9.9.1", port), Place)
    server.reports, server.asked, server.away = [], [], False
    if secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2])
        server.socket = context.wrap_socket(server.socket, server_side=True)
        hub = server
    threading.Thread(target=server.serve_forever, daemon=True).start()
print("ready", flush=True)
sys.stdin.read()
print(len(hub.reports))
"""


def run(*command, **settings):
    return subprocess.run(command, check=True, text=True, capture_output=True, **settings).stdout


def inside(namespace, *command):
    return ["ip", "netns", "exec", namespace, *command]


def wire_bytes(namespace):
    stats = json.loads(run(*inside(namespace, "ip", "-s", "-j", "link", "show", "c0")))[0]["stats64"]
    return stats["rx"]["bytes"] + stats["tx"]["bytes"]


def resident_kilobytes(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        rows = dict(line.split(":", 1) for line in file)
    return {name: int(rows[name].split()[0]) for name in ("VmHWM", "VmRSS", "RssAnon")}


def make_wire(client, server):
    for name in (client, server):
        run("ip", "netns", "add", name)
        run(*inside(name, "ip", "link", "set", "lo", "up"))
        run(*inside(name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv4.ping_group_range=0 2147483647"))
    run("ip", "link", "add", "c0", "netns", client, "type", "veth", "peer", "name", "s0", "netns", server)
    for name, link, address in ((client, "c0", "9.9.9.2/24"), (server, "s0", f"{HUB}/24")):
        run(*inside(name, "ip", "addr", "add", address, "dev", link))
        run(*inside(name, "ip", "link", "set", link, "up"))
    run(*inside(client, "ip", "route", "add", "default", "via", HUB))


def certificate(folder):
    both = os.path.join(folder, "hub.pem")
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=hub", "-addext",
        f"subjectAltName=IP:{HUB}", "-keyout", both, "-out", both + ".crt")
    with open(both, "a", encoding="utf-8") as file, open(both + ".crt", encoding="utf-8") as public:
        file.write(public.read())
    return both


def measure(client, server, folder):
    both = certificate(folder)
    servers = subprocess.Popen(inside(server, sys.executable, "-c", SERVERS, SOURCE_DIRECTORY, both), stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    servers.stdout.readline()
    environment = {"PATH": os.environ["PATH"], "DAVYLAMP_TOKEN": "a-token-of-this-test", "DAVYLAMP_INTERVAL": str(60 // FASTER),
                   "DAVYLAMP_LOOK_UP_INTERVAL": str(900 // FASTER), "DAVYLAMP_PATH_INTERVAL": str(300 // FASTER),
                   "DAVYLAMP_LOOKUPS": f"ipinfo=https://{HUB}/json,cloudflare=https://{HUB}/trace,ip-api=http://{HUB}/broken,hub"}
    agent = subprocess.Popen(inside(client, AGENT, "--hub", f"https://{HUB}", "--ca-file", both + ".crt", "--tunnel", "c0",
                                    "--state-directory", folder, "--resolver-check", "canary"), env=environment)
    try:
        time.sleep(10)  # the first report is another matter
        before, began = wire_bytes(client), time.monotonic()
        time.sleep(SECONDS)
        per_hour = (wire_bytes(client) - before) / (time.monotonic() - began) * 3_600 / FASTER
        memory = resident_kilobytes(agent.pid)
    finally:
        agent.terminate()
        agent.wait(20)
        reports = int(servers.communicate("")[0].split()[-1])
    print(f"{reports} reports; {per_hour / 1_000:.1f} kB an hour; resident {memory['VmRSS'] / 1_024:.1f} MB "
          f"(most {memory['VmHWM'] / 1_024:.1f} MB, of its own {memory['RssAnon'] / 1_024:.1f} MB)")
    return per_hour, memory


def main():
    client, server = f"dt{os.getpid()}c", f"dt{os.getpid()}s"
    with tempfile.TemporaryDirectory(prefix="davylamp-bench-") as folder:
        try:
            make_wire(client, server)
            per_hour, memory = measure(client, server, folder)
        finally:
            for name in (client, server):
                subprocess.run(["ip", "netns", "del", name], check=False)
    return 0 if per_hour < 100_000 and memory["VmHWM"] < 12 * 1_024 else 1


if __name__ == "__main__":
    sys.exit(main())
