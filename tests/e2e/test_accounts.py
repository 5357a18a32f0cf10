"""Who may sign in: roles and scopes, tokens of programs, second factors, a real LDAP directory, an identity provider, and the audit log."""
import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import sqlite3
import struct
import sys
import time
import unittest
import urllib.parse

from control import run_cli
from daemon import ACCOUNT, Daemon
from identity_provider import Provider
from lab import SKIPPED
from slapd import BASE, READER, Slapd, missing


def one_time_code(secret, at):
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def early_in_a_step():
    """Codes change every 30 seconds: until the one of now is that of some seconds more, too."""
    left = 30 - time.time() % 30
    if left < 12:
        time.sleep(left)


class Browser:
    """Somebody else's: cookies of its own. `address` is where on loopback it asks from."""

    def __init__(self, daemon, token=None, address="127.0.0.1"):
        self.daemon, self.token, self.address, self.cookies = daemon, token, address, {}
        self.port, self.url = daemon.port, daemon.url

    def cookie_header(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=60, source_address=(self.address, 0))
        headers = {"Cookie": self.cookie_header()}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
            headers["Origin"] = "https://elsewhere.example.org"
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, path if path.startswith("/") else "/api/v1/" + path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        content = response.read()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, held = value.split(";")[0].partition("=")
                self.cookies[cookie] = held
        connection.close()
        json_type = "json" in response.getheader("Content-Type", "") and "ndjson" not in response.getheader("Content-Type", "")
        return response.status, json.loads(content) if content and json_type else content, response

    def say(self, method, path, body=None):
        status, content, _ = self.ask(method, path, body)
        return status, content

    def login(self, account, password):
        return self.say("POST", "auth/login", {"account": account, "password": password})

    def expect(self, status, method, path, body=None):
        found, content = self.say(method, path, body)
        assert found == status, (method, path, found, content)
        return content


class Case(unittest.TestCase):
    extra = ()

    def setUp(self):
        # One host asks more often than any person would.
        rate = ["[rate]", "login_per_minute = 6000", "login_burst = 1000"]
        self.daemon = Daemon([], extra=[*rate, *self.lines()])
        self.daemon.__enter__()
        self.addCleanup(self.daemon.__exit__)
        self.admin = Browser(self.daemon)
        self.assertEqual(self.admin.login(ACCOUNT, self.daemon.password)[0], 200)

    def lines(self):
        return self.extra

    def actions(self):
        return [line["action"] for line in self.admin.expect(200, "GET", "audit?limit=1000")["items"]]


class Accounts(Case):
    def add(self, name, role, **more):
        password = f"{name} has a long password"
        self.admin.expect(201, "POST", "accounts", {"name": name, "role": role, "scope": [], "password": password, **more})
        browser = Browser(self.daemon)
        self.assertEqual(browser.login(name, password)[0], 200)
        return browser

    def test_roles(self):
        auditor, operator, viewer = (self.add(role, role) for role in ("auditor", "operator", "viewer"))
        for browser, audit, silence in ((auditor, 200, 403), (operator, 403, 200), (viewer, 403, 403)):
            self.assertEqual(browser.say("GET", "audit")[0], audit)
            self.assertEqual(browser.say("GET", "accounts")[0], audit)
            self.assertEqual(browser.say("POST", "accounts", {})[0], 403)
            self.assertEqual(browser.say("POST", "silences", {})[0] == 403, silence == 403)
        self.admin.expect(200, "PUT", "accounts/operator", {"role": "viewer"})
        self.assertEqual(operator.expect(200, "GET", "me")["role"], "viewer")  # at once, by the same token
        self.assertEqual(self.admin.expect(409, "PUT", f"accounts/{ACCOUNT}", {"role": "viewer"})["type"].rsplit(":")[-1], "own-account")
        self.assertEqual(run_cli(self.daemon, "user", "remove", ACCOUNT).returncode, 1)
        self.admin.expect(204, "DELETE", "accounts/viewer")
        self.assertEqual(viewer.say("GET", "me")[0], 401)

    def test_scope_is_told_and_groups_are_kept(self):
        self.admin.expect(201, "PUT", "server-groups/north", {"servers": ["oslo-*"]})
        browser = self.add("nora", "admin", scope=["north"])
        self.assertEqual(browser.expect(200, "GET", "me")["scope"], ["north"])
        browser.expect(403, "GET", "audit")
        browser.expect(403, "PUT", "server-groups/north", {"servers": ["*"]})
        browser.expect(403, "PUT", "accounts/nora", {"scope": []})
        self.admin.expect(409, "DELETE", "server-groups/north")
        self.admin.expect(422, "PUT", "accounts/nora", {"scope": ["nowhere"]})
        self.assertEqual(run_cli(self.daemon, "user", "scope", "nora", "--all").returncode, 0)
        self.assertEqual(browser.expect(200, "GET", "me")["scope"], [])

    def test_tokens_of_programs(self):
        operator = self.add("olga", "operator")
        operator.expect(422, "POST", "api-tokens", {"name": "cron", "role": "admin"})
        operator.expect(403, "POST", "api-tokens", {"name": "cron", "account": ACCOUNT})
        made = operator.expect(201, "POST", "api-tokens", {"name": "cron", "role": "operator"})
        program = Browser(self.daemon, token=made["token"])
        self.assertEqual(program.expect(200, "GET", "me")["role"], "operator")
        self.assertEqual(program.say("POST", "silences", {})[0], 422)  # no check of the origin
        program.expect(403, "POST", "api-tokens", {"name": "more"})
        program.expect(403, "POST", "me/password", {"password": "x", "new_password": "y"})
        self.assertIn("last_used_at", operator.expect(200, "GET", "api-tokens")["items"][0])
        with open(self.daemon.store, "rb") as store:
            self.assertNotIn(made["token"].encode(), store.read())
        self.admin.expect(200, "PUT", "accounts/olga", {"role": "viewer"})
        self.assertEqual(program.expect(200, "GET", "me")["role"], "viewer")
        self.admin.expect(204, "DELETE", f"api-tokens/{made['api_token']['id']}")
        program.expect(401, "GET", "me")
        Browser(self.daemon, token="dvl_made-up").expect(401, "GET", "me")

    def test_second_factor(self):
        password = "anna has a long password"
        anna = self.add("anna", "viewer")
        anna.expect(403, "POST", "me/second-factor", {"password": "wrong"})
        secret = anna.expect(200, "POST", "me/second-factor", {"password": password})["secret"]
        self.assertEqual(Browser(self.daemon).login("anna", password)[0], 200)  # not before it is confirmed
        early_in_a_step()
        codes = anna.expect(200, "POST", "me/second-factor/confirm", {"code": one_time_code(secret, time.time() - 30)})["items"]
        self.assertEqual(len(codes), 10)
        other = Browser(self.daemon)
        status, problem = other.login("anna", password)
        self.assertEqual((status, problem["type"].rsplit(":")[-1]), (401, "second-factor-needed"))
        self.assertFalse(other.cookies)
        challenge = problem["challenge"]
        other.expect(401, "POST", "auth/second-factor", {"challenge": challenge, "code": "000000"})
        code = one_time_code(secret, time.time())
        self.assertTrue(other.expect(200, "POST", "auth/second-factor", {"challenge": challenge, "code": code})["second_factor"])
        other.expect(200, "GET", "me")
        Browser(self.daemon).expect(401, "POST", "auth/second-factor", {"challenge": challenge, "code": code})  # once
        Browser(self.daemon).expect(200, "POST", "auth/second-factor", {"challenge": challenge, "code": codes[0].upper()})
        Browser(self.daemon).expect(401, "POST", "auth/second-factor", {"challenge": challenge, "code": codes[0]})
        Browser(self.daemon).expect(401, "POST", "auth/second-factor", {"challenge": challenge + "x", "code": codes[1]})
        self.assertEqual(run_cli(self.daemon, "user", "second-factor", "remove", "anna").returncode, 0)
        self.assertEqual(Browser(self.daemon).login("anna", password)[0], 200)
        self.assertIn("second_factor_removed", self.actions())

    def test_audit_chain(self):
        self.add("anna", "viewer")
        self.admin.expect(201, "PUT", "server-groups/north", {"servers": ["oslo-*"]})
        check = self.admin.expect(200, "GET", "audit/check")
        self.assertNotIn("broken_at", check)
        self.assertEqual(run_cli(self.daemon, "audit", "--check").returncode, 0)
        page = self.admin.expect(200, "GET", "audit?limit=2")
        older = self.admin.expect(200, "GET", f"audit?limit=2&before={page['next_before']}")
        self.assertEqual(page["items"][-1]["number"] - 1, older["items"][0]["number"])
        only = self.admin.expect(200, "GET", "audit?action=account_added&limit=1000")["items"]
        self.assertEqual({line["action"] for line in only}, {"account_added"})
        _, lines, response = self.admin.ask("GET", "audit/export")
        exported = [json.loads(line) for line in lines.decode().splitlines()]
        self.assertEqual(len(exported), check["lines"])
        self.assertEqual(exported[0]["hash"], check["last_hash"])
        self.assertEqual(self.admin.ask("GET", "audit/export?format=csv")[1].decode().count("\r\n"), check["lines"] + 1)
        self.daemon.stop()
        with contextlib.closing(sqlite3.connect(self.daemon.store)) as store, store:
            store.execute("UPDATE audit SET subject = 'annb' WHERE subject = 'anna' AND action = 'account_added'")
            number = store.execute("SELECT number FROM audit WHERE subject = 'annb'").fetchone()[0]
        done = run_cli(self.daemon, "audit", "--check")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"breaks at line {number}", done.stdout.decode())


class Directory(Case):
    def lines(self):
        self.slapd = Slapd({"ann": ["admins"], "bob": ["staff"], "eve": [], ACCOUNT: ["admins"]})
        self.addCleanup(self.slapd.close)
        secret = os.path.join(self.slapd.folder, "reader.secret")
        with open(secret, "w", encoding="utf-8") as file:
            file.write(self.slapd.reader_password + "\n")
        return ["[ldap]", f'url = "{self.url()}"', f'ca_file = "{self.ca()}"', f'bind_dn = "{READER}"', f'bind_password_file = "{secret}"',
                f'user_base = "ou=people,{BASE}"',
                "[[ldap.groups]]", f'group = "{self.slapd.group_dn("admins")}"', 'role = "admin"',
                "[[ldap.groups]]", f'group = "{self.slapd.group_dn("staff")}"', 'role = "viewer"', 'scope = ["north"]']

    def url(self):
        return self.slapd.url

    def ca(self):
        return self.slapd.ca

    def test_people_sign_in(self):
        self.assertTrue(self.admin.expect(200, "GET", "login-options")["ldap"])
        ann, bob = Browser(self.daemon), Browser(self.daemon)
        status, me = ann.login("ann", self.slapd.passwords["ann"])
        self.assertEqual((status, me["role"], me["origin"]), (200, "admin", "ldap"))
        self.assertEqual(bob.login("bob", self.slapd.passwords["bob"])[1]["scope"], ["north"])
        for name, password in (("ann", "wrong"), ("nobody", "wrong"), ("*)(uid=*", self.slapd.passwords["ann"]), ("*", self.slapd.passwords["ann"])):
            self.assertEqual(Browser(self.daemon, address="127.0.0.7").login(name, password)[0], 401, name)
        self.assertEqual(Browser(self.daemon, address="127.0.0.8").login("eve", self.slapd.passwords["eve"])[0], 403)
        # A local account wins over the directory's of the same name.
        self.assertEqual(Browser(self.daemon, address="127.0.0.9").login(ACCOUNT, self.slapd.passwords[ACCOUNT])[0], 401)
        self.assertEqual(self.admin.expect(409, "PUT", "accounts/bob", {"role": "admin"})["type"].rsplit(":")[-1], "from-elsewhere")
        self.slapd.join("bob", "admins")
        self.assertEqual(bob.login("bob", self.slapd.passwords["bob"])[1]["role"], "admin")
        self.slapd.stop()
        status, problem = Browser(self.daemon).login("ann", self.slapd.passwords["ann"])
        self.assertEqual((status, problem["type"].rsplit(":")[-1]), (503, "directory-unreachable"))
        self.assertEqual(Browser(self.daemon).login(ACCOUNT, self.daemon.password)[0], 200)
        ann.expect(200, "GET", "me")
        self.assertIn("account_added", self.actions())

    def test_a_person_who_was_removed_loses_access(self):
        ann = Browser(self.daemon)
        self.assertEqual(ann.login("ann", self.slapd.passwords["ann"])[0], 200)
        token = ann.expect(201, "POST", "api-tokens", {"name": "cron"})["token"]
        self.slapd.remove("ann")
        self.daemon.stop()
        self.daemon.start()  # asked again at the first use after a start
        ann.expect(401, "GET", "me")
        Browser(self.daemon, token=token).expect(401, "GET", "me")
        self.admin.login(ACCOUNT, self.daemon.password)
        self.assertNotIn("ann", [account["name"] for account in self.admin.expect(200, "GET", "accounts")["items"]])


class SecureDirectory(Directory):
    def url(self):
        return self.slapd.tls_url


class StrangeDirectory(Directory):
    """Its certificate is signed by somebody else."""

    def ca(self):
        return self.slapd.other_ca

    def test_people_sign_in(self):
        status, problem = Browser(self.daemon).login("ann", self.slapd.passwords["ann"])
        self.assertEqual((status, problem["type"].rsplit(":")[-1]), (503, "directory-unreachable"))

    test_a_person_who_was_removed_loses_access = None


class SingleSignOn(Case):
    def lines(self):
        self.provider = Provider({"preferred_username": "ann", "groups": ["staff", "vpn-operators"]})
        self.addCleanup(self.provider.__exit__)
        secret = os.path.join(self.provider.folder, "secret")
        with open(secret, "w", encoding="utf-8") as file:
            file.write(self.provider.client_secret + "\n")
        return ["[oidc]", f'issuer = "{self.provider.issuer}"', 'client_id = "davylamp"', f'client_secret_file = "{secret}"', 'name = "Example ID"',
                "[[oidc.groups]]", 'group = "vpn-operators"', 'role = "operator"']

    def go(self, browser):
        """To the provider: where it leads back to."""
        status, _, response = browser.ask("GET", "oidc/start")
        self.assertEqual(status, 303)
        target = urllib.parse.urlsplit(response.getheader("Location"))
        self.assertEqual(f"{target.scheme}://{target.netloc}", self.provider.issuer)
        return self.provider.authorize(dict(urllib.parse.parse_qsl(target.query)))

    def come_back(self, browser, url):
        parts = urllib.parse.urlsplit(url)
        self.assertEqual(parts.path, "/api/v1/oidc/callback")
        status, _, response = browser.ask("GET", f"{parts.path}?{parts.query}")
        self.assertEqual(status, 303)
        return response.getheader("Location")

    def test_sign_on(self):
        self.assertEqual(self.admin.expect(200, "GET", "login-options")["oidc"], {"name": "Example ID"})
        ann = Browser(self.daemon)
        back = self.go(ann)
        self.assertEqual(self.come_back(ann, back), "/")
        me = ann.expect(200, "GET", "me")
        self.assertEqual((me["account"], me["role"], me["origin"]), ("ann", "operator", "oidc"))
        self.assertEqual(ann.say("POST", "auth/refresh")[0], 200)
        ann.expect(409, "POST", "me/password", {"password": "x", "new_password": "a long password"})
        # The code counts once, and only in the browser that asked for it.
        stranger = Browser(self.daemon)
        self.assertIn("#signed-out=", self.come_back(stranger, back))
        self.assertIn("#signed-out=", self.come_back(stranger, self.go(Browser(self.daemon))))
        stranger.expect(401, "GET", "me")
        self.assertIn("login", self.actions())

    def test_a_code_that_was_used(self):
        ann = Browser(self.daemon)
        back = self.go(ann)
        cookies = dict(ann.cookies)
        self.assertEqual(self.come_back(ann, back), "/")
        again = Browser(self.daemon)
        again.cookies = cookies
        self.assertIn("#signed-out=", self.come_back(again, back))
        again.expect(401, "GET", "me")

    def test_tokens_that_are_not_right(self):
        for how in ("nonce", "audience", "issuer", "none", "expired", "key"):
            self.provider.misbehave = how
            browser = Browser(self.daemon)
            self.assertEqual(self.come_back(browser, self.go(browser)), "/#signed-out=sign-on-refused", how)
            browser.expect(401, "GET", "me")
        self.assertEqual(self.provider.used_codes, 6)

    def test_nobody_without_a_group_and_nobody_of_a_local_name(self):
        browser = Browser(self.daemon)
        self.provider.claims = {"preferred_username": "ann", "groups": ["staff"]}
        self.assertEqual(self.come_back(browser, self.go(browser)), "/#signed-out=no-role")
        self.provider.claims = {"preferred_username": ACCOUNT, "groups": ["vpn-operators"]}
        self.assertEqual(self.come_back(browser, self.go(browser)), "/#signed-out=name-taken")
        browser.expect(401, "GET", "me")


if __name__ == "__main__":
    if missing():
        print("not installed:", ", ".join(missing()))
        sys.exit(SKIPPED)
    unittest.main()
