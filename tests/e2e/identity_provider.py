"""A small OpenID Connect provider on loopback: discovery, keys, authorization code with PKCE. It signs with a real RSA
key made by openssl, and can be told to misbehave."""
import base64
import hashlib
import http.server
import json
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.parse


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Provider:
    """`claims` are added to every ID token; `misbehave` is "", "nonce", "audience", "issuer", "none", "expired" or "key"."""

    client_id = "davylamp"

    def __init__(self, claims):
        self.claims, self.misbehave = claims, ""
        self.folder = tempfile.mkdtemp(prefix="davylamp-oidc-")
        self.client_secret = secrets.token_urlsafe(24)
        self.codes, self.used_codes = {}, 0
        self.key, self.other_key = self.make_key("key"), self.make_key("other")
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.page())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_key(self, name):
        path = os.path.join(self.folder, name + ".pem")
        subprocess.run(["openssl", "genrsa", "-out", path, "2048"], check=True, capture_output=True)
        return path

    def modulus(self):
        text = subprocess.run(["openssl", "rsa", "-in", self.key, "-noout", "-modulus"], check=True, capture_output=True, text=True).stdout
        return bytes.fromhex(re.search("Modulus=([0-9A-F]+)", text).group(1))

    def signed(self, header, claims):
        text = base64url(json.dumps(header).encode()) + "." + base64url(json.dumps(claims).encode())
        if header["alg"] == "none":
            return text + "."
        key = self.other_key if self.misbehave == "key" else self.key
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=text.encode(), check=True, capture_output=True).stdout
        return text + "." + base64url(signature)

    def id_token(self, nonce):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client_id, "sub": "1", "nonce": nonce, "iat": now, "exp": now + 300, **self.claims}
        if self.misbehave == "nonce":
            claims["nonce"] = "another"
        if self.misbehave == "audience":
            claims["aud"] = "another"
        if self.misbehave == "issuer":
            claims["iss"] = "https://id.example.org"
        if self.misbehave == "expired":
            claims["exp"] = now - 120
        return self.signed({"alg": "none" if self.misbehave == "none" else "RS256", "kid": "one"}, claims)

    def authorize(self, query):
        """What a person who agrees does to the address that the daemon led to: where the browser is led back to."""
        assert query["response_type"] == "code" and query["client_id"] == self.client_id, query
        assert query["code_challenge_method"] == "S256" and "openid" in query["scope"].split(), query
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return query["redirect_uri"] + "?" + urllib.parse.urlencode({"code": code, "state": query["state"]})

    def token(self, form, authorization):
        basic = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if authorization != "Basic " + basic:
            return 401, {"error": "invalid_client"}
        query = self.codes.pop(form.get("code", ""), None)  # a code counts once
        challenge = base64url(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if query is None or query["code_challenge"] != challenge or query["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        self.used_codes += 1
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(query["nonce"])}

    def page(provider):  # pylint: disable=no-self-argument
        class Page(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def say(self, status, document):
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                if self.path == "/.well-known/openid-configuration":
                    self.say(200, {"issuer": provider.issuer, "authorization_endpoint": provider.issuer + "/authorize",
                                   "token_endpoint": provider.issuer + "/token", "jwks_uri": provider.issuer + "/keys"})
                elif self.path == "/keys":
                    self.say(200, {"keys": [{"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "e": "AQAB",
                                             "n": base64url(provider.modulus())}]})
                else:
                    self.say(404, {})

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                form = dict(urllib.parse.parse_qsl(body))
                self.say(*provider.token(form, self.headers.get("Authorization")))
        return Page
