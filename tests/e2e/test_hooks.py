"""davylamp-hook in real OpenVPN servers: every session ends with OpenVPN's own counters, whatever was sent to its client
after the last snapshot, and whatever becomes of the daemon meanwhile; who is refused does not get in.

The lab's own hook keeps OpenVPN's account (hooks.log) and then hands over to davylamp-hook, with its environment.
"""
import os
import statistics
import struct
import time
import unittest

from daemon import Daemon, key_of, sources_of
from lab import Lab, eventually, skip_without_lab

HOOK = os.environ.get("DAVYLAMP_HOOK", "")
MASK = (1 << 64) - 1


def sip_hash(first, second, text):
    """SipHash-2-4, for a file of verdicts that no program of ours wrote."""
    a, b, c, d = first ^ 0x736F6D6570736575, second ^ 0x646F72616E646F6D, first ^ 0x6C7967656E657261, second ^ 0x7465646279746573

    def turn(value, bits):
        return ((value << bits) | (value >> (64 - bits))) & MASK

    def rounds(count):
        nonlocal a, b, c, d
        for _ in range(count):
            a, c = (a + b) & MASK, (c + d) & MASK
            b, d, a = turn(b, 13) ^ a, turn(d, 16) ^ c, turn(a, 32)
            c, a = (c + b) & MASK, (a + d) & MASK
            b, d, c = turn(b, 17) ^ c, turn(d, 21) ^ a, turn(c, 32)

    padded = text + bytes(7 - len(text) % 8) + bytes([len(text) & 255])
    for (word,) in struct.iter_unpack("<Q", padded):
        d ^= word
        rounds(2)
        a ^= word
    c ^= 0xFF
    rounds(4)
    return a ^ b ^ c ^ d


def verdict_file(users):
    entries = b"".join(struct.pack("<QqII", *entry) for entry in sorted((sip_hash(1, 2, user.encode()), MASK >> 1, 2, 0) for user in users))
    header = struct.pack("<8sIIQQQQ", b"DAVYVDCT", 1, 24, 1, 1, 2, len(users))
    return header + struct.pack("<Q", sip_hash(1, 2, header)) + entries


class Hooks(unittest.TestCase):
    def set_up(self, daemon=True, **options):
        self.lab = Lab(**options)
        self.folders = self.lab.install_hook(HOOK)
        for server in ("udp", "tcp"):  # as davylampd makes them: the hooks of the first connects write there as well
            spool = os.path.join(self.folders, server, "spool")
            os.makedirs(spool)
            os.chmod(spool, 0o3733)
        self.enterContext(self.lab)
        if daemon:
            self.daemon = self.enterContext(Daemon(self.sources()))
            self.daemon.wait_servers_up("udp", "tcp")
            self.daemon.wait_open(8)

    def sources(self):
        sources = sources_of(self.lab, poll_seconds=1, bytecount_seconds=1)
        for source in sources:
            source["hook_directory"] = os.path.join(self.folders, source["name"])
        return sources

    def closed(self):
        return {key_of(s): s for s in self.daemon.sessions() if s["state"] == "closed"}

    def assert_exact(self, count, server=None):
        """`count` sessions have ended, each is in the ledger once, with OpenVPN's own last counters and said to be final."""
        eventually(lambda: len(self.lab.finals(server)) >= count, 30, lambda: f"{count} sessions end: {len(self.lab.finals(server))}")
        finals = self.lab.finals(server)
        self.assertEqual(len(finals), count)

        def all_final():
            found = self.closed()
            return all(found.get(final.key, {}).get("final") for final in finals) and found
        ledger = eventually(all_final, 30, lambda: f"final in the ledger: {[(f.key, self.closed().get(f.key)) for f in finals]}", step=0.3)
        wrong = [(f.key, "OpenVPN", f.rx_bytes, f.tx_bytes, "ledger", ledger[f.key]["rx_bytes"], ledger[f.key]["tx_bytes"])
                 for f in finals if (f.rx_bytes, f.tx_bytes) != (ledger[f.key]["rx_bytes"], ledger[f.key]["tx_bytes"])]
        self.assertEqual(wrong, [])
        keys = [key_of(s) for s in self.daemon.sessions()]
        self.assertEqual(len(keys), len(set(keys)), "a session is in the ledger twice")

    def start_blind_traffic(self):
        self.lab.call("traffic", "start", "--rate", "1M", "--blind")
        time.sleep(3)

    def test_blind_sender_at_sigusr1(self):
        self.set_up()
        self.start_blind_traffic()
        self.lab.call("restart", "udp", "USR1")
        self.assert_exact(6, "udp")
        self.lab.stop_traffic()
        self.lab.wait_open(6, "udp")
        self.daemon.wait_open(6, "udp")

    def test_a_tcp_server_that_stops_under_traffic(self):
        self.set_up()
        self.start_blind_traffic()
        self.lab.call("restart", "tcp", "full")
        self.assert_exact(2, "tcp")

    def test_as_nobody(self):
        self.set_up(server_extra="user nobody\\ngroup nogroup")
        os.chmod(os.path.join(self.lab.directory, "hooks.log"), 0o666)
        self.start_blind_traffic()
        for index in (1, 3, 4):
            self.lab.call("stop", index)
        self.assert_exact(3)
        claimed = os.path.join(self.folders, "udp", "claimed")
        owners = {os.stat(os.path.join(claimed, name)).st_uid for name in os.listdir(claimed)}
        self.assertEqual(owners, {65534}, "the hooks ran as nobody")

    def test_sessions_end_while_the_daemon_is_dead(self):
        self.set_up()
        self.start_blind_traffic()
        self.daemon.kill()
        for index in (1, 3, 4):
            self.lab.call("stop", index)
        eventually(lambda: len(self.lab.finals()) == 3, 30, "three sessions end")
        self.daemon.start()
        self.assert_exact(3)

    def test_kill_9_while_sessions_end(self):
        self.set_up()
        self.start_blind_traffic()
        self.lab.call("restart", "udp", "USR1")
        eventually(lambda: self.lab.finals("udp"), 30, "the first session ends", step=0.001)
        self.daemon.kill()  # a word may be on its way, in the queue of the socket, on the bus, or not yet committed
        self.daemon.start()
        self.assert_exact(6, "udp")
        self.lab.stop_traffic()
        self.lab.wait_open(6, "udp")
        self.daemon.wait_open(6, "udp")

    def test_begun_and_ended_while_the_daemon_is_dead(self):
        self.set_up()
        self.daemon.kill()
        self.lab.call("stop", 1)
        self.lab.call("start", 1)
        self.lab.call("stop", 1)
        eventually(lambda: len(self.lab.finals()) == 2, 30, "both sessions of client 1 end")
        self.daemon.start()
        self.assert_exact(2)

    def assert_refused(self, index):
        """Client `index` tries to come back and is told that it may not."""
        self.lab.call("reconnect", index, "--no-wait")
        self.wait_refused(index)

    def wait_refused(self, index):
        def text():
            with open(os.path.join(self.lab.directory, f"c{index}.log"), encoding="utf-8", errors="replace") as file:
                return file.read()
        eventually(lambda: "AUTH_FAILED" in text(), 30, lambda: f"client {index} is refused; its log:\n{text()}")

    def test_refusals_hold_without_the_daemon(self):
        self.set_up(daemon=False)
        name = self.lab.client(2)["common_name"]
        verdicts = os.path.join(self.folders, "udp", "verdicts")
        with open(verdicts, "wb") as file:
            file.write(verdict_file(["nobody.else", name]))
        self.assert_refused(2)
        self.lab.call("reconnect", 1)
        os.unlink(verdicts)
        self.lab.call("start", 2)

    def test_a_blocked_user_stays_out_until_unblocked(self):
        self.set_up()
        name = self.lab.client(2)["common_name"]
        path = f"/api/v1/users/{name}/block"
        self.assertEqual(self.daemon.request("POST", path, {"reason": "lost laptop"})[0], 200)
        verdicts = os.path.join(self.folders, "udp", "verdicts")
        self.wait_refused(2)
        self.assertGreater(os.path.getsize(verdicts), 56)
        eventually(lambda: len(self.daemon.sessions("open")) == 7, 30, "seven sessions are left")
        with self.assertRaises(AssertionError):
            self.lab.call("start", 2)

        def refused():
            return {event.get("user") for event in self.daemon.get("events", limit=50)["items"] if event["kind"] == "login_refused"}
        eventually(refused, 30, "that somebody was refused is told")
        self.assertEqual(refused(), {name})
        self.assertEqual(self.daemon.request("DELETE", path)[0], 204)
        eventually(lambda: os.path.getsize(verdicts) == 56, 30, "nobody is refused any more")
        self.lab.call("start", 2)
        self.daemon.wait_open(8)

    def test_costs_no_more_than_a_program_that_does_nothing(self):
        def microseconds(command, **environment):
            began = time.perf_counter()
            pid = os.posix_spawn(command[0], command, environment)
            os.waitpid(pid, 0)
            return (time.perf_counter() - began) * 1e6
        self.set_up(daemon=False, clients=1)
        # In turns, so that whatever else the machine does meets both.
        taken = [(microseconds(["/bin/true"]), microseconds([HOOK, self.folders], script_type="client-disconnect", common_name="anna", bytes_sent="1"))
                 for _ in range(200)]
        nothing, hook = map(statistics.median, zip(*taken))
        print(f"davylamp-hook {hook:.0f} us, /bin/true {nothing:.0f} us (median)")
        self.assertLess(hook, nothing * 2)


if __name__ == "__main__":
    skip_without_lab()
    unittest.main(verbosity=2)
