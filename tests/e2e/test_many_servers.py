"""64 management sockets in one davylampd: held, silent, garbled and dead ones are each a matter of their own, all others are up,
quick and exact.
"""
import os
import tempfile
import time
import unittest

import fake_management as fake
from daemon import Daemon
from lab import eventually, when_busy
from sim import Simulator

GOOD, CLIENTS, FREEZE_SECONDS = 54, 540, 22


class ManyServers(unittest.TestCase):
    def test_each_is_supervised_alone(self):
        directory = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-bad-"))
        bad = {}
        for kind, behaviour in (("held", fake.held), ("silent", fake.silent), ("garbage", fake.garbage), ("torn", fake.drops_in_a_row)):
            for number in (1, 2):
                server = self.enterContext(fake.FakeManagement(directory, f"{kind}-{number}", behaviour))
                bad[f"{kind}-{number}"] = server.path
        bad["dead-1"], bad["dead-2"] = os.path.join(directory, "dead-1.sock"), os.path.join(directory, "dead-2.sock")
        script = f"{FREEZE_SECONDS} * freeze\n8 sim-07 die\n9 sim-08 signal SIGUSR1\n10 sim-09 signal SIGHUP\n"
        sim = self.enterContext(Simulator(sockets=GOOD, clients=CLIENTS, arrive=2, active=1, respawn=2, ping_restart=2, script=script))
        began = time.monotonic()
        sources = sim.sources() + [{"name": name, "management": path, "poll_seconds": 1} for name, path in bad.items()]
        self.assertEqual(len(sources), 64)
        daemon = self.enterContext(Daemon(sources))
        names = {source["name"] for source in sim.sources()}

        def good():
            return {name: card for name, card in daemon.servers().items() if name in names}
        def not_well():
            """Of the good ones: what is not up, or was not understood. A machine that stands still makes a server late, not lost."""
            return {name: (card["state"], card["problems"], card["health"]) for name, card in good().items() if card["state"] != "up" or card["problems"]}

        def told_apart():
            cards = {name: card for name, card in daemon.servers().items() if name in bad}
            told = all(card["state"] not in ("up", "connecting") or card["problems"] for card in cards.values())
            held = {cards["held-1"]["state"], cards["held-2"]["state"]} == {"held"}
            down = {cards["dead-1"]["state"], cards["dead-2"]["state"]} == {"down"}
            return told and held and down and len({card["health"].split(";")[0] for card in cards.values()}) >= 4
        eventually(lambda: not not_well(), when_busy(60), lambda: f"up: {not_well()}", step=0.2)
        print(f"{GOOD} servers up {time.monotonic() - began:.1f} s after the start, with {len(bad)} bad ones beside them")
        eventually(told_apart, when_busy(60), lambda: f"each bad one is told: { {n: (c['state'], c['health']) for n, c in daemon.servers().items() if n in bad} }",
                   step=0.3)
        time.sleep(max(0, began + FREEZE_SECONDS + 2 - time.monotonic()))
        eventually(lambda: not not_well(), when_busy(20), lambda: f"still up after the restarts: {not_well()}\n{daemon.log_text()[-4000:]}", step=0.5)
        self.assert_exact(sim, daemon, names)
        with fake.FakeManagement(directory, "dead-1", fake.healthy):
            daemon.wait_servers_up("dead-1")
        with open(f"/proc/{daemon.process.pid}/stat", encoding="utf-8") as file:
            user, system = file.read().rpartition(")")[2].split()[11:13]
        seconds = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
        print(f"{CLIENTS} clients on 64 sockets: {100 * seconds / (time.monotonic() - began):.1f} % of a core, start included")
        daemon.stop()

    def assert_exact(self, sim, daemon, names):
        """Open sessions to the byte; those that ended never more than the truth."""
        def wrong():
            rows = sim.truth()
            truth = {(r["server"], r["common_name"], int(r["since"]), r["virtual_address"]): r for r in rows}
            books = {(s["server"], s["common_name"], int(s["opened_at"]), s["virtual_address"]): s for s in daemon.sessions("all") if s["server"] in names}
            found = [(key, r["rx_bytes"], r["tx_bytes"], books.get(key) and (books[key]["rx_bytes"], books[key]["tx_bytes"])) for key, r in truth.items()
                     if not r["ended_at"] and (key not in books or (books[key]["rx_bytes"], books[key]["tx_bytes"]) != (r["rx_bytes"], r["tx_bytes"]))]
            found += [(key, "more than the truth") for key, s in books.items() if key not in truth or s["rx_bytes"] > truth[key]["rx_bytes"]]
            self.open = sum(not r["ended_at"] for r in rows)
            return found
        eventually(lambda: not wrong(), when_busy(60), lambda: f"exact: {wrong()[:5]}\n{daemon.log_text()[-4000:]}", step=0.5)
        print(f"{self.open} open sessions exact")
        self.assertGreaterEqual(self.open, CLIENTS * 0.9)


if __name__ == "__main__":
    unittest.main(verbosity=2)
