"""Attempts at a service: real packets by a real NFLOG rule, a wrong password at a real OpenVPN server, on the board.

Everything is in one namespace of its own: the server, who knocks, davylampd and this program.
"""
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from daemon import CLI, Daemon
from lab import eventually, skip_without_lab

CLONE_NEWNET = 0x40000000
HOME = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
RULES = """table inet dt {
  chain c {
    type filter hook input priority 0
    udp dport 1195 log prefix "[VPN-CONN] " group 9 snaplen 64
    udp dport 1195 drop
  }
}
"""
KNOCK = """import socket, sys
for last in sys.argv[1:]:
    knocker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    knocker.bind(("127.0.0." + last, 0))
    for _ in range(5):
        knocker.sendto(b"x", ("127.0.0.1", 1195))
"""


def enter(handle):
    if ctypes.CDLL(None, use_errno=True).setns(handle, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "cannot enter a network namespace")


def run(*words, text=None):
    done = subprocess.run([str(word) for word in words], input=text, capture_output=True, text=True, timeout=180)
    if done.returncode != 0:
        raise AssertionError(f"{words}: {done.stdout}{done.stderr}")
    return done.stdout


class Firewall(unittest.TestCase):
    def setUp(self):
        self.name = f"dt{os.getpid()}f"
        self.directory = tempfile.mkdtemp(prefix="davylamp-firewall-")
        self.started = []
        run("ip", "netns", "add", self.name)
        with open(f"/run/netns/{self.name}", encoding="ascii") as file:
            enter(file.fileno())
        run("ip", "link", "set", "lo", "up")

    def tearDown(self):
        for process in self.started:
            process.kill()
            process.wait(120)
        enter(HOME)
        run("ip", "netns", "del", self.name)
        shutil.rmtree(self.directory, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.directory, name)

    def start(self, *words):
        self.started.append(subprocess.Popen([str(word) for word in words], cwd=self.directory,
                                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def start_server(self):
        """An OpenVPN server that lets nobody in."""
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=server", "-keyout", self.path("key"), "-out", self.path("crt"))
        refuse = self.path("refuse")
        with open(refuse, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexit 1\n")
        os.chmod(refuse, 0o700)
        self.start("openvpn", "--dev", "tun", "--server", "10.99.0.0", "255.255.255.0", "--proto", "udp4", "--port", "1194",
                   "--local", "127.0.0.1", "--ca", "crt", "--cert", "crt", "--key", "key", "--dh", "none",
                   "--verify-client-cert", "none", "--username-as-common-name", "--script-security", "2",
                   "--auth-user-pass-verify", refuse, "via-file", "--log-append", "openvpn.log", "--verb", "3")

    def knock_with_wrong_password(self):
        with open(self.path("login"), "w", encoding="utf-8") as file:
            file.write("eve\nwrong\n")
        self.start("openvpn", "--client", "--dev", "null", "--proto", "udp4", "--remote", "127.0.0.1", "1194",
                   "--ca", "crt", "--auth-user-pass", "login", "--nobind", "--connect-retry-max", "1", "--verb", "0")

    def configuration(self):
        return ["[[source.firewall]]", 'name = "edge"', "nflog_group = 9", 'refused = ["[VPN-CONN]"]',
                f'openvpn_log = "{self.path("openvpn.log")}"']

    def board(self, daemon, **filters):
        return daemon.get("attempts", **filters)["items"]

    def test_knockers_and_a_wrong_password_are_on_the_board(self):
        run("nft", "-f", "-", text=RULES)
        self.start_server()
        with Daemon([], extra=self.configuration()) as daemon:
            eventually(lambda: daemon.servers().get("edge", {}).get("state") == "up", 20, daemon.servers)
            run(sys.executable, "-c", KNOCK, *range(2, 12))
            self.knock_with_wrong_password()
            refused = lambda: self.board(daemon, outcome="refused")
            eventually(lambda: sum(row["count"] for row in refused()) == 50, 20, refused)
            rows = refused()
            self.assertEqual(len(rows), 10)
            for row in rows:
                self.assertEqual((row["why"], row["protocol"], row["port"], row["count"], row["server"]),
                                 ("[VPN-CONN]", "udp", 1195, 5, "edge"))
                self.assertTrue(row["address"].startswith("127.0.0."))
            failed = lambda: self.board(daemon, outcome="failed")
            row = eventually(failed, 20, failed)[0]
            self.assertEqual((row["address"], row["why"], row["count"]), ("127.0.0.1", "auth_failed", 1))
            printed = run(CLI, "--config", daemon.config, "attempts", "--outcome", "failed")
            self.assertIn("auth_failed", printed)
            # What was read is remembered: nothing counts twice.
            before = daemon.get("attempts")["total"], sum(row["count"] for row in self.board(daemon))
            daemon.stop()
            daemon.start()
            eventually(lambda: daemon.servers().get("edge", {}).get("state") == "up", 20, daemon.servers)
            time.sleep(4)  # a row is told within three seconds
            self.assertEqual((daemon.get("attempts")["total"], sum(row["count"] for row in self.board(daemon))), before)


if __name__ == "__main__":
    skip_without_lab()
    unittest.main(verbosity=2)
