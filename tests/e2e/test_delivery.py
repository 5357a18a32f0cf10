"""Who is told: a real daemon, a rule that fires, one message on each channel and one when it is over; the Telegram bot."""
import contextlib
import email
import email.policy
import http.client
import json
import os
import signal
import subprocess
import tempfile
import time
import unittest

from daemon import Daemon, free_port, toml_string
from lab import eventually
from providers import MailServer, Ntfy, Telegram, Webhook, wait_for
from stutter import Stutter

EMULATOR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "telegram")
CHAT = 7
SOON = 60  # seconds; a sanitizer build on a busy machine


class Told(unittest.TestCase):
    """A daemon with one agent, "office", that reports by a ping URL."""

    def secret(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        return path

    def start(self, lines):
        self.daemon = self.enterContext(Daemon([], extra=lines))
        self.request("PUT", "/api/v1/agents/office", {"name": "office", "interval_seconds": 3600})
        self.key = self.request("POST", "/api/v1/agents/office/token", {"one_time": False})["token"]
        return self.daemon

    def request(self, method, path, body=None):
        status, content = self.daemon.request(method, path, body)
        self.assertIn(status, (200, 201, 202, 204), content)
        return json.loads(content) if content else None

    def ping(self, signal=""):
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=SOON)
        connection.request("GET", f"/ping/{self.key}{signal}")
        self.assertEqual(connection.getresponse().status, 200)
        connection.close()

    def deliveries(self):
        incidents = self.daemon.get("incidents")["items"]
        return [delivery for incident in incidents
                for delivery in self.daemon.get(f"incidents/{incident['id']}")["deliveries"]]

    def assert_no_secret_in_the_log(self):
        for secret in ("test-token", "mail-secret", "webhook-secret", "tk_secret"):
            self.assertNotIn(secret, self.daemon.log_text())

    def told(self):
        return [delivery for delivery in self.deliveries() if delivery["state"] == "delivered"]


class Delivery(Told):
    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-delivery-"))
        self.telegram = self.enterContext(Telegram())
        self.stutter = self.enterContext(Stutter())

    def telegram_lines(self, **more):
        return channel("telegram", name="phone", token_file=self.secret("token", self.telegram.token), chats=[str(CHAT)],
                       api=self.telegram.url, group_seconds=0, **more)

    def test_one_message_on_every_channel_and_one_when_it_is_over(self):
        ntfy, webhook, mail = (self.enterContext(one) for one in (Ntfy(), Webhook(), MailServer()))
        # Each is in trouble at first.
        self.telegram.answers = [(429, {}, b'{"ok":false,"error_code":429,"description":"slow","parameters":{"retry_after":1}}')]
        ntfy.answers = [(503, {}, b"later")]
        webhook.answers = ["close"]
        self.start(self.telegram_lines(bot=False, language="ru", zone="Europe/Moscow")
                   + channel("ntfy", name="push", url=ntfy.url + "/lamp", token_file=self.secret("ntfy", "tk_secret"),
                             group_seconds=0, language="fa")
                   + channel("webhook", name="hook", url=webhook.url + "/take", secret_file=self.secret("hook", "webhook-secret"))
                   + channel("email", name="mail", server=f"smtp://127.0.0.1:{mail.port}", user="davy", group_seconds=0,
                             password_file=self.secret("mail", "mail-secret"), ca_file=mail.certificate,
                             **{"from": "davylamp@example.org", "to": ["ops@example.org", "night@example.org"]}))
        self.ping()
        began, since = time.time(), time.monotonic()
        self.ping("/fail")
        eventually(lambda: self.telegram.requests, SOON, "Telegram was called")
        self.assertLess(self.telegram.requests[0][0] - began, self.stutter.allow(5, since), "seconds from the bad report to the call")
        eventually(lambda: len(self.told()) == 4, SOON, lambda: f"four were told: {self.deliveries()}")
        self.ping()
        eventually(lambda: len(self.told()) == 8, SOON, lambda: f"and told that it is over: {self.deliveries()}")
        self.assertEqual({delivery["state"] for delivery in self.deliveries()}, {"delivered"})

        # The first try of three channels failed, so those came twice; a message is told by its name.
        title = [sent["text"].split("\n")[0] for sent in self.telegram.sent()]
        self.assertEqual(title, ["🟠 <b>office сообщает о сбое</b>"] * 2 + ["✅ <b>office больше не сообщает о сбое</b>"])
        self.assertIn("(Europe/Moscow)", self.telegram.sent()[0]["text"])
        self.assertIn("\u2068office\u2069", ntfy.bodies()[-1]["title"])
        keys = [headers["Idempotency-Key"] for _, _, headers, _ in webhook.requests]
        self.assertEqual((keys[0], len(set(keys))), (keys[1], 2), keys)
        self.assertEqual([body["notice"] for body in webhook.bodies()], ["fired", "fired", "resolved"])
        self.assertEqual(webhook.bodies()[-1]["incident"]["condition"], "agent_failed")
        letters = wait_for(2, mail.letters, SOON, "letters")
        self.assertEqual([(one["tls"], one["user"], one["to"]) for one in letters],
                         [(True, "davy", ["ops@example.org", "night@example.org"])] * 2)
        parsed = [email.message_from_string(one["letter"], policy=email.policy.default) for one in letters]
        self.assertEqual([one["Subject"] for one in parsed],
                         ["office reports a failure", "office no longer reports a failure"])
        self.assertIn("It lasted", parsed[1].get_content())
        self.assertEqual(parsed[0]["References"], parsed[1]["References"])
        self.daemon.stop()
        self.assert_no_secret_in_the_log()

    def test_two_incidents_of_one_moment_are_two_messages(self):
        webhook = self.enterContext(Webhook())
        self.start(channel("webhook", name="hook", url=webhook.url + "/take", secret_file=self.secret("hook", "webhook-secret")))
        self.request("PUT", "/api/v1/agents/home", {"name": "home", "interval_seconds": 3600})
        keys = [self.key, self.request("POST", "/api/v1/agents/home/token", {"one_time": False})["token"]]
        for signal_of, notice in (("", None), ("/fail", "fired"), ("", "resolved")):
            with self.all_at_once():
                pings = [self.begin_ping(key, signal_of) for key in keys]
            for ping in pings:
                self.assertEqual(ping.getresponse().status, 200)
                ping.close()
            if notice is None:
                continue

            def subjects():
                return sorted(body["incident"]["subject"] for body in webhook.bodies() if body["notice"] == notice)
            eventually(lambda: len(subjects()) >= 2, SOON, lambda: f"both {notice}: {webhook.bodies()}\n{self.deliveries()}")
            self.assertEqual(subjects(), ["home", "office"])
        self.assertEqual(len(webhook.bodies()), 4)
        incidents = {incident["id"] for incident in self.daemon.get("incidents")["items"]}
        # That the receiver had it is known to the daemon a moment later.
        eventually(lambda: {delivery["incident_id"] for delivery in self.told()} == incidents, SOON,
                   lambda: f"each of {incidents} was told: {self.deliveries()}")

    @contextlib.contextmanager
    def all_at_once(self):
        """What is sent meanwhile reaches the daemon in one moment, however busy the machine is."""
        self.daemon.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.daemon.process.send_signal(signal.SIGCONT)

    def begin_ping(self, key, signal_of):
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=60)
        connection.request("GET", f"/ping/{key}{signal_of}")
        return connection

    def test_a_channel_is_tested_and_says_what_the_provider_said(self):
        ntfy = self.enterContext(Ntfy())
        self.start(self.telegram_lines(bot=False)
                   + channel("ntfy", name="push", url=ntfy.url + "/lamp", token_file=self.secret("ntfy", "wrong")))
        answer = self.daemon.request("POST", "/api/v1/channels/phone/test", {})
        self.assertEqual(answer[0], 200, answer)
        self.assertIn("test", self.telegram.sent()[0]["text"])
        status, content = self.daemon.request("POST", "/api/v1/channels/push/test", {})
        self.assertIn(b"401", content, status)

    def test_what_waits_is_sent_after_a_restart_and_only_once_more(self):
        self.telegram.answers = [(500, {}, b"")] * 50
        self.start(self.telegram_lines(bot=False))
        self.ping()
        self.ping("/fail")
        eventually(lambda: self.telegram.requests, SOON, "it was tried")
        stopping = time.monotonic()
        self.daemon.stop()
        self.assertLess(time.monotonic() - stopping, self.stutter.allow(10, stopping), "it does not wait for providers")
        time.sleep(1)  # what was on its way has arrived
        tried = len(self.telegram.requests)
        self.telegram.answers = []
        self.daemon.start()
        eventually(lambda: self.told(), SOON, lambda: f"it was told after the restart: {self.deliveries()}")
        self.assertEqual(len(self.telegram.requests), tried + 1)

    def test_a_provider_that_says_nothing_does_not_hold_up_the_stop(self):
        self.telegram.answers = [30, 30]
        self.start(self.telegram_lines())
        self.ping()
        self.ping("/fail")
        eventually(lambda: self.telegram.requests, SOON, "it is being tried")
        stopping = time.monotonic()
        self.daemon.stop()
        self.assertLess(time.monotonic() - stopping, self.stutter.allow(10, stopping))

    def test_the_bot_answers_allowed_chats_and_acknowledges(self):
        self.start(self.telegram_lines())
        self.telegram.say(8, "/status")
        self.telegram.say(CHAT, "/ping@lamp_bot")
        self.telegram.push(edited_message={"message_id": 1, "chat": {"id": CHAT, "type": "private"}, "text": "/ping"})
        self.telegram.say(CHAT, "/status")
        self.telegram.say(CHAT, "/quota nobody<b>")
        answers = wait_for(3, self.telegram.sent, SOON, "answers")
        self.assertEqual({answer["chat_id"] for answer in answers}, {CHAT})
        self.assertTrue(answers[0]["text"].startswith("Pong"), answers[0])
        self.assertIn("Tunnel office: waiting", answers[1]["text"])
        self.assertEqual(answers[2]["text"], "No limit binds nobody&lt;b&gt;.")
        self.ping()
        self.ping("/fail")
        fired = wait_for(4, self.telegram.sent, SOON, "messages")[3]
        payload = fired["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        self.telegram.press(8, payload, "x")
        self.telegram.press(CHAT, payload, "office reports a failure\nIt said so")
        edited = wait_for(1, lambda: self.telegram.sent("editMessageText"), SOON, "edited message")[0]
        self.assertIn("Acknowledged by Ann (9)", edited["text"])
        wait_for(1, lambda: self.telegram.sent("answerCallbackQuery"), SOON, "answer to who pressed")
        incident = eventually(lambda: next((one for one in self.daemon.get("incidents")["items"] if one.get("acknowledged_by")), None),
                              SOON, "the incident is acknowledged")
        self.assertEqual(incident["acknowledged_by"], "Telegram: Ann (9)")
        self.daemon.stop()
        self.daemon.start()
        eventually(lambda: self.telegram.polls and self.telegram.polls[-1] > self.telegram.number, SOON,
                   "it goes on where it left off")
        self.assert_no_secret_in_the_log()


@unittest.skipUnless(os.path.isdir(os.path.join(EMULATOR, "node_modules")), f"npm ci was not run in {EMULATOR}")
class TelegramTestApi(Told):
    """Against npm telegram-test-api: an emulator that others wrote."""

    def order(self, **order):
        self.emulator.stdin.write(json.dumps(order) + "\n")
        self.emulator.stdin.flush()
        return json.loads(self.emulator.stdout.readline())

    def said(self, part):
        texts = [update["message"] for update in self.order(history=True) if "message" in update]
        return next((message for message in texts if part in message["text"]), None)

    def test_the_bot_answers_tells_and_is_acknowledged(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory(prefix="davylamp-delivery-"))
        port = free_port()
        token = "123456:test-token"
        self.emulator = subprocess.Popen(["node", os.path.join(EMULATOR, "emulator.mjs"), str(port), token, str(CHAT)],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end_emulator)
        self.assertEqual(self.emulator.stdout.readline(), "ready\n")
        self.start(channel("telegram", name="phone", token_file=self.secret("token", token), chats=[str(CHAT)],
                           api=f"http://127.0.0.1:{port}", group_seconds=0))
        self.order(say="/ping")
        eventually(lambda: self.said("Pong"), SOON, "the bot answers", step=0.3)
        self.ping()
        self.ping("/fail")
        fired = eventually(lambda: self.said("office reports a failure"), SOON, "it is told", step=0.3)
        self.order(press=fired["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
        eventually(lambda: any(one.get("acknowledged_by") == "Telegram: @ann" for one in self.daemon.get("incidents")["items"]),
                   SOON, "it is acknowledged", step=0.3)
        self.daemon.stop()

    def end_emulator(self):
        self.emulator.stdin.close()
        self.emulator.wait(SOON)
        self.emulator.stdout.close()


def channel(kind, **settings):
    return [f"[[notify.{kind}]]"] + [f"{name} = {value_text(value)}" for name, value in settings.items()]


def value_text(value):
    if isinstance(value, (bool, int)):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, list) else toml_string(value)


if __name__ == "__main__":
    unittest.main()
