"""A watched service: who uses it and how much, seen from outside, against what real programs sent.

The service, davylampd and this program are in one namespace, the clients in another. 10.98.0.0/16 is the clients', so
that one program can be many peers.
"""
import contextlib
import ctypes
import json
import os
import socket
import subprocess
import sys
import threading
import time
import unittest

from daemon import Daemon, sources_of
from lab import Lab, eventually, skip_without_lab

CLONE_NEWNET = 0x40000000
HOME = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)

CLIENT = r"""
import json, socket, sys, time
service, seconds = (sys.argv[1], int(sys.argv[2])), float(sys.argv[3])
sockets, moved, number = [], {}, 0
for address in sys.argv[4:]:
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.bind((address, 0))
    peer.settimeout(120)
    sockets.append((address, peer))
end = time.monotonic() + seconds
while number < 20 or time.monotonic() < end:
    number += 1
    for address, peer in sockets:
        peer.sendto(b"x" * (100 + number % 600), service)
        answer = peer.recv(4096)
        rx, tx = moved.get(address, (0, 0))
        moved[address] = (rx + 128 + number % 600, tx + 28 + len(answer))  # 28: IPv4 and UDP headers
    time.sleep(0.002 if seconds else 0)
print(json.dumps(moved))
"""


def enter(handle):
    if ctypes.CDLL(None, use_errno=True).setns(handle, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "cannot enter a network namespace")


@contextlib.contextmanager
def inside(name):
    """This program, and whatever it starts, is in the namespace."""
    with open(f"/run/netns/{name}", encoding="ascii") as file:
        enter(file.fileno())
    try:
        yield
    finally:
        enter(HOME)


def run(*words, text=None):
    done = subprocess.run([str(word) for word in words], input=text, capture_output=True, text=True, timeout=180)
    if done.returncode != 0:
        raise AssertionError(f"{words}: {done.stderr}")
    return done.stdout


def track_connections(rules=""):
    """Of the namespace that this program is in. Accounting first: it holds for connections that begin later."""
    run("nft", "-f", "-", text="table inet dt { chain c { type filter hook input priority 0; ct state new counter; }\n" + rules + "}")
    run("nft", "flush", "table", "inet", "dt")
    for name in ("acct", "timestamp"):
        run("sysctl", "-qw", f"net.netfilter.nf_conntrack_{name}=1")
    for name in ("timeout", "timeout_stream"):  # what a silent flow had is not forgotten while the daemon starts
        run("sysctl", "-qw", f"net.netfilter.nf_conntrack_udp_{name}=900")
    run("nft", "-f", "-", text="table inet dt { chain c { ct state new counter; }\n" + rules + "}")


def watch(name, witnesses, **settings):
    settings = {"name": name, "witnesses": witnesses, **settings}
    return ["[[source.watch]]"] + [f"{key} = {json.dumps(value)}" for key, value in settings.items()]


class Hosts:
    """Two namespaces with a cable between them."""

    def __init__(self):
        self.server, self.client = f"dt{os.getpid()}w-s", f"dt{os.getpid()}w-c"

    def __enter__(self):
        for name in (self.server, self.client):
            run("ip", "netns", "add", name)
        run("ip", "-n", self.server, "link", "add", "s0", "type", "veth", "peer", "name", "c0", "netns", self.client)
        for name, link, address in ((self.server, "s0", "10.77.0.1/24"), (self.client, "c0", "10.77.0.2/24")):
            run("ip", "-n", name, "-batch", "-", text=f"link set lo up\naddr add {address} dev {link}\nlink set {link} up\n")
        run("ip", "-n", self.client, "route", "add", "local", "10.98.0.0/16", "dev", "lo")
        run("ip", "-n", self.server, "route", "add", "10.98.0.0/16", "via", "10.77.0.2")
        return self

    def __exit__(self, *_):
        for name in (self.server, self.client):
            subprocess.run(["ip", "netns", "del", name], check=False)

    def talk(self, *addresses, port=4443, seconds=0.0):
        """A program that talks to the service from these addresses."""
        words = ["nsenter", f"--net=/run/netns/{self.client}", sys.executable, "-c", CLIENT, "10.77.0.1", port, seconds, *addresses]
        return subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True)


class Service:
    """Answers each datagram with twice as much."""

    def __init__(self, port=4443):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.socket.bind(("10.77.0.1", port))
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self.socket.getsockname())
        self.thread.join(60)
        self.socket.close()

    def serve(self):
        while True:
            words, peer = self.socket.recvfrom(4096)
            if not words:
                return
            self.socket.sendto(words * 2, peer)


def moved_by(*clients):
    """address -> bytes up and down, with headers, as the clients say."""
    sums = {}
    for client in clients:
        told, _ = client.communicate(timeout=300)
        for address, (rx, tx) in json.loads(told).items():
            before = sums.get(address, (0, 0))
            sums[address] = (before[0] + rx, before[1] + tx)
    return sums


class Watch(unittest.TestCase):
    def setUp(self):
        self.hosts = self.enterContext(Hosts())
        self.enterContext(inside(self.hosts.server))
        track_connections("chain n { type nat hook prerouting priority dstnat; udp dport 5443 redirect to :4443; }\n")
        self.enterContext(Service())

    def start(self, witnesses, **settings):
        daemon = self.enterContext(Daemon([], extra=watch("conduit", witnesses, udp=[4443], tcp=[4443], **settings)))
        daemon.wait_servers_up("conduit")
        return daemon

    def settled(self, daemon):
        """The witnesses, once each of them looks or says why not."""
        def found():
            witnesses = {w["kind"]: w for w in daemon.servers()["conduit"]["witnesses"]}
            return all(w["state"] != "starting" for w in witnesses.values()) and witnesses
        return eventually(found, 30, lambda: f"the witnesses look: {daemon.servers()}", step=0.2)

    def wait_for(self, daemon, moved):
        """Each address is one session, with exactly these bytes."""
        def seen():
            return sorted((s["user"], s["rx_bytes"], s["tx_bytes"]) for s in daemon.sessions())
        truth = sorted((address, rx, tx) for address, (rx, tx) in moved.items())
        eventually(lambda: seen() == truth, 30, lambda: f"sessions {truth}; there are {seen()}", step=0.2)

    def test_every_address_is_a_session_with_its_bytes(self):
        daemon = self.start(["conntrack", "sockets"])
        first = self.hosts.talk("10.98.0.1", "10.98.0.2", "10.98.3.4")
        moved = moved_by(first, self.hosts.talk("10.98.0.1", "10.98.0.1"), self.hosts.talk("10.98.0.9", port=5443))
        self.assertEqual(len(moved), 4)
        self.wait_for(daemon, moved)
        session = next(s for s in daemon.sessions() if s["user"] == "10.98.0.2")
        self.assertEqual((session["server"], session["source"], session["transport"]), ("conduit", "watch", "udp"))
        self.assertEqual(session["real_address"], "10.98.0.2")
        server = daemon.servers()["conduit"]
        self.assertEqual(server["listens_on"], "udp 4443, tcp 4443")
        witnesses = self.settled(daemon)
        self.assertTrue(witnesses["conntrack"]["counts"])
        self.assertEqual(witnesses["sockets"]["state"], "looking")

    def test_a_silent_peer_is_gone(self):
        daemon = self.start(["conntrack"], idle_seconds=10)
        self.wait_for(daemon, moved_by(self.hosts.talk("10.98.0.1")))
        eventually(lambda: daemon.sessions()[0]["state"] == "closed", 40, lambda: f"closed: {daemon.sessions()}", step=0.3)
        given_up_before = time.time()
        session = daemon.sessions()[0]
        self.assertEqual(session["end_reason"], "timeout")
        self.assertLess(session["closed_at"], given_up_before - 9, "it ended when it was last seen, not when it was given up")

    def test_killed_under_traffic_nothing_is_twice(self):
        daemon = self.start(["conntrack"])
        clients = [self.hosts.talk("10.98.0.1", "10.98.0.2", seconds=6), self.hosts.talk("10.98.0.2", "10.98.0.3", seconds=6)]
        daemon.wait_open(3)
        before = {s["user"]: s["id"] for s in daemon.sessions()}
        time.sleep(1)
        daemon.kill()
        time.sleep(0.7)
        daemon.start()
        self.wait_for(daemon, moved_by(*clients))
        self.assertEqual({s["user"]: s["id"] for s in daemon.sessions()}, before, "the same sessions go on")

    def test_two_witnesses_agree(self):
        daemon = self.start(["conntrack", "ebpf"])
        ebpf = self.settled(daemon)["ebpf"]
        if ebpf["state"] == "refused":
            self.skipTest(ebpf["text"])
        time.sleep(4)  # who comes within three seconds may have begun before one of them looked, and is compared from then on only
        moved = moved_by(self.hosts.talk("10.98.0.1", "10.98.0.2", seconds=3))
        self.wait_for(daemon, moved)

        def whole(session):
            seen = session.get("evidence", {}).get("witnesses", [])
            return [(w["rx_bytes"], w["tx_bytes"]) for w in seen] == [moved[session["user"]]] * 2
        eventually(lambda: all(whole(s) for s in daemon.sessions()), 40,
                   lambda: f"two witnesses: {daemon.sessions()}", step=0.3)
        for session in daemon.sessions():
            self.assertEqual((session["evidence"]["asked"], session["evidence"]["off"]), (2, 0))
            self.assertTrue(all(w["agrees"] for w in session["evidence"]["witnesses"]))


class BesideOpenvpn(unittest.TestCase):
    def test_its_sessions_get_a_second_witness(self):
        lab = self.enterContext(Lab(clients=4))
        self.enterContext(inside(f"{lab.prefix}-srv"))
        track_connections()
        port = int(lab.server("udp").get("port", 1194))
        extra = watch("udp outside", ["conntrack"], udp=[port], server="udp")
        daemon = self.enterContext(Daemon(sources_of(lab, poll_seconds=1, bytecount_seconds=1), extra=extra))
        daemon.wait_open(4)

        def agreed(at_least):
            """The two are read at different moments: they are equal once keepalives alone move."""
            found = [s.get("evidence") for s in daemon.sessions("open") if s["server"] == "udp"]
            return all(e and (e["asked"], e["off"]) == (2, 0) and [w["kind"] for w in e["witnesses"]] == ["openvpn", "conntrack"]
                       and e["witnesses"][0]["rx_bytes"] >= at_least for e in found)
        eventually(lambda: agreed(0), 40, lambda: f"two witnesses: {daemon.sessions('open')}", step=0.3)

        def moved(at_least):
            return all(s["rx_bytes"] >= at_least for s in daemon.sessions("open") if s["server"] == "udp")
        for _ in range(10):  # a busy machine sends less than it should
            lab.call("traffic", "--seconds", 4, "--rate", "2M")
            if moved(500_000):
                break
        eventually(lambda: agreed(500_000), 60, lambda: f"two witnesses that agree: {daemon.sessions('open')}", step=0.3)
        self.assertEqual(len(daemon.sessions("open")), 4, "no session of its own")
        witnesses = daemon.servers()["udp"]["witnesses"]
        self.assertEqual([(w["kind"], w["state"]) for w in witnesses], [("conntrack", "looking")])
        self.assertEqual(daemon.servers()["udp"]["state"], "up")


if __name__ == "__main__":
    skip_without_lab()
    unittest.main(verbosity=2)
