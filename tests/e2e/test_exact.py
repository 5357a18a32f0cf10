"""Every session's bytes equal OpenVPN's own final counters (the disconnect hook), whatever happens to it or to us.

Exact means: as long as nothing is sent to a client between the last snapshot and its end. The lab's traffic falls silent
with its client, as TCP does; before an end without notice (TCP servers) the tests wait until the counters rest.
"""
import time
import unittest

from daemon import Daemon, key_of, sources_of
from lab import Lab, eventually, skip_without_lab, when_busy
from live import Live
from stutter import Stutter


def twice_in_the_ledger(daemon):
    keys = [key_of(session) for session in daemon.sessions()]
    return sorted(key for key in set(keys) if keys.count(key) > 1)


class Exact(unittest.TestCase):
    def setUp(self):
        # Nothing is sent to who is silent, for longer than a slow machine needs to end him.
        self.lab = self.enterContext(Lab(keepalive="30 60"))
        # A server that restarts under traffic is there for two more seconds, the last of them in silence: long enough for one look.
        poll_seconds = 0.3 if self._testMethodName in ("test_sigusr1_under_traffic", "test_sighup_under_traffic") else 1
        self.daemon = self.enterContext(Daemon(sources_of(self.lab, poll_seconds=poll_seconds, bytecount_seconds=1)))
        self.daemon.wait_servers_up("udp", "tcp")
        self.daemon.wait_open(8)

    def assert_exact(self, count, server=None, after=0):
        """`count` sessions have ended, but for those that had before, and each is in the ledger with OpenVPN's own bytes, once."""
        def ended():
            return self.lab.finals(server)[after:]
        eventually(lambda: len(ended()) >= count, 30, lambda: f"{count} sessions end: {len(ended())}")
        finals = ended()
        self.assertEqual(len(finals), count)

        def closed():
            return {key_of(s): s for s in self.daemon.sessions() if s["state"] == "closed"}

        def all_closed():
            found = closed()
            return all(final.key in found for final in finals) and found
        ledger = eventually(all_closed, 30, lambda: f"closed in the ledger: {sorted(f.key for f in finals if f.key not in closed())} missing", step=0.3)
        wrong = [(f.key, "OpenVPN", f.rx_bytes, f.tx_bytes, "ledger", ledger[f.key]["rx_bytes"], ledger[f.key]["tx_bytes"])
                 for f in finals if (f.rx_bytes, f.tx_bytes) != (ledger[f.key]["rx_bytes"], ledger[f.key]["tx_bytes"])]
        self.assertEqual(wrong, [])
        # Who has just ended may be in the list of the open ones for a moment more.
        eventually(lambda: not twice_in_the_ledger(self.daemon), 10, lambda: f"a session is in the ledger twice: {twice_in_the_ledger(self.daemon)}")

    def counters(self):
        return sorted((s["id"], s["rx_bytes"], s["tx_bytes"]) for s in self.daemon.sessions("open"))

    def let_rest(self):
        """Returns once no counter has moved for two snapshots. Pings come thirty seconds after the last packet: what ends without
        notice (clients 4 and 8, by TCP) should end first."""
        def looked_at():
            return min(card["last_snapshot_at"] for card in self.daemon.servers().values())
        looked, previous, since = looked_at(), self.counters(), time.monotonic()
        while time.monotonic() - since < 2.5 or looked_at() < looked + 2:
            time.sleep(0.2)
            seen, current = looked_at(), self.counters()
            if current != previous:
                looked, previous, since = seen, current, time.monotonic()

    def move(self, seconds=3, **options):
        words = [word for name, value in options.items() for word in ("--" + name, str(value))]
        self.lab.call("traffic", "--seconds", seconds, *words)

    def test_connect(self):
        name = self.lab.client(2)["common_name"]
        self.lab.call("stop", 2)
        self.assert_exact(1)
        with Stutter() as stutter, Live(self.daemon) as live:
            since = time.monotonic()
            live.until(lambda m: m["kind"] == "snapshot", 10, "the first snapshot")
            self.lab.call("start", 2)
            opened = live.until(lambda m: any(s["user"] == name for s in m.get("opened", [])), 10, f"{name} opens")
        session = next(s for s in opened["opened"] if s["user"] == name)
        account = self.lab.accounts("client-connect")[-1]
        self.assertEqual(key_of(session), account.key)
        self.assertEqual(session["real_address"], self.lab.client(2)["address"])
        self.assertFalse(session["adopted"])
        self.assertLess(opened["at"] - account.opened_at, stutter.allow(5, since))

    def test_difficult_names_and_addresses(self):
        sessions = {s["virtual_address"] + s["server"]: s for s in self.daemon.sessions("open")}
        for account in self.lab.accounts("client-connect"):
            session = sessions[account.virtual_address + account.server]
            self.assertEqual((session["user"], session["real_address"], session["transport"]),
                             (account.common_name, account.real_address, account.server))

    def test_traffic(self):
        # rx is what the server received: the client's upload
        for direction, counted, other in (("up", "rx_bytes", "tx_bytes"), ("down", "tx_bytes", "rx_bytes")):
            before = self.session_of(1)
            for _ in range(10):  # a busy machine sends less in these seconds
                self.move(rate="2M", client=1, direction=direction)
                self.let_rest()
                after = self.session_of(1)
                self.assertEqual(after["id"], before["id"])
                moved, back = (after[name] - before[name] for name in (counted, other))
                if moved > 500_000:
                    break
            self.assertGreater(moved, 500_000, direction)
            self.assertGreater(moved, back * 4, direction)
        self.lab.call("stop", 1)
        self.assert_exact(1)

    def session_of(self, index):
        return next(s for s in self.daemon.sessions("open") if s["user"] == self.lab.client(index)["common_name"])

    def test_disconnect(self):
        self.move(rate="500k")
        self.let_rest()
        for index in (4, 3, 6, 7):  # UTF-8 over TCP, comma and quotes, a shared name, IPv6
            self.lab.call("stop", index)
        self.assert_exact(4)

    def test_sigusr1_under_traffic(self):
        self.restart_under_traffic("USR1")

    def test_sighup_under_traffic(self):
        self.restart_under_traffic("HUP")

    def restart_under_traffic(self, how):
        self.lab.start_traffic()
        for _ in range(3):
            time.sleep(3)
            before = len(self.lab.finals("udp"))
            restarted_at = time.time()
            with Stutter() as stutter:
                self.lab.call("restart", "udp", how)
                eventually(lambda: len(self.lab.finals("udp")) >= before + 6, 30, "all are put out")
            self.lab.wait_open(6, "udp")
            self.daemon.wait_open(6, "udp")
            at_rest = stutter.longest() < 0.5 and when_busy(1) < 1.5
            if at_rest or self.looked_at_since(restarted_at + 1.6, before):
                break  # else there was no time for a look in that last second: once more
        self.assert_exact(6, "udp", after=before)

    def looked_at_since(self, moment, after):
        """Whether each that ended at the last restart was seen in that second, or later."""
        seen = {key_of(session): session["last_seen_at"] for session in self.daemon.sessions("closed")}
        return all(seen.get(final.key, 0) >= int(moment) for final in self.lab.finals("udp")[after:])

    def test_tcp_server_restart(self):
        self.move(rate="500k")
        self.let_rest()
        self.lab.call("restart", "tcp", "USR1")
        self.assert_exact(2, "tcp")
        self.lab.wait_open(2, "tcp")
        self.daemon.wait_open(2, "tcp")

    def test_client_kill_from_outside(self):
        self.move(rate="500k")
        self.let_rest()
        victim = self.lab.client(3)["common_name"]
        self.daemon.stop()
        client_id = self.lab.client_ids("udp")[victim]
        self.assertTrue(self.lab.management("udp", f"client-kill {client_id}").startswith("SUCCESS"))
        self.daemon.start()
        self.daemon.wait_servers_up("udp", "tcp")
        back_at = time.time()
        final = eventually(self.lab.finals, 30, "the session ends")[0]
        self.assertEqual(final.common_name, victim)
        if final.opened_at + final.seconds > back_at or when_busy(1) < 1.5:
            self.assert_exact(1)
        else:
            self.assert_all_but_the_last_word(final)
        self.daemon.wait_open(8)

    def assert_all_but_the_last_word(self, final):
        """It ended before the daemon was back, which takes a busy machine more than five seconds: what the server sent to end it is unknown."""
        session = eventually(lambda: next((s for s in self.daemon.sessions("closed") if key_of(s) == final.key), None), 30, f"{final.key} is closed", step=0.3)
        self.assertEqual(session["rx_bytes"], final.rx_bytes)
        self.assertLessEqual(session["tx_bytes"], final.tx_bytes)
        self.assertGreater(session["tx_bytes"], final.tx_bytes - 2_000)

    def test_kill_9_under_traffic(self):
        self.lab.start_traffic("1M")
        time.sleep(3)
        before = {key_of(s): s for s in self.daemon.sessions("open")}
        self.daemon.kill()
        time.sleep(3)  # what passes now is seen by nobody
        self.daemon.start()
        self.daemon.wait_servers_up("udp", "tcp")
        after = {key_of(s): s for s in self.daemon.wait_open(8)}
        self.assertEqual({key: s["id"] for key, s in after.items()}, {key: s["id"] for key, s in before.items()})
        time.sleep(2)

        def standing():
            return [session for session in self.daemon.sessions("open") for was in [before[key_of(session)]]
                    if session["rx_bytes"] <= was["rx_bytes"] or session["tx_bytes"] <= was["tx_bytes"]]
        eventually(lambda: not standing(), 30, lambda: f"every session moves on: {standing()}", step=0.3)
        self.lab.stop_traffic()
        self.let_rest()
        for index in (4, 8, 1, 2, 3, 5, 6, 7):
            self.lab.call("stop", index)
        self.assert_exact(8)


if __name__ == "__main__":
    skip_without_lab()
    unittest.main(verbosity=2)
