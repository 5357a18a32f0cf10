"""Management interfaces that misbehave: said on the server's card, harmless to other servers and to the daemon."""
import re
import socket
import tempfile
import time
import unittest

import fake_management as fake
from daemon import Daemon
from lab import eventually
from stutter import Stutter


class BadSockets(unittest.TestCase):
    def run_with(self, behaviour, seconds=20):
        """Runs the daemon on a healthy server and a bad one until the bad one is noticed; returns the bad one's card."""
        directory = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-bad-"))
        good = self.enterContext(fake.FakeManagement(directory, "good", fake.healthy))
        bad = self.enterContext(fake.FakeManagement(directory, "bad", behaviour))
        daemon = self.enterContext(Daemon([{"name": "good", "management": good.path, "poll_seconds": 1},
                                           {"name": "bad", "management": bad.path, "poll_seconds": 1}]))
        daemon.wait_servers_up("good")
        daemon.wait_open(1, "good")

        def noticed():
            card = daemon.servers()["bad"]
            return (card["state"] not in ("up", "connecting") or card["problems"] > 0) and card
        card = eventually(noticed, seconds, lambda: f"the bad server is noticed: {daemon.servers()['bad']}", step=0.2)
        self.assertTrue(re.search(r"\w+ \w+", card["health"]), f"a sentence, not {card['health']!r}")
        self.assertNotEqual(card["health"], daemon.servers()["good"]["health"])
        self.assert_unharmed(daemon)
        daemon.stop()
        self.assertIn("bad", daemon.log_text())
        return card

    def assert_unharmed(self, daemon):
        self.assertTrue(daemon.alive())
        good = daemon.servers()["good"]
        self.assertEqual((good["state"], good["problems"]), ("up", 0))
        eventually(lambda: daemon.servers()["good"]["last_snapshot_at"] > good["last_snapshot_at"], 30,
                   lambda: f"the healthy server is still listened to: {daemon.servers()['good']}", step=0.2)
        self.assertEqual([s["user"] for s in daemon.sessions("open")], ["carol"])

    def test_never_answers(self):
        card = self.run_with(fake.silent)
        self.assertNotEqual(card["state"], "up")

    def test_garbage(self):
        self.run_with(fake.garbage)

    def test_held(self):
        card = self.run_with(fake.held)
        self.assertEqual(card["state"], "held")
        self.assertIn("hold release", card["health"])

    def test_busy_until_the_other_program_leaves(self):
        with tempfile.TemporaryDirectory(prefix="davylamp-bad-") as directory, \
                fake.FakeManagement(directory, "shared", fake.healthy) as shared, socket.socket(socket.AF_UNIX) as other:
            other.connect(shared.path)
            self.assertTrue(other.recv(1000).startswith(b">INFO"))
            with Daemon([{"name": "shared", "management": shared.path}]) as daemon:
                card = eventually(lambda: daemon.servers()["shared"]["state"] == "busy" and daemon.servers()["shared"], 20,
                                  lambda: f"the interface is found busy: {daemon.servers()}", step=0.2)
                self.assertIn("another program", card["health"])
                other.close()
                daemon.wait_servers_up("shared")
                daemon.wait_open(1)
                daemon.stop()

    def test_oversized_lines(self):
        self.run_with(fake.oversized, seconds=40)

    def test_status_without_end(self):
        self.run_with(fake.without_end, seconds=40)

    def test_drops_in_the_middle_of_a_row(self):
        self.run_with(fake.drops_in_a_row)

    def test_nobody_listens(self):
        directory = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-bad-"))
        path = directory + "/later.sock"
        daemon = self.enterContext(Daemon([{"name": "later", "management": path, "poll_seconds": 1}]))
        eventually(lambda: daemon.servers()["later"]["state"] == "down", 20, lambda: f"down: {daemon.servers()}")
        with fake.FakeManagement(directory, "later", fake.healthy), Stutter() as stutter:
            began = time.monotonic()
            daemon.wait_servers_up("later")
            self.assertLess(time.monotonic() - began, stutter.allow(25, began))
            daemon.wait_open(1)
        daemon.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
