"""The daemon beside two real wireguard-go with traffic between them: its bytes are the interface's own, whatever happens.

The userspace socket is a file, so the daemon needs not be in the server's namespace.
"""
import os
import shutil
import subprocess
import unittest

from daemon import Daemon
from lab import eventually

SENDER = """
import socket, time
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    sender.sendto(bytes(1000), ("10.66.0.1", 9))
    time.sleep(0.002)
"""
SINK = """
import socket, time
sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sink.bind(("", 9))
while True:
    sink.recv(2000)
"""


def run(command, text=""):
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=180)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


class End:
    """One end of the tunnel: a namespace, a wireguard-go and its keys."""

    def __init__(self, letter):
        self.name = f"dt{os.getpid()}{letter}"
        self.private = run(["wg", "genkey"]).strip()
        self.public = run(["wg", "pubkey"], self.private + "\n").strip()
        self.process = None

    def within(self, *command, text=""):
        return run(["nsenter", f"--net=/run/netns/{self.name}", *command], text)

    def spawn(self, *command, **environment):
        return subprocess.Popen(["nsenter", f"--net=/run/netns/{self.name}", *command], stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **environment})

    def start(self, address, port):
        self.process = self.spawn("wireguard-go", self.name, WG_PROCESS_FOREGROUND="1")
        eventually(lambda: os.path.exists(f"/var/run/wireguard/{self.name}.sock"), 30, "wireguard-go makes its socket")
        self.within("wg", "set", self.name, "private-key", "/dev/stdin", "listen-port", str(port), text=self.private + "\n")
        self.within("ip", "address", "add", address, "dev", self.name)
        self.within("ip", "link", "set", self.name, "up")

    def end(self):
        if self.process:
            self.process.terminate()
            self.process.wait(120)
            self.process = None


class Tunnel:
    def __init__(self):
        self.server, self.client = End("s"), End("c")
        self.preshared = run(["wg", "genpsk"]).strip()
        self.programs = []

    def __enter__(self):
        try:
            for end in (self.server, self.client):
                run(["ip", "netns", "add", end.name])
            run(["ip", "-n", self.server.name, "link", "add", "v0", "type", "veth", "peer", "name", "v0", "netns", self.client.name])
            for end, address in ((self.server, "10.78.0.1/24"), (self.client, "10.78.0.2/24")):
                run(["ip", "-n", end.name, "address", "add", address, "dev", "v0"])
                run(["ip", "-n", end.name, "link", "set", "v0", "up"])
            self.start_server()
            self.client.start("10.66.0.2/24", 40001)
            self.connect()
            self.programs.append(self.server.spawn("python3", "-c", SINK))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for program in self.programs:
            program.kill()
            program.wait(60)
        for end in (self.client, self.server):
            end.end()
            subprocess.run(["ip", "netns", "del", end.name], capture_output=True, timeout=180, check=False)

    def start_server(self):
        self.server.start("10.66.0.1/24", 51820)
        self.server.within("wg", "set", self.server.name, "peer", self.client.public, "preshared-key", "/dev/stdin",
                           "allowed-ips", "10.66.0.2/32", text=self.preshared + "\n")

    def connect(self):
        """The client forgets its keys with the server and shakes hands with the next packet."""
        subprocess.run(["nsenter", f"--net=/run/netns/{self.client.name}", "wg", "set", self.client.name, "peer", self.server.public, "remove"],
                       capture_output=True, timeout=180, check=False)
        self.client.within("wg", "set", self.client.name, "peer", self.server.public, "preshared-key", "/dev/stdin", "endpoint",
                           "10.78.0.1:51820", "allowed-ips", "10.66.0.0/24", text=self.preshared + "\n")

    def start_traffic(self):
        self.programs.append(self.client.spawn("python3", "-c", SENDER))

    def stop_traffic(self):
        sender = self.programs.pop()
        sender.kill()
        sender.wait(60)

    def shown(self):
        """What `wg show` says of the client: (rx, tx)."""
        for line in self.server.within("wg", "show", self.server.name, "dump").splitlines():
            fields = line.split("\t")
            if len(fields) == 8:
                return int(fields[5]), int(fields[6])
        return 0, 0


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("wireguard-go") and shutil.which("wg") and os.path.exists("/dev/net/tun"),
                     "needs root, wireguard-go, wg and /dev/net/tun")
class Wireguard(unittest.TestCase):
    def setUp(self):
        self.tunnel = self.enterContext(Tunnel())
        names = os.path.join("/tmp", f"{self.tunnel.server.name}.conf")
        with open(names, "w", encoding="utf-8") as file:
            file.write(f"[Interface]\nPrivateKey = {self.tunnel.server.private}\n\n### begin ann ###\n[Peer]\n"
                       f"PublicKey = {self.tunnel.client.public}\nPresharedKey = {self.tunnel.preshared}\n### end ann ###\n")
        self.addCleanup(os.remove, names)
        self.daemon = self.enterContext(Daemon([], extra=[
            "[[source.wireguard]]", 'name = "home"', f'interface = "{self.tunnel.server.name}"', f'config_file = "{names}"', "poll_seconds = 1"]))
        self.daemon.wait_servers_up("home")

    def sum(self):
        sessions = self.daemon.sessions()
        return sum(s["rx_bytes"] for s in sessions), sum(s["tx_bytes"] for s in sessions)

    def assert_exact(self, before=(0, 0)):
        def wanted():
            rx, tx = self.tunnel.shown()
            return before[0] + rx, before[1] + tx

        def exact():
            shown = wanted()
            return self.sum() == shown and shown
        return eventually(exact, 60, lambda: f"wg shows {wanted()}, the ledger has {self.sum()}", step=0.3)

    def rx_of_ledger(self):
        return self.sum()[0]

    def test_kill_9_under_traffic(self):
        self.tunnel.start_traffic()
        self.daemon.wait_open(1)
        for _ in range(2):
            reached = self.rx_of_ledger()
            eventually(lambda: self.rx_of_ledger() > reached + 100_000, 30, lambda: f"the ledger goes on: {self.rx_of_ledger()}", step=0.2)
            self.daemon.kill()
            away = self.tunnel.shown()[0]
            eventually(lambda: self.tunnel.shown()[0] > away + 100_000, 30, "traffic goes on without the daemon", step=0.2)
            self.daemon.start()
        self.tunnel.stop_traffic()
        self.assert_exact()
        self.assertEqual(len(self.daemon.sessions()), 1)
        session = self.daemon.sessions("open")[0]
        self.assertEqual((session["user"], session["common_name"], session["source"]), ("ann", self.tunnel.client.public, "wireguard"))
        self.assertEqual((session["real_address"], session["real_port"], session["virtual_address"]), ("10.78.0.2", 40001, "10.66.0.2"))
        self.assert_no_secret()

    def test_restart_and_roaming(self):
        self.tunnel.start_traffic()
        first = self.daemon.wait_open(1)[0]
        self.tunnel.client.within("wg", "set", self.tunnel.client.name, "listen-port", "40002")
        eventually(lambda: [s["real_port"] for s in self.daemon.sessions("open")] == [40002], 30,
                   lambda: f"the client roams: {self.daemon.sessions()}", step=0.2)
        self.assertEqual(self.daemon.sessions("open")[0]["id"], first["id"])
        self.tunnel.stop_traffic()
        before = self.assert_exact()
        self.tunnel.server.end()

        def down():
            card = self.daemon.servers()["home"]
            return card["state"] == "down" and "wg-quick up" in card["health"]
        eventually(down, 30, lambda: f"down, and what to do: {self.daemon.servers()}", step=0.2)
        self.tunnel.start_server()
        self.daemon.wait_servers_up("home")
        self.tunnel.connect()
        self.tunnel.start_traffic()
        eventually(lambda: [s for s in self.daemon.sessions("open") if s["id"] != first["id"]], 90,
                   lambda: f"another session: {self.daemon.sessions()}", step=0.2)
        self.daemon.wait_open(1)
        self.tunnel.stop_traffic()
        self.assert_exact(before)
        self.assertEqual([s["end_reason"] for s in self.daemon.sessions("closed")], ["restart"])

    def assert_no_secret(self):
        secrets = [key.encode() for key in (self.tunnel.server.private, self.tunnel.client.private, self.tunnel.preshared)]
        for folder, _, files in os.walk(self.daemon.directory):
            for name in files:
                if not os.path.isfile(os.path.join(folder, name)):
                    continue  # the control socket
                with open(os.path.join(folder, name), "rb") as file:
                    content = file.read()
                for secret in secrets:
                    self.assertNotIn(secret, content, f"{folder}/{name} holds a key")


if __name__ == "__main__":
    unittest.main()
