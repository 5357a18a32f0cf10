"""A cluster under load, of which every process is killed in turn: at the end the books are the truth, no alert is lost or
doubled, and who was looking is looking again. DAVYLAMP_LONG=N kills everything, N times: some five minutes each."""
import http.client
import os
import re
import time
import unittest

from cluster import LEASE_SECONDS, Cluster, Front, Viewer
from cluster_books import Alerts, Books
from lab import eventually
from services import NGINX, POSTGRES_BINARIES, REDIS, new_folder, remove_folder, skip_without
from slapd import TOOLS as LDAP_TOOLS
from stutter import Stutter

ROUNDS = int(os.environ.get("DAVYLAMP_LONG") or 0)  # of everything; 0: some of it, once
CLIENTS = int(os.environ.get("DAVYLAMP_CLIENTS", "60"))  # of each collector
AWAY_SECONDS = 2  # between a kill and the start, where nobody takes over
TAKE_OVER_SECONDS = 10  # until another worker holds the shards of one that was killed
WHOLE_SECONDS = 90


HEADER = f"{'killed':<12} {'taken, seen, s (n)':>18} {'whole, s':>10} {'came again':>11} {'dropped':>8} {'sessions have/want':>19}"


class Strike:
    """One row of the table."""

    def __init__(self, victim):
        self.victim, self.taken_over, self.whole, self.repeated, self.dropped, self.sessions = victim, None, None, 0, 0, ""
        self.shards, self.leased, self.leased_within = 0, 0.0, 0.0

    def row(self):
        taken = "-" if self.taken_over is None else f"{self.leased:.1f} {self.taken_over:.1f} ({self.shards})"
        return f"{self.victim:<12} {taken:>18} {self.whole:>10.1f} {self.repeated:>11} {self.dropped:>8} {self.sessions:>19}"


class Losses:
    """What the processes counted since they started, summed over their starts."""

    def __init__(self, front):
        self.front, self.last = front, {}

    def since(self, *names):
        """By how much these grew since this was asked before."""
        grown = 0
        for item in self.front.get("losses")["items"]:
            if item["name"] not in names:
                continue
            key = (item.get("role"), item["name"])
            before = self.last.get(key, 0)
            grown += item["count"] - before if item["count"] >= before else item["count"]
            self.last[key] = item["count"]
        return grown


class Show(unittest.TestCase):
    def setUp(self):
        self.stutter = self.enterContext(Stutter())
        self.folder = new_folder("davylamp-cluster-")
        self.addCleanup(remove_folder, self.folder)
        self.cluster = self.enterContext(Cluster(self.folder, clients=CLIENTS))
        self.front = self.cluster.front()
        # Half of them are people of the directory.
        people = [("tester", self.cluster.password)] * 2 + [(name, self.cluster.slapd.passwords[name]) for name in ("ann", "bob")]
        self.viewers = [Viewer(self.cluster.front(name, password)) for name, password in people]
        for viewer in self.viewers:
            viewer.start()
            self.addCleanup(viewer.stop)
        self.alerts = Alerts(self.front, self.cluster.webhook)
        self.strikes = []
        self.repeats, self.drops = Losses(self.front), Losses(self.front)

    def check_directory(self):
        roles = {viewer.front.account: viewer.front.get("me")["role"] for viewer in self.viewers}
        self.assertEqual(roles, {"tester": "admin", "ann": "admin", "bob": "viewer"})
        for name, password in (("ann", "wrong"), ("eve", self.cluster.slapd.passwords["eve"])):
            front = Front(self.cluster.nginx, name, password)
            # What stands between may be in trouble; an answer of the directory it is in the end.
            said = eventually(lambda: self.turned_away(front), 60, f"{name} is turned away", step=0.5)
            self.assertRegex(said, r"^login of \w+: 40[13] ")

    def turned_away(self, front):
        """What was said to who may not log in; nothing while nobody says anything."""
        try:
            front.login()
        except AssertionError as refusal:
            return None if re.match(r"login of \w+: (429|5\d\d) ", str(refusal)) else str(refusal)
        except (OSError, http.client.HTTPException):
            return None
        return f"{front.account} was let in"

    def caught_up(self, truth):
        """Whether every viewer sees what was true: each of these sessions has moved as much, or has ended."""
        ended = None
        for viewer in self.viewers:
            view = viewer.view()
            if view is None:
                return False
            for where, row in truth.items():
                have = view.get(where)
                if have is not None and have[0] >= row["rx_bytes"] and have[1] >= row["tx_bytes"]:
                    continue
                if have is None and ended is None:
                    ended = {(row["server"], row["common_name"], int(row["since"]), row["virtual_address"])
                             for row in self.cluster.truth() if row["ended_at"] != 0}
                if have is not None or where not in ended:
                    return False
        return True

    def wait_whole(self, since, seconds, what):
        """Seconds from `since` until everybody sees what was true then."""
        truth = self.cluster.fresh_truth()
        eventually(lambda: self.caught_up(truth), seconds, lambda: f"{what}: all is whole; {self.explain(truth)}", step=0.1)
        return time.monotonic() - since

    def explain(self, truth):
        lines = []
        for number, viewer in enumerate(self.viewers):
            view = viewer.view()
            behind = [] if view is None else [(where, view.get(where), (row["rx_bytes"], row["tx_bytes"])) for where, row in truth.items()
                                              if view.get(where, (0, 0)) < (row["rx_bytes"], row["tx_bytes"])]
            lines.append(f"viewer {number}: {'not connected, ' + viewer.last_error if view is None else f'{len(behind)} behind, such as {behind[:2]}'}")
        for service in self.cluster.running:
            lines.append(f"--- {service.name} ({'alive' if service.alive() else 'DEAD'}): {service.log_text()[-700:]}")
        return "\n".join(lines)

    def strike(self, service):
        """Kills it while an agent begins to fail, starts it again, and lets the agent recover."""
        strike, agent = Strike(service.name), f"witness-{len(self.strikes)}"
        self.alerts.add(agent)
        service_is_worker = service in self.cluster.workers
        self.alerts.fail(agent)  # at once killed: the alert is on its way
        held = self.shards_of(service) if service_is_worker else []
        began = time.monotonic()
        service.kill()
        if service_is_worker:
            eventually(lambda: not self.shards_of(service), WHOLE_SECONDS, lambda: f"the other worker has the shards of {service.name}: {self.shards_of(service)}", step=0.3)
            strike.shards = len(held)
            strike.leased = time.monotonic() - began
            strike.leased_within = self.stutter.allow(TAKE_OVER_SECONDS, began)
            strike.taken_over = self.wait_whole(began, WHOLE_SECONDS, f"the other worker has the shards of {service.name}")
        else:
            time.sleep(AWAY_SECONDS)
        service.start()
        strike.whole = self.wait_whole(began, WHOLE_SECONDS, f"{service.name} was killed")
        self.alerts.ping(agent)
        strike.repeated = self.repeats.since("reports_repeated")
        strike.dropped = self.drops.since("observations_dropped", "bus_emptied")
        strike.sessions = f"{self.front.get('sessions', state='all', limit=1)['total']}/{len(self.cluster.truth())}"
        self.strikes.append(strike)
        print(strike.row(), flush=True)

    def shards_of(self, worker):
        rows = self.cluster.postgres.sql("SELECT index, holder FROM shard_leases WHERE holder IS NOT NULL ORDER BY 1")
        return [int(index) for index, holder in rows if holder.startswith(worker.name + "/")]

    def chief(self):
        """The worker that also has what is not of one node."""
        return eventually(lambda: next((worker for worker in self.cluster.workers if 0 in self.shards_of(worker)), None), WHOLE_SECONDS,
                          "a worker has the first shard", step=0.3)

    def victims(self):
        cluster = self.cluster
        if ROUNDS:
            return [*cluster.workers, *cluster.serves, *cluster.collectors, cluster.redis, cluster.postgres, cluster.nginx]
        return [self.chief(), cluster.redis, cluster.postgres, cluster.collectors[-1], cluster.serves[1]]

    def test_every_process_is_killed_in_turn(self):
        self.cluster.start_crowds()
        time.sleep(8)
        self.wait_whole(time.monotonic(), 120, "at the start")
        print(HEADER, flush=True)
        for _ in range(max(1, ROUNDS)):
            for service in self.victims():
                self.strike(service)
                time.sleep(4 if ROUNDS else 1)
        self.check_directory()
        self.rest()
        self.check_books()
        self.check_alerts()
        self.check_viewers()
        self.report()

    def rest(self):
        for crowd in self.cluster.crowds:
            crowd.freeze()
        time.sleep(8)  # who is leaving has left, the last listing is read

    def check_books(self):
        def problems():
            return Books(self.front, self.cluster.postgres).problems(self.cluster.truth())
        eventually(lambda: not problems(), 60, lambda: "\n".join(problems()[:40]), step=2)

    def check_alerts(self):
        eventually(lambda: not self.alerts.problems(), 40, lambda: "\n".join(self.alerts.problems()), step=1)

    def check_viewers(self):
        stored = {(s["server"], s["common_name"], int(s["opened_at"]), s.get("virtual_address", "")): (s["rx_bytes"], s["tx_bytes"])
                  for s in self.front.pages("sessions", state="open")}
        for viewer in self.viewers:
            eventually(lambda: viewer.view() == stored, 20, lambda: f"a viewer sees {viewer.view()}, the store has {stored}", step=0.5)
        self.assertGreater(sum(viewer.connects for viewer in self.viewers), len(self.viewers), "nobody had to come back")

    def report(self):
        truth = self.cluster.truth()
        print("\n" + HEADER)
        print("\n".join(strike.row() for strike in self.strikes))
        print(Books(self.front, self.cluster.postgres).line(truth))
        print(self.alerts.line())
        print(f"{len(self.viewers)} viewers came back {sum(viewer.connects for viewer in self.viewers) - len(self.viewers)} times; their views are the store's")
        taken = [strike for strike in self.strikes if strike.taken_over is not None]
        self.assertTrue(taken)
        for strike in taken:
            self.assertLess(strike.leased, strike.leased_within, f"a lease is {LEASE_SECONDS} s")


if __name__ == "__main__":
    skip_without(REDIS, NGINX, f"{POSTGRES_BINARIES}/postgres", *LDAP_TOOLS)
    unittest.main()
