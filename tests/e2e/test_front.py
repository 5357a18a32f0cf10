"""Davylamp behind a real nginx with the configuration that is shipped: who asks is the client, and nobody can lie about it."""
import grp
import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import threading
import time
import unittest

from control import Control
from daemon import ACCOUNT, CLI, Daemon
from lab import eventually
from live import Live
from services import NGINX, Certificate, Nginx, new_folder, remove_folder, skip_without

PROXY = ("trusted_proxies = [\"127.0.0.1/32\"]",)  # the proxy asks from there; the clients of these tests are 127.0.0.2 and on


class Behind(Daemon):
    """A daemon with more lines in [serve]."""

    def __init__(self, *serve, extra=()):
        self.serve = serve
        super().__init__([], extra=extra)

    def write_config(self, sources):
        super().write_config(sources)
        with open(self.config, encoding="utf-8") as file:
            text = file.read()
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(text.replace("[serve]\n", "[serve]\n" + "\n".join(self.serve) + "\n"))


class ProxyConnection(http.client.HTTPSConnection):
    """From an address of its own choice."""

    def __init__(self, proxy, address):
        super().__init__("127.0.0.1", proxy.port, timeout=60, context=ssl.create_default_context(cafile=proxy.certificate.file))
        self.source_address = (address, 0)


class Visitor:
    """A browser somewhere: what it asks goes through the proxy."""

    def __init__(self, proxy, address, base_path=""):
        self.proxy, self.address, self.base_path = proxy, address, base_path
        self.port, self.url, self.cookies, self.set_cookies = proxy.port, proxy.url, {}, []

    def request(self, method, path, body=None, **headers):
        connection = ProxyConnection(self.proxy, self.address)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers |= {"Cookie": self.cookie_header(), "Origin": self.url}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, self.base_path + path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            content = response.read()
            for value in response.headers.get_all("Set-Cookie", []):
                self.set_cookies.append(value)
                cookie, _, content_of = value.split(";")[0].partition("=")
                self.cookies[cookie.strip()] = content_of
            return response.status, response.headers, content
        finally:
            connection.close()

    def connect(self, seconds):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=seconds, source_address=(self.address, 0))
        context = ssl.create_default_context(cafile=self.proxy.certificate.file)
        return context.wrap_socket(plain, server_hostname="127.0.0.1")

    def cookie_header(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def login(self, daemon, **headers):
        return self.request("POST", "/api/v1/auth/login", {"account": ACCOUNT, "password": daemon.password}, **headers)


def wait_audited(daemon, address):
    """Until a login from there is in the audit log."""
    eventually(lambda: any(entry["action"] == "login" and entry["remote_address"] == address for entry in daemon.get("audit")["items"]), 10,
               lambda: f"a login from {address} is in the audit log: {daemon.get('audit')}")


class Front(unittest.TestCase):
    program = Nginx

    def setUp(self):
        self.folder = new_folder("davylamp-front-")
        self.addCleanup(remove_folder, self.folder)
        self.certificate = Certificate(self.folder)

    def daemon(self, *serve, **options):
        daemon = Behind(*serve, **options)
        daemon.__enter__()
        self.addCleanup(daemon.__exit__)
        return daemon

    def proxy(self, *places):
        """In front of these ports and Unix sockets."""
        proxy = self.program(self.folder, self.certificate, places)
        proxy.__enter__()
        self.addCleanup(proxy.__exit__)
        return proxy

    def assert_status(self, expected, answer):
        self.assertEqual(answer[0], expected, answer)

    def test_login_and_live_view(self):
        daemon = self.daemon(*PROXY)
        visitor = Visitor(self.proxy(daemon.port), "127.0.0.5")
        status, headers, page = visitor.request("GET", "/")
        self.assertEqual(status, 200)
        self.assertIn("Strict-Transport-Security", headers)
        asset = re.search(rb'(?:src|href)="\.?(/assets/[^"]+\.js)"', page).group(1).decode()
        self.assertIn("immutable", visitor.request("GET", asset)[1]["Cache-Control"])
        self.assert_status(200, visitor.login(daemon))
        self.assertTrue(all("; Secure" in cookie and "Path=/api" in cookie for cookie in visitor.set_cookies), visitor.set_cookies)
        self.assert_status(200, visitor.request("GET", "/api/v1/me"))
        with Live(visitor) as live:
            live.until(lambda message: message["kind"] == "snapshot", 15, "the first picture")
            live.ask_snapshot()
            live.until(lambda message: message["kind"] == "snapshot", 15, "the picture that was asked for")
        wait_audited(daemon, "127.0.0.5")

    def test_http2(self):
        daemon = self.daemon(*PROXY)
        proxy = self.proxy(daemon.port)
        done = subprocess.run(["curl", "--silent", "--cacert", self.certificate.file, "--http2", "--output", "/dev/null", "--write-out",
                               "%{http_version} %{http_code}", f"{proxy.url}/api/v1/about"], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.stdout, "2 200", done.stderr)

    def test_a_forged_address_does_not_count(self):
        daemon = self.daemon(*PROXY)
        visitor = Visitor(self.proxy(daemon.port), "127.0.0.6")
        self.assert_status(200, visitor.login(daemon, X_Forwarded_For="203.0.113.66", Forwarded="for=203.0.113.67",
                                              X_Forwarded_Host="evil.example", X_Forwarded_Proto="http"))
        self.assertTrue(all("; Secure" in cookie for cookie in visitor.set_cookies))
        past_the_proxy = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=60, source_address=("127.0.0.7", 0))
        past_the_proxy.request("POST", "/api/v1/auth/login", json.dumps({"account": ACCOUNT, "password": daemon.password}),
                               {"Content-Type": "application/json", "X-Forwarded-For": "203.0.113.68"})
        self.assertEqual(past_the_proxy.getresponse().status, 200)
        past_the_proxy.close()
        wait_audited(daemon, "127.0.0.6")
        wait_audited(daemon, "127.0.0.7")
        self.assertNotIn("203.0.113.", json.dumps(daemon.get("audit")))

    def test_base_path(self):
        daemon = self.daemon(*PROXY, 'base_path = "/ops/davylamp"')
        proxy = self.proxy(daemon.port)
        visitor = Visitor(proxy, "127.0.0.5", "/ops/davylamp")
        status, headers, _ = visitor.request("GET", "")
        self.assertEqual((status, headers["Location"]), (308, "/ops/davylamp/"))
        status, _, page = visitor.request("GET", "/users/somebody")
        self.assertEqual(status, 200)
        self.assertIn(b'<base href="/ops/davylamp/">', page)
        self.assert_status(200, visitor.login(daemon))
        self.assertTrue(all("Path=/ops/davylamp/api" in cookie for cookie in visitor.set_cookies), visitor.set_cookies)
        self.assert_status(200, visitor.request("GET", "/api/v1/me"))
        with Live(visitor) as live:
            live.until(lambda message: message["kind"] == "snapshot", 15, "the first picture")

    def test_a_proxy_over_a_unix_socket(self):
        daemon = Behind('proxy_socket = "PLACE"')
        path = os.path.join(daemon.directory, "proxy.sock")
        with open(daemon.config, encoding="utf-8") as file:
            text = file.read().replace("PLACE", path)
        with open(daemon.config, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(daemon.directory, 0o755)
        daemon.__enter__()
        self.addCleanup(daemon.__exit__)
        if os.geteuid() == 0:
            os.chown(path, 0, grp.getgrnam("nogroup").gr_gid)
        visitor = Visitor(self.proxy(path), "127.0.0.8")
        self.assert_status(200, visitor.login(daemon))
        wait_audited(daemon, "127.0.0.8")

    def test_when_one_of_two_is_killed_the_page_goes_on(self):
        first, second = self.daemon(*PROXY), self.daemon(*PROXY)
        visitor = Visitor(self.proxy(first.port, second.port), "127.0.0.5")
        seen, stopped = [], threading.Event()

        def ask():
            while not stopped.is_set():
                for path in ("/", "/api/v1/about"):
                    try:
                        seen.append(visitor.request("GET", path)[0])
                    except (OSError, http.client.HTTPException) as error:
                        seen.append(repr(error))
                time.sleep(0.15)
        thread = threading.Thread(target=ask)
        thread.start()
        try:
            eventually(lambda: len(seen) > 10, 30, "it is asked")
            first.kill()
            before = len(seen)
            eventually(lambda: len(seen) > before + 40, 60, "it is asked on")
            first.start()
            before = len(seen)
            eventually(lambda: len(seen) > before + 20, 60, "it is asked on")
        finally:
            stopped.set()
            thread.join()
        self.assertEqual(set(seen), {200})

    def test_who_asks_too_often_is_told_when_to_come_again(self):
        daemon = self.daemon(*PROXY, extra=("[rate]", "login_per_minute = 1", "login_burst = 5", "address_per_minute = 60"))
        proxy = self.proxy(daemon.port)
        guesser = Visitor(proxy, "127.0.0.9")
        answers = [guesser.request("POST", "/api/v1/auth/login", {"account": f"nobody-{i}", "password": "wrong"}) for i in range(7)]
        limited = [answer for answer in answers if answer[0] == 429]
        self.assertTrue(limited, [answer[0] for answer in answers])
        _, headers, content = limited[0]
        self.assertEqual(headers["Content-Type"], "application/problem+json")
        self.assertEqual(json.loads(content)["type"], "urn:davylamp:problem:too-many-requests")
        self.assertGreaterEqual(int(headers["Retry-After"]), 1)
        self.assertEqual((headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]), ("1", "0"))
        self.assertGreaterEqual(int(headers["X-RateLimit-Reset"]), 1)
        neighbour = Visitor(proxy, "127.0.0.10")
        status, headers, _ = neighbour.login(daemon)
        self.assertEqual(status, 200, "another client's guesses are not his")
        self.assertIn("X-RateLimit-Remaining", headers)
        flood = ProxyConnection(proxy, "127.0.0.11")
        statuses = []
        while len(statuses) < 400 or (429 not in statuses and len(statuses) < 5000):
            flood.request("GET", "/api/v1/about")
            response = flood.getresponse()
            response.read()
            statuses.append(response.status)
        flood.close()
        self.assertEqual(set(statuses), {200, 429})
        self.assertGreaterEqual(statuses.count(200), 200)
        self.assert_status(200, Visitor(proxy, "127.0.0.12").request("GET", "/api/v1/about"))

    def test_what_is_too_large_is_refused_and_no_daemon_left_out_for_it(self):
        first, second = self.daemon(*PROXY), self.daemon(*PROXY)
        visitor = Visitor(self.proxy(first.port, second.port), "127.0.0.5")
        for _ in range(6):
            self.assert_status(413, visitor.request("POST", "/api/v1/auth/login", {"account": "x" * 400_000, "password": "x"}))
            self.assert_status(200, visitor.request("GET", "/api/v1/about"))

    def test_allow_list(self):
        daemon = Behind(*PROXY, 'allow = ["127.0.0.1/32", "127.0.0.5/32"]')
        daemon.__enter__()
        self.addCleanup(daemon.__exit__)
        proxy = self.proxy(daemon.port)
        self.assert_status(200, Visitor(proxy, "127.0.0.5").request("GET", "/api/v1/about"))
        self.assert_status(403, Visitor(proxy, "127.0.0.6").request("GET", "/"))
        self.assert_status(403, Visitor(proxy, "127.0.0.6").request("GET", "/api/v1/about", X_Forwarded_For="127.0.0.5"))
        self.assertEqual(Control(daemon).request("GET", "losses")[0], 200)
        done = subprocess.run([CLI, "--config", daemon.config, "losses"], capture_output=True, text=True, timeout=180)
        self.assertIn("askers_not_allowed", done.stdout + done.stderr)


if __name__ == "__main__":
    skip_without(NGINX)
    unittest.main()
