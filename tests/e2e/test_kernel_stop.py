"""`[enforce] nftables`: at the limit the kernel drops the user's packets in the tunnel, 5 s before OpenVPN lets go; a grant
lets them flow; nothing is left of it when davylampd has stopped.
"""
import json
import subprocess
import time
import unittest

from control import Control
from daemon import DAEMON, Daemon, sources_of
from lab import Lab, eventually, skip_without_lab

LIMIT = 20_000_000
RATE = 30_000_000  # bit/s
BOUND = RATE / 8 * (1 + 5)  # bytecount interval and OpenVPN's grace, as the documentation has it


class InServersNamespace(Daemon):
    """davylampd where the servers are; the API is reached by its control socket."""

    def request(self, method, path, body=None):
        return Control(self).request(method, path.removeprefix("/api/v1/"), body)

    def login(self):
        pass


class KernelStop(unittest.TestCase):
    def set_up(self):
        self.lab = self.enterContext(Lab(clients=3))
        self.namespace = self.lab.prefix + "-srv"
        self.daemon = self.enterContext(InServersNamespace(sources_of(self.lab, poll_seconds=1, bytecount_seconds=1),
                                                           command=["ip", "netns", "exec", self.namespace, DAEMON],
                                                           extra=["[enforce]", "nftables = true"]))
        self.daemon.wait_servers_up("udp", "tcp")
        self.daemon.wait_open(3)
        self.user = self.lab.client(1)["common_name"]

    def rules(self):
        done = subprocess.run(["ip", "netns", "exec", self.namespace, "nft", "list", "table", "inet", "davylamp_quota"],
                              capture_output=True, text=True, timeout=20, check=False)
        return done.stdout if done.returncode == 0 else ""

    def post(self, path, body):
        return Control(self.daemon).send("POST", path, body, 201)

    def quota(self):
        return self.daemon.get("users/" + self.user)["quotas"][0]

    def download(self, seconds):
        process = self.lab.send_down(1, RATE, seconds)
        self.addCleanup(lambda: (process.kill(), process.wait()))
        return process

    def received(self):
        """Bytes that came out of the tunnel at client 1."""
        return json.loads(self.lab.call("exec", 1, "ip", "-s", "-j", "link", "show", "tun0"))[0]["stats64"]["rx"]["bytes"]

    def test_packets_stop_at_the_limit(self):
        self.set_up()
        limit = self.post("limits", {"subject_kind": "user", "subject": self.user, "direction": "down", "bytes": LIMIT, "kernel_stop": True,
                                     "period": {"kind": "month", "zone": "UTC"}})
        address = next(s for s in self.daemon.sessions("open") if s["user"] == self.user)["virtual_address"]
        eventually(lambda: address in self.rules(), 30, lambda: f"the kernel knows {address}: {self.rules()}\n{self.daemon.log_text()[-1500:]}")
        stream = self.download(600)
        began = time.monotonic()
        counts = [(began, 0)]

        def ended():
            try:
                counts.append((time.monotonic(), self.received()))
            except (AssertionError, ValueError):
                pass  # the client's tunnel is gone
            return [s for s in self.daemon.sessions("closed") if s["user"] == self.user]
        eventually(ended, 180, lambda: f"the session ends: {self.quota()}", step=0.1)
        stream.kill()
        over = self.quota()["used_bytes"] - LIMIT
        highest = max(count for _, count in counts)
        flowed = max(at for at, count in counts if count < highest) - began
        print(f"{over} bytes over the limit of {LIMIT}; without the kernel's stop up to {BOUND:.0f}; "
              f"the client got {highest} bytes in {flowed:.1f} s, and {counts[-1][0] - began - flowed:.1f} s of nothing before the session ended")
        self.assertLess(abs(over), 1_500_000)
        self.assertEqual(self.quota()["state"], "reached")
        self.post(f"limits/{limit['id']}/grants", {"bytes": 200_000_000, "until_at": time.time() + 3600, "reason": "asked nicely"})
        # The answer says that it is written; it holds a moment later, and who comes before that is sent away once more.
        eventually(lambda: self.quota()["state"] != "reached", 20, lambda: f"the grant holds: {self.quota()}", step=0.01)
        self.lab.call("start", 1)
        eventually(lambda: [s for s in self.daemon.sessions("open") if s["user"] == self.user], 30, "the user is in again")
        before = self.received()
        stream = self.download(600)
        eventually(lambda: self.received() > before + 5_000_000, 60, lambda: f"packets flow: {self.received() - before}; {self.rules()}")
        stream.kill()
        eventually(self.rules, 20, "the kernel stops the user at the new limit")
        self.daemon.stop()
        self.assertEqual(self.rules(), "", "what davylampd told the kernel outlived it")


if __name__ == "__main__":
    skip_without_lab()
    unittest.main(verbosity=2)
