"""What a cluster stands on, real and on loopback: Redis, PostgreSQL, nginx, Caddy, a certificate. Each in a folder of its own, ended by its pid."""
import hashlib
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from daemon import WEB_ROOT, free_port
from lab import SKIPPED, SOURCE_DIRECTORY, eventually, witnesses

# Debian's, or an installation (bin, lib) elsewhere.
POSTGRES = os.environ.get("DAVYLAMP_POSTGRES") or "/usr/lib/postgresql/15"
POSTGRES_BINARIES = os.path.join(POSTGRES, "bin")
# Where TimescaleDB is installed with it, the server has it, and tells nobody about the tests.
TIMESCALE = ["shared_preload_libraries=timescaledb", "timescaledb.telemetry_level=off"]
HAS_TIMESCALE = os.path.exists(os.path.join(POSTGRES, "lib", "timescaledb.so"))
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
CADDY = shutil.which("caddy") or "/usr/bin/caddy"
REDIS = shutil.which("redis-server") or "/usr/bin/redis-server"
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
READY_SECONDS = 60


def skip_without(*programs):
    missing = [program for program in programs if not os.path.exists(program)]
    if not missing:
        return
    print(f"not installed: {', '.join(missing)}")
    sys.exit(1 if os.environ.get("DAVYLAMP_REQUIRE_CLUSTER") else SKIPPED)


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Service:
    """A program that can be killed and started again. `command()` says how it is started."""

    name = "service"

    def __init__(self, folder):
        self.directory = os.path.join(folder, self.name)
        os.makedirs(self.directory, exist_ok=True)
        self.log = os.path.join(self.directory, "log")
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        witnesses[self.directory] = self.last_words
        with open(self.log, "ab") as log:
            # A group of its own: what it forks is ended with it.
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=self.environment(), start_new_session=True)
        eventually(self.ready, READY_SECONDS, lambda: f"{self.name} is ready; its log:\n{self.log_text()[-4000:]}")

    def environment(self):
        return dict(os.environ)

    def ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended with {self.process.returncode}; its log:\n{self.log_text()[-6000:]}")
        return self.answers()

    def answers(self):
        return True

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def last_words(self):
        return f"{self.name} ({'runs' if self.alive() else 'does not run'}); the end of its log:\n{self.log_text()[-2000:]}"

    def kill(self):
        """SIGKILL to it and to what it forked."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(60)

    def stop(self):
        witnesses.pop(self.directory, None)
        if not self.alive():
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()

    def log_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def secret(self, name, text, mode=0o600):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        os.chmod(path, mode)
        return path


class Redis(Service):
    """Every second to the disk, one user who may do nothing but what Davylamp needs, on loopback."""

    name = "redis"
    # As docs/operate/cluster.md says; INFO is for the version and what is safe on the disk.
    rights = "~davylamp:* &davylamp:* -@all +@read +@write +@stream +@scripting +@connection +@transaction +@pubsub +info +wait +time"

    def __init__(self, folder):
        super().__init__(folder)
        self.port = free_port()
        self.password = secrets.token_urlsafe(24)
        self.password_file = self.secret("password", self.password)
        digest = hashlib.sha256(self.password.encode()).hexdigest()
        self.config = self.secret("redis.conf", "\n".join([
            "bind 127.0.0.1", f"port {self.port}", f"dir {self.directory}", "appendonly yes", "appendfsync everysec",
            'save ""', "maxmemory-policy noeviction", "user default off", f"user davylamp on #{digest} {self.rights}"]))
        self.url = f"redis://davylamp@127.0.0.1:{self.port}/0"

    def command(self):
        return [REDIS, self.config]

    def answers(self):
        try:
            return self.call("PING") == "+PONG"
        except (OSError, AssertionError):
            return False  # it is loading what it wrote, or not there yet

    def call(self, *words):
        """One command, and the first line of what it answered."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            stream = connection.makefile("rwb")
            for command in (("AUTH", "davylamp", self.password), words):
                encoded = [str(word).encode() for word in command]
                stream.write(b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded))
                stream.flush()
                line = stream.readline().rstrip().decode()
                if line.startswith("-") or not line:
                    raise AssertionError(f"{command[0]}: {line}")
        return line


def as_unprivileged(command):
    if os.geteuid() != 0:
        return command
    account = pwd.getpwnam(UNPRIVILEGED)
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", *command]


class Postgres(Service):
    """A cluster of its own with passwords by SCRAM, and one database that one user owns."""

    name = "postgres"

    def __init__(self, folder, settings=()):
        super().__init__(folder)
        self.port = free_port()
        self.password = secrets.token_urlsafe(24)
        self.password_file = self.secret("davylamp-password", self.password)
        self.owner_password = secrets.token_urlsafe(24)
        self.files = os.path.join(self.directory, "data")
        self.url = f"postgresql://davylamp@127.0.0.1:{self.port}/davylamp"
        self.settings = ["listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=", "max_connections=200",
                         "password_encryption=scram-sha-256", *(TIMESCALE if HAS_TIMESCALE else ()), *settings]
        password_file = self.secret("owner-password", self.owner_password)
        if os.geteuid() == 0:
            account = pwd.getpwnam(UNPRIVILEGED)
            for path in (self.directory, password_file):
                os.chown(path, account.pw_uid, account.pw_gid)
        done = subprocess.run(as_unprivileged([f"{POSTGRES_BINARIES}/initdb", "-D", self.files, "-U", "owner", "-A", "scram-sha-256",
                                               "--pwfile", password_file, "-E", "UTF8", "--locale=C", "--no-sync"]),
                              capture_output=True, text=True, timeout=120, cwd="/")
        if done.returncode != 0:
            raise AssertionError(f"initdb: {done.stdout}{done.stderr}")
        self.made = False

    def command(self):
        options = [word for setting in self.settings for word in ("-c", setting)]
        return as_unprivileged([f"{POSTGRES_BINARIES}/postgres", "-D", self.files, *options])

    def start(self):
        # What was killed with it may hold its memory for a moment more.
        for attempt in range(20):
            try:
                super().start()
                break
            except AssertionError:
                if attempt == 19 or "still in use" not in self.log_text()[-2000:]:
                    raise
                time.sleep(0.5)
        if not self.made:
            self.sql("CREATE ROLE davylamp LOGIN PASSWORD '" + self.password + "'", user="owner", database="postgres")
            self.sql("CREATE DATABASE davylamp OWNER davylamp", user="owner", database="postgres")
            self.made = True

    def answers(self):
        done = subprocess.run([f"{POSTGRES_BINARIES}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], timeout=60)
        return done.returncode == 0

    def sql(self, text, user="davylamp", database="davylamp"):
        """Rows, as lists of texts."""
        password = self.password if user == "davylamp" else self.owner_password
        done = subprocess.run([f"{POSTGRES_BINARIES}/psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1",
                               "-p", str(self.port), "-U", user, "-d", database, "-c", text],
                              capture_output=True, text=True, timeout=180, env={**os.environ, "PGPASSWORD": password})
        if done.returncode != 0:
            raise AssertionError(f"{text}: {done.stderr}")
        return [line.split("\t") for line in done.stdout.splitlines()]


class Certificate:
    """For localhost and 127.0.0.1, signed by itself."""

    def __init__(self, folder):
        self.file, self.key = os.path.join(folder, "tls.crt"), os.path.join(folder, "tls.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
                        "-keyout", self.key, "-out", self.file], check=True, capture_output=True)


def shipped(name, changes):
    """A file of deploy/ with the test's own places filled in; each must be found."""
    text = read(os.path.join(SOURCE_DIRECTORY, "deploy", name))
    for pattern, replacement in changes:
        text, count = re.subn(pattern, lambda _, by=replacement: by, text, count=1, flags=re.DOTALL)
        if count != 1:
            raise AssertionError(f"deploy/{name} has no {pattern}")
    return text


class Nginx(Service):
    """deploy/nginx/davylamp.conf in front of some serves, its ports and names replaced by the test's own."""

    name = "nginx"

    def __init__(self, folder, certificate, upstreams):
        super().__init__(folder)
        self.port, self.certificate = free_port(), certificate
        self.url = f"https://127.0.0.1:{self.port}"
        site = self.secret("davylamp.conf", self.site(upstreams), 0o644)
        self.config = self.secret("nginx.conf", f"""
daemon off; worker_processes 2; pid {self.directory}/pid; error_log {self.directory}/error.log warn;
{'user nobody nogroup;' if os.geteuid() == 0 else ''}
events {{ worker_connections 1024; }}
http {{
  include /etc/nginx/mime.types;
  access_log {self.directory}/access.log;
  client_body_temp_path {self.directory}/body; proxy_temp_path {self.directory}/proxy; fastcgi_temp_path {self.directory}/f;
  uwsgi_temp_path {self.directory}/u; scgi_temp_path {self.directory}/s;
  include {site};
}}""")

    def site(self, upstreams):
        places = [f"unix:{place}" if isinstance(place, str) else f"127.0.0.1:{place}" for place in upstreams]
        servers = "".join(f"  server {place} max_fails=1 fail_timeout=2s;\n" for place in places)
        return shipped("nginx/davylamp.conf", (
            (r"(?:  server 127\.0\.0\.1:\d+[^\n]*\n)+", servers),
            (r"server \{\n  listen 80;.*?\n\}\n", ""),
            (r"  listen \[::\]:443 ssl http2;\n", ""),
            (r"listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            (r"server_name [^;]*;", "server_name _;"),
            (r"root /usr/share/davylamp/web;", f"root {WEB_ROOT};"),
            (r"ssl_certificate +[^;]*;", f"ssl_certificate {self.certificate.file};"),
            (r"ssl_certificate_key +[^;]*;", f"ssl_certificate_key {self.certificate.key};")))

    def command(self):
        return [NGINX, "-p", self.directory, "-e", f"{self.directory}/error.log", "-c", self.config]

    def answers(self):
        return listens(self.port)


class Caddy(Service):
    """deploy/caddy/Caddyfile in front of some serves, with a port and a certificate of the test's; what it keeps is in its folder."""

    name = "caddy"

    def __init__(self, folder, certificate, upstreams):
        super().__init__(folder)
        self.port, self.certificate = free_port(), certificate
        self.url = f"https://127.0.0.1:{self.port}"
        key = self.secret("tls.key", read(certificate.key))
        places = " ".join(f"unix/{place}" if isinstance(place, str) else f"127.0.0.1:{place}" for place in upstreams)
        self.config = self.secret("Caddyfile", shipped("caddy/Caddyfile", (
            (r"\n\{\n", "\n{\n\tadmin off\n\tauto_https disable_redirects\n"),
            (r"\nvpn\.example\.org \{\n", f"\n{self.url}, https://localhost:{self.port} {{\n\tbind 127.0.0.1\n\ttls {certificate.file} {key}\n"),
            (r"root /usr/share/davylamp/web", f"root {WEB_ROOT}"),
            (r"root \* /usr/share/davylamp/web", f"root * {WEB_ROOT}"),
            (r"reverse_proxy 127\.0\.0\.1:8080 127\.0\.0\.1:8081 \{", f"reverse_proxy {places} {{"))))
        if os.geteuid() == 0:
            account = pwd.getpwnam(UNPRIVILEGED)
            for path in (self.directory, self.config, key):
                os.chown(path, account.pw_uid, account.pw_gid)

    def environment(self):
        return {**os.environ, "HOME": self.directory, "XDG_DATA_HOME": self.directory, "XDG_CONFIG_HOME": self.directory}

    def command(self):
        return as_unprivileged([CADDY, "run", "--config", self.config, "--adapter", "caddyfile"])

    def answers(self):
        return listens(self.port)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def new_folder(prefix):
    """One that the services' users can pass through."""
    folder = tempfile.mkdtemp(prefix=prefix)
    os.chmod(folder, 0o755)
    return folder


def remove_folder(folder):
    if os.environ.get("DAVYLAMP_KEEP"):
        print(f"kept: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
