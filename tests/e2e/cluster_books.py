"""The books of a cluster against the truth of its simulators, and its alerts against what was reported."""
import collections
import json

from daemon import key_of


def truth_key(row):
    return (row["server"], row["common_name"], int(row["since"]), row["virtual_address"])


class Books:
    """What the API and the database say at one moment."""

    def __init__(self, front, postgres):
        self.sessions = front.pages("sessions", state="all")
        self.users = {user["user"]: user for user in front.pages("users")}
        self.postgres = postgres

    def problems(self, truth):
        """Everything that is not as it was, in words."""
        rows = {}
        for row in truth:
            rows.setdefault(truth_key(row), row)
        found = []
        books = collections.defaultdict(list)
        for session in self.sessions:
            books[key_of(session)].append(session)
        for where, row in rows.items():
            have = books.pop(where, [])
            if len(have) != 1:
                found.append(f"{where}: {len(have)} sessions in the books; the truth: {row}")
                continue
            found += self.compare(where, have[0], row)
        found += [f"{where}: in the books, and never was: {have}" for where, have in books.items()]
        return found + self.sums(truth) + self.events()

    def compare(self, where, session, row):
        have, want = (session["rx_bytes"], session["tx_bytes"]), (row["rx_bytes"], row["tx_bytes"])
        if have != want:
            return [f"{where}: {have} in the books, the truth is {want}: {row}"]
        if (session["state"] == "open") != (row["ended_at"] == 0):
            return [f"{where}: {session['state']} in the books, it ended at {row['ended_at']}"]
        return []

    @staticmethod
    def totals(rows, name):
        sums = collections.defaultdict(lambda: [0, 0, 0])
        for row in rows:
            one = sums[row[name]]
            one[0] += 1
            one[1] += row["rx_bytes"]
            one[2] += row["tx_bytes"]
        return {key: tuple(one) for key, one in sums.items()}

    def sums(self, truth):
        """Per server and per user: what sessions say, what users' totals say, and what is charted."""
        found = []
        want = self.totals(truth, "server")
        have = self.totals(self.sessions, "server")
        found += [f"server {name}: {have.get(name)}, the truth is {sums}" for name, sums in want.items() if have.get(name) != sums]
        want = self.totals(truth, "common_name")
        have = {name: (user["sessions"], user["rx_bytes"], user["tx_bytes"]) for name, user in self.users.items()}
        found += [f"user {name}: {have.get(name)}, the truth is {sums}" for name, sums in want.items() if have.get(name) != sums]
        for rows, column, name in (("traffic_hour", "server", "server"), ("traffic_hour", "user", "common_name"),
                                   ("load_minute", "server", "server"),
                                   ('traffic_minute t JOIN sessions s ON s.id = t.session_id', "s.user", "common_name")):
            charted = self.charted(rows, column)
            wanted = {key: one[1:] for key, one in self.totals(truth, name).items()}
            found += [f"{rows} of {column} {key}: {charted.get(key)}, the truth is {one}" for key, one in wanted.items() if charted.get(key) != one]
        return found

    def charted(self, rows, column):
        quoted = ".".join(f'"{word}"' for word in column.split("."))
        prefix = "t." if " t " in rows else ""
        found = self.postgres.sql(f"SELECT {quoted}, sum({prefix}rx_bytes), sum({prefix}tx_bytes) FROM {rows} GROUP BY 1")
        return {name: (int(rx), int(tx)) for name, rx, tx in found}

    def events(self):
        """Opened = closed + open, and each was told once; of one who was there already nobody says that he came."""
        rows = self.postgres.sql("SELECT kind, session_id, count(*) FROM events WHERE kind IN ('session_opened', 'session_closed') GROUP BY 1, 2")
        told = {(kind, int(session)): int(count) for kind, session, count in rows}
        found = []
        for session in self.sessions:
            want = (0 if session["adopted"] else 1, 0 if session["state"] == "open" else 1)
            have = tuple(told.pop((kind, session["id"]), 0) for kind in ("session_opened", "session_closed"))
            if have != want:
                found.append(f"session {session['id']} of {key_of(session)}: told {have[0]} times that it opened and {have[1]} times that it closed, not {want}")
        return found + [f"events of sessions that are not there: {told}"] * bool(told)

    def line(self, truth):
        rx, tx = (sum(session[name] for session in self.sessions) for name in ("rx_bytes", "tx_bytes"))
        want_rx, want_tx = (sum(row[name] for row in truth) for name in ("rx_bytes", "tx_bytes"))
        is_open = sum(session["state"] == "open" for session in self.sessions)
        return (f"sessions {len(self.sessions)} of {len(truth)} ({is_open} open); bytes up {rx:,} of {want_rx:,}; "
                f"down {tx:,} of {want_tx:,}; {len(self.users)} users, {len(self.totals(truth, 'server'))} servers")


class Alerts:
    """Agents that fail once and recover, and what the webhook was told. A message is told by its number."""

    def __init__(self, front, webhook):
        self.front, self.webhook = front, webhook
        self.tokens, self.failed = {}, []

    def add(self, *names):
        for name in names:
            self.front.ask("PUT", f"/api/v1/agents/{name}", {"name": name, "interval_seconds": 3600})
            self.tokens[name] = self.front.ask("POST", f"/api/v1/agents/{name}/token", {"one_time": False})["token"]
            self.ping(name)

    def ping(self, name, what=""):
        """Until it was taken, as curl --retry does."""
        self.front.ask("GET", f"/ping/{self.tokens[name]}{what}")

    def fail(self, name):
        self.ping(name, "/fail")
        self.failed.append(name)

    def messages(self):
        """number of the message -> (incident, condition, subject, notice, how often it came)"""
        found = {}
        for _, _, headers, body in list(self.webhook.requests):
            number, said = headers["Idempotency-Key"], json.loads(body)
            incident = said["incident"]
            times = found[number][4] + 1 if number in found else 1
            found[number] = (incident["id"], incident["condition"], incident["subject"], said["notice"], times)
        return found

    def problems(self):
        incidents = self.front.pages("incidents")
        messages = self.messages()
        told = collections.Counter((incident, notice) for incident, _, _, notice, _ in messages.values())
        found = [f"incident {key[0]} was told {count} times that it {key[1]}: {[m for m in messages.values() if m[0] == key[0]]}"
                 for key, count in told.items() if count != 1]
        for incident in incidents:
            if incident["state"] == "pending":
                continue
            for notice in ("fired", *(("resolved",) if incident["state"] == "resolved" else ())):
                if told[(incident["id"], notice)] != 1 and not incident.get("folded_into"):
                    found.append(f"incident {incident['id']} {incident['condition']} of {incident['subject']} ({incident['state']}): "
                                 f"{notice} was told {told[(incident['id'], notice)]} times")
        known = {incident["id"] for incident in incidents}
        found += [f"told of incident {message[0]}, which is not stored: {message}" for message in messages.values() if message[0] not in known]
        mine = collections.Counter(one["subject"] for one in incidents if one["condition"] == "agent_failed")
        found += [f"agent {name} failed {want} times, and has {mine[name]} incidents"
                  for name, want in collections.Counter(self.failed).items() if mine[name] != want]
        return found

    def line(self):
        messages = self.messages()
        fired, resolved = (sum(message[3] == notice for message in messages.values()) for notice in ("fired", "resolved"))
        again = sum(message[4] - 1 for message in messages.values())
        others = collections.Counter(message[1] for message in messages.values() if message[1] != "agent_failed")
        return (f"{len(self.failed)} agents failed: {fired} firing messages, {resolved} recoveries, {again} sent again under their number; "
                f"other conditions: {dict(others) or 'none'}")
