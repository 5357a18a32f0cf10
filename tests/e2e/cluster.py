"""Davylamp over many processes: workers, serves and collectors on Redis and PostgreSQL, behind nginx, fed by simulators."""
import http.client
import json
import os
import re
import secrets
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse

from daemon import CLI, DAEMON, WEB_ROOT, Caller, free_port, key_of
from lab import Patience, eventually
from live import Live
from providers import Webhook
from services import Certificate, Nginx, Postgres, Redis, Service, listens
from sim import Simulator
from slapd import BASE, READER, Slapd

AGENT = os.environ.get("DAVYLAMP_AGENT") or os.path.join(os.path.dirname(DAEMON), "davylamp-agent")
HOOK = os.environ.get("DAVYLAMP_HOOK") or os.path.join(os.path.dirname(DAEMON), "davylamp-hook")
LEASE_SECONDS, SHARDS = 5, 8
ADMIN = "tester"


def toml(value):
    if isinstance(value, (bool, int, float)):
        return str(value).lower()
    return json.dumps(value)


def table(heading, /, **settings):
    """Lines of TOML; the heading with its brackets."""
    return [heading] + [f"{key} = {toml(value)}" for key, value in settings.items()]


class Davylamp(Service):
    """One process of Davylamp, whatever its role, with a folder of its own."""

    def __init__(self, cluster, name, lines, roles=None):
        self.name = name
        super().__init__(cluster.directory)
        self.roles, self.port = roles, None
        self.state = os.path.join(self.directory, "state")
        os.makedirs(self.state, exist_ok=True)
        node = table("[node]", name=name, state_directory=self.state)
        self.config = self.secret("davylamp.toml", "\n".join(node + lines))

    def command(self):
        if self.roles == "uplink":
            return [AGENT, "--local", "--config", self.config, "--state-directory", self.state]
        return [DAEMON, *(["--roles", self.roles] if self.roles else []), "--config", self.config]

    def answers(self):
        return self.port is None or listens(self.port)


class Front(Caller):
    """Somebody at the address that nginx has, logged in."""

    def __init__(self, nginx, account, password):
        self.port, self.url, self.account, self.password = nginx.port, nginx.url, account, password
        self.context = ssl.create_default_context(cafile=nginx.certificate.file)
        self.cookies, self.lock = {}, threading.Lock()

    def connect(self, seconds):
        return self.context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout=seconds), server_hostname="127.0.0.1")

    def connection(self):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=self.context)

    def login(self):
        self.cookies = {}
        status, content = self.request("POST", "/api/v1/auth/login", {"account": self.account, "password": self.password})
        if status != 200:
            raise AssertionError(f"login of {self.account}: {status} {content[:500]!r}")

    def renew(self):
        """As the page does: the refresh token first, then the password."""
        with self.lock:
            if self.request("POST", "/api/v1/auth/refresh", {})[0] != 200:
                self.login()

    def ask(self, method, path, body=None, good=(200, 201, 204), seconds=60):
        """Goes on through whatever stands between it and a serve."""
        last, patience = None, Patience(seconds)
        while not patience.over():
            try:
                status, content = self.request(method, path, body)
                if status in good:
                    return json.loads(content) if content[:1] in (b"{", b"[") else None
                last = f"{status} {content[:300]!r}"
                if status == 401:
                    self.renew()
                elif status < 500 and status != 429:
                    break
            except (OSError, http.client.HTTPException, AssertionError) as error:
                last = repr(error)
            time.sleep(0.3)
        raise AssertionError(f"{method} {path}: {last}")

    def get(self, path, **parameters):
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        return self.ask("GET", "/api/v1/" + path + query)

    def pages(self, path, **parameters):
        items, cursor = [], {}
        while True:
            page = self.get(path, limit=200, **parameters, **cursor)
            items += page["items"]
            if not page.get("next_cursor"):
                return items
            cursor = {"cursor": page["next_cursor"]}


class Viewer(threading.Thread):
    """A page that somebody keeps open: reads the live frames, and comes back by itself as the page does."""

    def __init__(self, front):
        super().__init__(daemon=True)
        self.front = front
        self.sessions, self.number, self.connects, self.gaps = {}, None, 0, 0
        self.view_lock, self.stopping, self.last_error = threading.Lock(), threading.Event(), ""

    def run(self):
        failures = 0
        while not self.stopping.is_set():
            try:
                with Live(self.front, seconds=12) as live:
                    self.connects += 1
                    failures = 0
                    while not self.stopping.is_set():
                        self.take(live, live.message())
            except (OSError, AssertionError, ValueError) as error:
                self.last_error = repr(error)
                self.number = None
                if "401" in self.last_error or "403" in self.last_error:
                    self.try_to_renew()
            failures += 1
            self.stopping.wait(min(2.0, 0.25 * 2 ** failures))

    def try_to_renew(self):
        try:
            self.front.renew()
        except (OSError, http.client.HTTPException, AssertionError) as error:
            self.last_error = repr(error)

    def take(self, live, frame):
        with self.view_lock:
            if frame.get("kind") == "snapshot":
                self.sessions = {session["id"]: session for session in frame["sessions"]}
                self.number = frame["number"]
                return
            if frame.get("kind") != "changes" or self.number is None:
                return
            if frame["number"] != self.number + 1:
                self.gaps += 1
                self.number = None
                live.ask_snapshot()
                return
            self.number = frame["number"]
            for session in frame.get("opened", []):
                self.sessions[session["id"]] = session
            for session in frame.get("updated", []):
                if session["id"] in self.sessions:
                    self.sessions[session["id"]] = {**self.sessions[session["id"]], **session}
            for session in frame.get("closed", []):
                self.sessions.pop(session["id"], None)

    def view(self):
        """What is open, by what a session is outside Davylamp; nothing while it is not connected."""
        with self.view_lock:
            if self.number is None:
                return None
            return {key_of(session): (session["rx_bytes"], session["tx_bytes"]) for session in self.sessions.values()}

    def stop(self):
        self.stopping.set()
        self.join(20)


class Crowd:
    """A collector's simulated servers, and the truth of them under the names that Davylamp knows them by."""

    def __init__(self, cluster, node, clients, servers, seed):
        self.node = node
        self.folders = os.path.join(cluster.directory, f"{node}-hooks")
        os.makedirs(self.folders)
        os.chmod(self.folders, 0o755)
        self.sim = Simulator(sockets=servers, clients=clients, seed=seed, arrive=5, churn=25, active=0.7, ping_restart=2,
                             hook=f"{HOOK} {self.folders}/{{server}}")

    def source_lines(self):
        lines = []
        for source in self.sim.sources():
            lines += table("[[source.openvpn]]", **{**source, "name": f"{self.node}-{source['name']}"}, lab=True,
                           hook_directory=f"{self.folders}/{source['name']}")
        return lines

    def truth(self):
        return [{**row, "server": f"{self.node}-{row['server']}"} for row in self.sim.truth()]

    def written_at(self):
        return os.stat(self.sim.truth_file).st_mtime if os.path.exists(self.sim.truth_file) else 0

    def freeze(self):
        self.sim.freeze()


class Cluster:
    """`with` starts everything but the simulators: who makes the hooks' folders comes first. See start_crowds()."""

    nodes = ("alpha", "bravo", "charlie")  # the last one delivers over the uplink

    def __init__(self, directory, clients=60, servers=2, seed=1):
        self.directory = directory
        self.password = secrets.token_urlsafe(18)
        self.certificate = Certificate(directory)
        self.redis, self.postgres = Redis(directory), Postgres(directory)
        self.webhook = Webhook()
        self.webhook_key = os.path.join(directory, "webhook-key")
        with open(self.webhook_key, "w", encoding="utf-8") as file:
            file.write(Webhook.secret.decode() + "\n")
        ldap = os.path.join(directory, "slapd")
        os.makedirs(ldap)
        self.slapd = Slapd({"ann": ["admins"], "bob": ["staff"], "eve": []}, ldap)
        self.uplink_port = free_port()
        self.crowds = [Crowd(self, node, clients, servers, seed + index) for index, node in enumerate(self.nodes)]
        self.serves = [self.make_serve(1, []), self.make_serve(2, table(
            "[uplink]", listen=f"127.0.0.1:{self.uplink_port}", tls_certificate=self.certificate.file, tls_key=self.certificate.key))]
        self.workers = [Davylamp(self, f"worker-{number}", self.shared_lines() + self.alert_lines(), "process") for number in (1, 2)]
        self.collectors = []
        self.nginx = Nginx(directory, self.certificate, [serve.port for serve in self.serves])
        self.running = []

    def shared_lines(self):
        return (table("[store]", url=self.postgres.url, password_file=self.postgres.password_file)
                + table("[bus]", url=self.redis.url, password_file=self.redis.password_file, shards=SHARDS, lease_seconds=LEASE_SECONDS))

    def ldap_lines(self):
        password_file = os.path.join(self.directory, "ldap-password")
        with open(password_file, "w", encoding="utf-8") as file:
            file.write(self.slapd.reader_password + "\n")
        os.chmod(password_file, 0o600)
        lines = table("[ldap]", url=self.slapd.url, ca_file=self.slapd.ca, bind_dn=READER, bind_password_file=password_file, user_base=f"ou=people,{BASE}")
        for group, role in (("admins", "admin"), ("staff", "viewer")):
            lines += table("[[ldap.groups]]", group=self.slapd.group_dn(group), role=role)
        return lines

    def alert_lines(self):
        return table("[[notify.webhook]]", name="hook", url=self.webhook.url + "/take", secret_file=self.webhook_key)

    def make_serve(self, number, more):
        port = free_port()
        serve = Davylamp(self, f"serve-{number}", self.shared_lines() + table(
            "[serve]", listen=f"127.0.0.1:{port}", web_root=WEB_ROOT, trusted_proxies=["127.0.0.1/32"])
            + table("[rate]", login_per_minute=600, login_burst=100) + self.ldap_lines() + self.alert_lines() + more, "serve")
        serve.port = port
        return serve

    def make_collectors(self):
        for crowd in self.crowds[:-1]:
            self.collectors.append(Davylamp(self, crowd.node, self.shared_lines() + crowd.source_lines(), "collect"))
        crowd = self.crowds[-1]
        token_file = os.path.join(self.directory, "node-token")
        with open(token_file, "w", encoding="utf-8") as file:
            file.write(self.enrol(crowd.node) + "\n")
        os.chmod(token_file, 0o600)
        lines = table("[uplink]", connect=f"127.0.0.1:{self.uplink_port}", token_file=token_file, ca_file=self.certificate.file)
        self.collectors.append(Davylamp(self, crowd.node, lines + crowd.source_lines(), "uplink"))

    def davylamp(self, *words, given=""):
        done = subprocess.run([CLI, "--config", self.serves[0].config, *words], input=given, capture_output=True, text=True, timeout=180)
        if done.returncode != 0:
            raise AssertionError(f"davylamp {' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def enrol(self, node):
        """The token is the only word of its length in what is said."""
        said = self.davylamp("node", "enrol", node)
        return max(said.split(), key=len)

    def __enter__(self):
        try:
            self.webhook.__enter__()
            self.run(self.redis, self.postgres)
            self.davylamp("user", "add", "--admin", "--password-stdin", ADMIN, given=self.password + "\n")
            self.run(*self.serves, *self.workers, self.nginx)
            self.make_collectors()
            self.run(*self.collectors)
        except BaseException:
            self.__exit__()
            raise
        return self

    def run(self, *services):
        for service in services:
            self.running.append(service)
            service.start()

    def start_crowds(self):
        for crowd in self.crowds:
            names = [source["name"] for source in crowd.sim.sources()]
            eventually(lambda: all(os.path.isdir(os.path.join(crowd.folders, name)) for name in names), 60,
                       lambda: f"the hooks' folders of {crowd.node} are there:\n{self.collector(crowd.node).log_text()[-3000:]}")
            crowd.sim.__enter__()

    def collector(self, node):
        return next(one for one in self.collectors if one.name == node)

    def __exit__(self, *_):
        for service in reversed(self.running):
            service.stop()
        for crowd in self.crowds:
            if hasattr(crowd.sim, "process"):
                crowd.sim.__exit__()
        self.webhook.__exit__()
        self.slapd.close()

    def front(self, account=ADMIN, password=None):
        front = Front(self.nginx, account, password or self.password)
        eventually(lambda: self.logs_in(front), 60, lambda: f"{account} logs in; serve-1 said:\n{self.serves[0].log_text()[-3000:]}", step=0.5)
        return front

    def logs_in(self, front):
        try:
            front.login()
            return True
        except (OSError, http.client.HTTPException, AssertionError) as error:
            if re.match(r"login of .*: 40[13] ", str(error)):
                raise
            return False

    def truth(self):
        return [row for crowd in self.crowds for row in crowd.truth()]

    def fresh_truth(self):
        """What is open and what it moved, at some moment after this was called."""
        now = time.time()
        eventually(lambda: all(crowd.written_at() > now for crowd in self.crowds), 30, "the simulators write what is true")
        return {key_of({**row, "user": row["common_name"], "opened_at": row["since"]}): row for row in self.truth() if row["ended_at"] == 0}
