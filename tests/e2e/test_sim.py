"""davylamp-sim as people use it, with a davylampd that watches it."""
import os
import socket
import stat
import subprocess
import time
import unittest

from daemon import Daemon
from lab import eventually
from sim import SIM, Simulator
from stutter import Stutter


class Monitor:
    """One connection to a management socket."""

    def __init__(self, path):
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.settimeout(120)
        self.connection.connect(path)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def until(self, mark):
        while mark not in self.buffer:
            received = self.connection.recv(65536)
            if not received:
                raise AssertionError(f"closed before {mark!r}: {self.buffer[-500:]!r}")
            self.buffer += received
        said, self.buffer = self.buffer.split(mark, 1)
        return said + mark

    def ask(self, command, mark):
        self.connection.sendall(command + b"\n")
        return self.until(mark)


class Sim(unittest.TestCase):
    def test_command_line(self):
        help_text = subprocess.run([SIM, "openvpn", "--help"], capture_output=True, text=True, timeout=120)
        self.assertEqual(help_text.returncode, 0)
        self.assertIn("--clients", help_text.stdout)
        wrong = subprocess.run([SIM, "openvpn", "--directory", "/tmp/x", "--clients", "many"], capture_output=True, text=True, timeout=120)
        self.assertEqual((wrong.returncode, wrong.stdout), (2, ""))
        self.assertIn("--clients: cannot be many", wrong.stderr)

    def test_dialogue_and_privacy_of_the_sockets(self):
        with Simulator(sockets=1, clients=5, arrive=0.1) as sim:
            self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(sim.socket(1))).st_mode), 0o700)
            self.assertEqual(stat.S_IMODE(os.stat(sim.socket(1)).st_mode), 0o600)
            with Monitor(sim.socket(1)) as monitor, Monitor(sim.socket(1)) as second:
                self.assertIn(b"Management Interface Version 5", monitor.until(b"\r\n"))
                eventually(lambda: monitor.ask(b"status 3", b"\r\nEND\r\n").count(b"\tAES-256-GCM\r\n") == 5, 30, "5 clients")
                second.connection.settimeout(0.5)
                with self.assertRaises(TimeoutError):
                    second.until(b"\r\n")
            self.assertEqual(sim.stop(), 0)

    def test_davylampd_has_everybody_of_every_version(self):
        for version, flags in (("2.4", []), ("2.6", ["hostile"]), ("2.7", ["hostile", "tcp"])):
            with self.subTest(version=version), Simulator(*flags, sockets=2, clients=60, arrive=0.5, version=version) as sim, \
                    Daemon(sim.sources()) as daemon:
                daemon.wait_servers_up("sim-01", "sim-02")
                daemon.wait_open(60)
                eventually(lambda: len(sim.truth()) == 60, 60, "the truth is written")
                wanted = {(row["server"], row["common_name"], row["virtual_address"]) for row in sim.truth()}
                found = {(s["server"], s["common_name"], s["virtual_address"]) for s in daemon.sessions("open")}
                self.assertEqual(found, wanted)

    def test_a_silent_end_on_a_big_server_is_seen_soon(self):
        # So many clients are listed every 4 s only; their number is asked every second.
        for killed_after in (15, 60, 240):
            sim = Simulator(sockets=1, clients=200, arrive=0.5, active=1, script=f"{killed_after} sim-01 kill anna.berg\n")
            with Daemon(sim.sources()) as daemon, sim, Stutter() as stutter:
                began = time.monotonic()
                eventually(lambda: len(daemon.sessions("open")) == 200 or time.monotonic() > began + killed_after, 2 * killed_after,
                           lambda: f"200 open sessions, there are {len(daemon.sessions('open'))}", step=0.2)
                if time.monotonic() > began + killed_after - 2:
                    continue  # she may have been killed before she was seen
                ended = eventually(lambda: [row for row in sim.truth() if row["ended_at"]], 2 * killed_after, "anna.berg was killed")[0]
                eventually(lambda: not any(s["user"] == "anna.berg" for s in daemon.sessions("open")), 60, "her session is closed")
                closed = [s for s in daemon.sessions("closed") if s["user"] == "anna.berg"]
                self.assertLess(closed[0]["closed_at"] - ended["ended_at"], stutter.allow(2.5, began))
                return
        self.fail("the machine was too slow for this test")


if __name__ == "__main__":
    unittest.main()
