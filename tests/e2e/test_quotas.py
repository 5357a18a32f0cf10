"""Quotas in real OpenVPN servers: who reaches a limit is stopped while downloading, stays out, and is let in again by a
grant, by a reset and by the period's end; how much more than the limit got through is printed beside the bound that the
documentation states.
"""
import contextlib
import json
import os
import subprocess
import tempfile
import time
import unittest

from daemon import DAEMON, Daemon, sources_of
from lab import SCRIPT, Lab, eventually, skip_without_lab, when_busy
from stutter import Stutter

HOOK = os.environ.get("DAVYLAMP_HOOK", "")
LIMIT = 20_000_000
RATE = 30_000_000  # bit/s
OPENVPN_ENDS_AFTER = 5  # seconds after client-kill
BYTECOUNT = 1  # seconds


class Quotas(unittest.TestCase):
    def set_up(self, hooks=True):
        self.set_up_lab(hooks)
        self.set_up_daemon()

    def set_up_lab(self, hooks=True, clients=3):
        self.hooks = hooks
        self.stutter = self.enterContext(Stutter())
        self.lab = Lab(clients=clients)
        if hooks:
            self.folders = self.lab.install_hook(HOOK)
        self.enterContext(self.lab)

    def set_up_daemon(self, **settings):
        self.daemon = self.enterContext(self.make_daemon(**settings))
        self.daemon.wait_servers_up("udp", "tcp")
        self.daemon.wait_open(3)
        self.user = self.lab.client(1)["common_name"]

    def make_daemon(self, **settings):
        sources = sources_of(self.lab, poll_seconds=1, bytecount_seconds=BYTECOUNT)
        if self.hooks:
            for source in sources:
                source["hook_directory"] = os.path.join(self.folders, source["name"])
        return Daemon(sources, **settings)

    def post(self, path, body, status=201):
        got, content = self.daemon.request("POST", "/api/v1/" + path, body)
        self.assertEqual(got, status, content)
        return json.loads(content) if content else None

    def limit_user(self, **settings):
        limit = {"subject_kind": "user", "subject": self.user, "direction": "down", "bytes": LIMIT,
                 "period": {"kind": "month", "zone": "UTC"}, **settings}
        return self.post("limits", limit)

    def quota(self):
        return self.daemon.get("users/" + self.user)["quotas"][0]

    def download(self):
        process = self.lab.send_down(1, RATE, 600)
        self.addCleanup(lambda: (process.kill(), process.wait()))
        return process

    def client_log(self):
        with open(os.path.join(self.lab.directory, "c1.log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def use_up(self):
        """Downloads until the session has ended; says how much more than the limit got through."""
        began = time.monotonic()
        stream = self.download()
        ended = eventually(lambda: [s for s in self.daemon.sessions("closed") if s["user"] == self.user and s.get("end_reason") == "quota"],
                           60, lambda: f"the session ends for its quota: {self.quota()}, {self.daemon.log_text()[-2000:]}", step=0.2)
        stream.kill()
        session = ended[0]
        final = eventually(self.lab.finals, 60, "OpenVPN's hook has run")[-1]
        if self.hooks:  # without them the last bytes of a stream that nobody hears are not seen
            eventually(lambda: self.quota()["used_bytes"] == final.tx_bytes, 60,
                       lambda: f"what is used is what OpenVPN sent, to the byte: {final.tx_bytes}, {self.quota()}")
        over = final.tx_bytes - LIMIT
        seconds = self.stutter.allow(BYTECOUNT + OPENVPN_ENDS_AFTER, began)
        bound = RATE / 8 * seconds
        print(f"limit {LIMIT} B, used {final.tx_bytes} B: {over} B over; bound {bound:.0f} B "
              f"({RATE / 1e6:.0f} Mbit/s x {seconds:.1f} s, at rest {BYTECOUNT} + {OPENVPN_ENDS_AFTER})")
        self.assertGreaterEqual(over, 0)
        self.assertLessEqual(over, bound * 1.1)  # the stream's rate is that of payload: packets are larger
        return session

    def assert_out(self):
        eventually(lambda: "AUTH_FAILED" in self.client_log(), 60, lambda: f"the client is told: {self.client_log()[-1500:]}")
        with self.assertRaises(AssertionError):
            self.lab.call("start", 1)
        self.assertEqual([s for s in self.daemon.sessions("open") if s["user"] == self.user], [])

    def told(self):
        return "\n".join(f"{event['at']} {event['text']}" for event in self.daemon.get("events", limit=50)["items"])

    def refused_at_the_door(self):
        return os.path.getsize(os.path.join(self.folders, "udp", "verdicts")) > 56  # that of the header alone

    def assert_in_again(self):
        eventually(lambda: not self.refused_at_the_door(), 30, "nobody is refused any more", step=0.01)
        try:
            self.lab.call("start", 1)
        except AssertionError as error:
            raise AssertionError(f"{error}\nquota: {self.quota()}\nclient:\n{self.client_log()[-1500:]}\n"
                                 f"events:\n{self.told()}\ndavylampd:\n{self.daemon.log_text()[-1500:]}") from error
        eventually(lambda: [s for s in self.daemon.sessions("open") if s["user"] == self.user], 60, "the user is in again")

    def test_stopped_while_downloading_and_let_in_by_a_grant_and_by_a_reset(self):
        self.set_up()
        limit = self.limit_user()
        self.use_up()
        self.assertEqual(self.quota()["state"], "reached")
        self.assertIn("resets_at", self.quota())
        self.assert_out()
        wanted = {"quota_near", "quota_reached", "login_refused"}
        eventually(lambda: wanted <= {event["kind"] for event in self.daemon.get("events", limit=200)["items"]}, 30,
                   lambda: f"{wanted} are told: {self.told()}", step=0.3)
        until = time.time() + 3600
        self.post(f"limits/{limit['id']}/grants", {"bytes": 100_000_000, "until_at": until, "reason": "asked nicely"})
        self.assert_in_again()
        self.assertEqual(self.quota()["allowed_bytes"], LIMIT + 100_000_000)
        self.lab.call("stop", 1)
        grants = self.daemon.get("limits")["grants"]
        self.assertEqual(self.daemon.request("DELETE", f"/api/v1/grants/{grants[0]['id']}")[0], 204)
        eventually(lambda: self.quota()["state"] == "reached" and self.refused_at_the_door(), 60, "what was granted counts no more")
        with self.assertRaises(AssertionError):
            self.lab.call("start", 1)
        self.post(f"limits/{limit['id']}/reset", {"reason": "a new start"}, 204)
        self.assert_in_again()
        self.assertLess(self.quota()["used_bytes"], 1_000_000)
        self.assertTrue([line for line in self.daemon.get("audit", limit=50)["items"] if "reset" in line["action"]])

    def test_holds_over_a_restart_of_the_daemon(self):
        self.set_up()
        self.limit_user()
        self.use_up()
        used = self.quota()["used_bytes"]
        self.daemon.kill()
        with self.assertRaises(AssertionError):
            self.lab.call("start", 1)  # the hook knows without the daemon
        self.daemon.start()
        eventually(lambda: self.daemon.get("users/" + self.user)["quotas"], 30, "the quota is known again")
        eventually(lambda: self.quota()["state"] == "reached" and self.quota()["used_bytes"] == used, 30,
                   lambda: f"still reached, with {used} bytes: {self.quota()}")

    def test_let_in_again_when_the_period_ends(self):
        self.set_up_lab()
        # A zone whose midnight is at the first full minute that leaves time to use the limit up; periods begin with a minute.
        midnight = -(-(int(time.time()) + min(int(when_busy(90)), 600)) // 60) * 60
        offset = -midnight % 86400
        folder = tempfile.mkdtemp(prefix="davylamp-zone-")
        self.addCleanup(lambda: subprocess.run(["rm", "-rf", folder], check=False))
        ahead = offset if offset <= 43200 else offset - 86400
        with open(os.path.join(folder, "source"), "w", encoding="utf-8") as file:
            file.write(f"Zone Soon {'-' if ahead < 0 else ''}{abs(ahead) // 3600}:{abs(ahead) // 60 % 60:02d} - SOON\n")
        subprocess.run(["/usr/sbin/zic", "-d", folder, file.name], check=True)
        self.set_up_daemon(command=["unshare", "-m", "sh", "-c",
                                    f'mount --bind "{folder}/Soon" /usr/share/zoneinfo/Antarctica/Troll && exec "$0" "$@"', DAEMON])
        self.limit_user(period={"kind": "day", "zone": "Antarctica/Troll"})
        quota = eventually(lambda: self.daemon.get("users/" + self.user)["quotas"], 20, "the quota is known")[0]
        self.assertAlmostEqual(quota["resets_at"], midnight, delta=1)
        self.use_up()
        self.assertLess(time.time(), midnight, "the machine was too slow for this test")
        self.assert_out()
        eventually(lambda: self.quota()["state"] == "ok", midnight - time.time() + 30, lambda: f"a new period begins: {self.quota()}", step=0.3)
        self.assert_in_again()

        def periods():
            return self.daemon.get(f"limits/{quota['limit_id']}/periods", user=self.user)["items"]
        eventually(periods, 30, "the period that ended is told")
        self.assertGreaterEqual(periods()[0]["used_bytes"], LIMIT)

    def test_one_who_keeps_returning_makes_no_storm(self):
        """Without the hook nothing keeps the client out at the door: it is sent away again, but not endlessly."""
        self.set_up(hooks=False)
        self.limit_user()
        self.use_up()
        for _ in range(6):
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run([SCRIPT, "--dir", self.lab.directory, "--prefix", self.lab.prefix, "start", "1"],
                               capture_output=True, timeout=60, check=False)
            time.sleep(2)

        def returns():
            return [event for event in self.daemon.get("events", limit=200)["items"]
                    if (event["kind"], event.get("user")) == ("user_returns", self.user)]
        eventually(returns, 30, lambda: f"that the user returns is told: {self.told()}")
        self.assertEqual(len(returns()), 1)

    def test_kick_and_halt(self):
        self.set_up()
        session = next(s for s in self.daemon.sessions("open") if s["user"] == self.user)
        done = self.post(f"sessions/{session['id']}/end", {"mode": "kick", "reason": "to see"}, 200)
        self.assertTrue(done["ok"])
        eventually(lambda: [s for s in self.daemon.sessions("closed") if s["id"] == session["id"] and s["end_reason"] == "killed"], 60, "it ends")
        again = eventually(lambda: [s for s in self.daemon.sessions("open") if s["user"] == self.user], 60, "who was kicked is back")[0]
        self.assertNotEqual(again["id"], session["id"])
        self.post(f"sessions/{again['id']}/end", {"mode": "halt", "reason": "enough"}, 200)
        eventually(lambda: [s for s in self.daemon.sessions("closed") if s["id"] == again["id"]], 60, "it ends for good")
        time.sleep(3)
        self.assertEqual([s for s in self.daemon.sessions("open") if s["user"] == self.user], [])
        self.assertEqual(self.daemon.request("POST", f"/api/v1/sessions/{again['id']}/end", {"mode": "kick"})[0], 404)


if __name__ == "__main__":
    skip_without_lab()
    unittest.main(verbosity=2)
