"""davylampd under test: a configuration and a store of its own, the API as a logged-in person sees it."""
import http.client
import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

from lab import SOURCE_DIRECTORY, eventually, witnesses

DAEMON = os.environ.get("DAVYLAMPD", "")
CLI = os.environ.get("DAVYLAMP", "")
WEB_ROOT = os.environ.get("DAVYLAMP_WEB_ROOT") or os.path.join(SOURCE_DIRECTORY, "web", "dist")
ACCOUNT = "tester"
READY_SECONDS = 90  # a sanitizer build on a busy machine


claims = []


def free_port():
    """Below those that the kernel gives to whoever asks for any: it is still free when the daemon starts, and starts again.

    No other test of this kind takes it before this program ends: a name that the kernel forgets with it says whose it is.
    """
    while True:
        port = random.randint(20_000, 32_000)
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0davylamp-test-port-{port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        claims.append(claim)
        return port


def city_files():
    modules = os.path.join(SOURCE_DIRECTORY, ".dev", "geoip", "node_modules", "@ip-location-db", "dbip-city-mmdb")
    files = [os.path.join(modules, f"dbip-city-ipv{family}.mmdb") for family in (4, 6)]
    return [file for file in files if os.path.exists(file)]


def toml_string(text):
    return json.dumps(text)


def sources_of(lab, **settings):
    """[[source.openvpn]] settings for the servers of a lab."""
    sources = []
    for server in lab.state["servers"]:
        source = {"name": server["name"], "management": server["management"], "address": server["address"],
                  "transport": server["transport"], "lab": True, **settings}
        if "password_file" in server:
            source["password_file"] = server["password_file"]
        sources.append(source)
    return sources


class Caller:
    """Asks the API at `url` with the cookies that it was given, as a browser does. connection() makes a new one."""

    url, cookies = None, None

    def request(self, method, path, body=None):
        connection = self.connection()
        headers = {"Cookie": self.cookie_header(), "Origin": self.url}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            content = response.read()
            for name, value in response.getheaders():
                if name.lower() == "set-cookie":
                    cookie, _, content_of = value.split(";")[0].partition("=")
                    self.cookies[cookie.strip()] = content_of
            return response.status, content
        finally:
            connection.close()

    def cookie_header(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


class Daemon(Caller):
    def __init__(self, sources, command=None, extra=()):
        self.command = command or [DAEMON]  # what to run, with the daemon's arguments behind it
        self.extra = list(extra)  # lines of configuration, before the sources
        self.directory = tempfile.mkdtemp(prefix="davylamp-e2e-")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.password = secrets.token_urlsafe(18)
        self.config = os.path.join(self.directory, "davylamp.toml")
        self.store = os.path.join(self.directory, "davylamp.db")
        self.log = os.path.join(self.directory, "davylampd.log")
        self.process = None
        self.cookies = {}
        self.write_config(sources)

    def write_config(self, sources):
        lines = ["[node]", 'name = "e2e"', f"state_directory = {toml_string(self.directory)}",
                 "[store]", f"path = {toml_string(self.store)}",
                 "[serve]", f'listen = "127.0.0.1:{self.port}"', f"web_root = {toml_string(WEB_ROOT)}"]
        if city_files():
            lines += ["[geoip]", f"city = {json.dumps(city_files())}"]
        lines += self.extra
        for source in sources:
            lines.append("[[source.openvpn]]")
            lines += [f"{name} = {str(value).lower() if isinstance(value, (bool, int)) else toml_string(value)}" for name, value in source.items()]
        with open(self.config, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def __enter__(self):
        witnesses[self.directory] = self.last_words
        try:
            self.add_account()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, kind=None, *_):
        witnesses.pop(self.directory, None)
        if kind is not None:
            print(self.last_words(), file=sys.stderr, flush=True)
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(120)
        if os.environ.get("DAVYLAMP_KEEP"):
            print(f"kept: {self.directory}")
        else:
            shutil.rmtree(self.directory, ignore_errors=True)

    def add_account(self):
        done = subprocess.run([CLI, "--config", self.config, "user", "add", "--admin", "--password-stdin", ACCOUNT],
                              input=self.password + "\n", capture_output=True, text=True, timeout=180)
        if done.returncode != 0:
            raise AssertionError(f"davylamp user add: exit code {done.returncode}\n{done.stdout}{done.stderr}")

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([*self.command, "--config", self.config], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        eventually(self.answers, READY_SECONDS, lambda: "davylampd is ready; its log:\n" + self.log_text()[-4000:])
        self.login()

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"davylampd ended with {self.process.returncode}; its log:\n{self.log_text()[-6000:]}")
        try:
            return self.request("GET", "/api/v1/about")[0] == 200
        except OSError:
            return False

    def stop(self):
        """Ends it as an init system would; anything but exit code 0 is a failure."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(120)
        except subprocess.TimeoutExpired:
            code = "nothing within 120 s"
        if code != 0:
            raise AssertionError(f"davylampd ended with {code} after SIGTERM; its log:\n{self.log_text()[-6000:]}")

    def kill(self):
        self.process.kill()
        self.process.wait(120)

    def alive(self):
        return self.process.poll() is None

    def last_words(self):
        how = "was not started" if self.process is None else "runs" if self.alive() else f"ended with {self.process.returncode}"
        log = self.log_text()[-4000:] if os.path.exists(self.log) else ""
        return f"davylampd at {self.url} {how}; the end of its log:\n{log}"

    def log_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def connection(self):
        """A new one; made otherwise where the daemon is reached otherwise."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def asked_politely(self, method, path, body=None):
        """As request(), but who is told to come again later does so."""
        for _ in range(60):
            status, content = self.request(method, path, body)
            if status != 429:
                break
            time.sleep(1)
        return status, content

    def login(self):
        status, content = self.asked_politely("POST", "/api/v1/auth/login", {"account": ACCOUNT, "password": self.password})
        if status != 200:
            raise AssertionError(f"login: {status} {content[:500]!r}")

    def get(self, path, **parameters):
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        status, content = self.asked_politely("GET", "/api/v1/" + path + query)
        if status != 200:
            raise AssertionError(f"GET {path}{query}: {status} {content[:500]!r}")
        return json.loads(content)

    def sessions(self, state="all"):
        items, cursor = [], {}
        while True:
            page = self.get("sessions", state=state, limit=200, **cursor)
            items += page["items"]
            if not page.get("next_cursor"):
                return items
            cursor = {"cursor": page["next_cursor"]}

    def servers(self):
        return {server["name"]: server for server in self.get("servers")["items"]}

    def wait_servers_up(self, *names):
        eventually(lambda: all(self.servers().get(name, {}).get("state") == "up" for name in names), READY_SECONDS,
                   lambda: f"servers {names} are up: {self.servers()}")

    def wait_open(self, count, server=None, seconds=READY_SECONDS):
        def opened():
            return [s for s in self.sessions("open") if server in (None, s["server"])]

        def so_many():
            found = opened()
            return len(found) == count and found
        return eventually(so_many, seconds,
                          lambda: f"{count} open sessions of {server}, there are {[(s['server'], s['user']) for s in opened()]}", step=0.2)


def key_of(session):
    """What identifies a session outside Davylamp: see Account.key."""
    return (session["server"], session.get("common_name", session["user"]), int(session["opened_at"]), session.get("virtual_address", ""))
