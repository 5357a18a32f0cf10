"""davylamp-agent in a tunnel, with a hub, providers and resolvers that the test plays itself; on loopback only."""
import hashlib
import hmac
import http.server
import json
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
import threading
import unittest

from lab import eventually

AGENT = os.environ.get("DAVYLAMP_AGENT", "")
TOKEN = "a-token-of-this-test"
EXIT = "9.9.9.9"
SOON = 120  # seconds; a sanitizer build on a busy machine


class Place(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extra = {}  # headers

    def answer(self, status, body):
        text = json.dumps(body).encode() if isinstance(body, dict) else body.encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(text)), **self.extra}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        self.server.asked.append(self.path)
        answers = {"/json": {"ip": EXIT, "country": "CH", "org": "AS19281 Quad9"}, "/trace": f"ip={EXIT}\nloc=CH\n",
                   "/broken": {"status": "fail", "message": "private range"}, "/api/v1/my-address": {"address": EXIT}}
        self.answer(200 if self.path in answers else 404, answers.get(self.path, {}))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/api/v1/agents/enrol":
            once = json.loads(body)["one_time_token"] == "once"
            return self.answer(200 if once else 403, {"name": "office", "token": TOKEN} if once else {})
        signed = f"{self.headers['X-Davylamp-Timestamp']}.{self.headers['X-Davylamp-Nonce']}.".encode() + body
        wanted = "v1=" + hmac.new(TOKEN.encode(), signed, hashlib.sha256).hexdigest()
        if self.headers["X-Davylamp-Signature"] != wanted or self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self.answer(401, {})
        if self.server.away:
            return self.answer(503, {})
        report = json.loads(body)
        self.server.reports += report.get("heartbeats") or [report["heartbeat"]]
        return self.answer(200, {"status": "ok", "address": EXIT, "next": {"interval_seconds": 5}})

    def log_message(self, *_):
        pass


class Hub:
    def __init__(self, certificate=None):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Place)
        self.server.reports, self.server.asked, self.server.away = [], [], False
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self.server, self.url

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class TunnelAgent(unittest.TestCase):
    def setUp(self):
        self.state = tempfile.mkdtemp(prefix="davylamp-tunnel-")
        self.addCleanup(shutil.rmtree, self.state, ignore_errors=True)
        self.log = open(os.path.join(self.state, "log"), "w+", encoding="utf-8")
        self.addCleanup(self.log.close)

    def start(self, url, *more, **variables):
        process = subprocess.Popen([AGENT, "--hub", url, "--resolver-check", "off", *more], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=self.log, text=True,
                                   env={"PATH": os.environ["PATH"], "DAVYLAMP_STATE_DIRECTORY": self.state, **variables})
        self.addCleanup(process.stdout.close)
        self.addCleanup(lambda: process.poll() is None and (process.kill(), process.wait()))
        return process

    def told(self):
        with open(self.log.name, encoding="utf-8") as file:
            return file.read()

    def lookups(self, url):
        return f"ipinfo={url}/json,cloudflare={url}/trace,ip-api={url}/broken,hub"

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(SOON), 0, self.told())

    def test_reports_late_what_waited_through_a_kill(self):
        with Hub() as (hub, url):
            hub.away = True
            arguments = (url, "--lookups", self.lookups(url), "--interval", "5")
            first = self.start(*arguments, DAVYLAMP_ENROL="once")
            queue = os.path.join(self.state, "queue")
            eventually(lambda: os.path.isdir(queue) and len(os.listdir(queue)) >= 2, SOON, lambda: f"two wait: {self.told()}")
            first.kill()
            first.wait()
            waiting = len(os.listdir(queue))  # two, unless the kill came late
            hub.away = False
            # No token is given any more: the one it was enrolled for is kept.
            second = self.start(*arguments)
            eventually(lambda: any(not report["late"] for report in hub.reports[waiting:]), SOON,
                       lambda: f"what waited and one of now: {hub.reports} {self.told()}")
            self.stop(second)
            reports = hub.reports
            self.assertTrue(reports[0]["late"])
            times = [report["measured_at"] for report in reports]
            self.assertEqual(times, sorted(set(times)))
            self.assertEqual(reports[0]["exit_v4"]["address"], EXIT)
            self.assertEqual((reports[0]["exit_v4"]["agreeing"], reports[0]["exit_v4"]["answered"]), (3, 3))
            path = reports[0]["paths"][0]
            self.assertEqual(path["sent"], 10)
            self.assertGreaterEqual(path["received"], 7)  # one that this machine kept for a second counts as lost
            self.assertNotIn("exit_v4", reports[1])
            self.assertIn("link", reports[1])
            self.assertEqual(reports[1]["interval_seconds"], 5)
            self.assertEqual(os.listdir(queue), [])

    def test_once_prints_a_report_and_asks_the_hub_only(self):
        with Hub() as (hub, url):
            process = self.start(url, "--lookups", "hub", "--once", "--name", "kitchen")
            report = json.loads(process.communicate(timeout=SOON)[0])
            self.assertEqual(process.returncode, 0)
            self.assertEqual((report["agent"], report["exit_v4"]["address"]), ("kitchen", EXIT))
            self.assertEqual((hub.asked, hub.reports), (["/api/v1/my-address"], []))

    def test_checks_certificates(self):
        certificate = os.path.join(self.state, "hub.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=hub", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", certificate,
                        "-out", certificate + ".crt"], check=True, capture_output=True)
        with open(certificate, "a", encoding="utf-8") as both, open(certificate + ".crt", encoding="utf-8") as public:
            both.write(public.read())
        with Hub(certificate) as (hub, url):
            stranger = self.start(url, "--lookups", "none", DAVYLAMP_TOKEN=TOKEN)
            eventually(lambda: "certificate is not trusted" in self.told(), SOON, self.told)
            self.stop(stranger)
            self.assertEqual(hub.reports, [])
            friend = self.start(url, "--lookups", "hub", "--ca-file", certificate + ".crt", DAVYLAMP_TOKEN=TOKEN)
            eventually(lambda: len(hub.reports) >= 2, SOON, lambda: f"both reports: {self.told()}")
            self.stop(friend)

    def test_says_what_is_wrong(self):
        for arguments, code, words in ((["--hub", "nowhere"], 2, "write it like"), (["--hub"], 2, "its value is missing"),
                                       ([], 2, "DAVYLAMP_HUB"), (["--hub", "http://127.0.0.1:1", "--interval", "1"], 2, "5 to"),
                                       (["--hub", "http://127.0.0.1:1"], 1, "no token"), (["--colour"], 2, "unknown")):
            done = subprocess.run([AGENT, *arguments], capture_output=True, text=True, timeout=SOON, check=False,
                                  env={"PATH": os.environ["PATH"], "STATE_DIRECTORY": self.state})
            self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
            self.assertIn(words, done.stderr)

    def test_a_used_one_time_token_ends_it(self):
        with Hub() as (_, url):
            process = self.start(url, DAVYLAMP_ENROL="used")
            self.assertEqual(process.wait(SOON), 1)
            self.assertIn("make a new one on the Agents page", self.told())


if __name__ == "__main__":
    unittest.main()
