"""A real LDAP server (Debian's slapd) on loopback, with a certificate of its own: StartTLS and ldaps, people, groups.

As a program (for tests in C++): `slapd.py FOLDER` prints one line of JSON when it is ready, then takes commands on
standard input, one a line: `join NAME GROUP`, `leave NAME GROUP`, `remove NAME`, `stop`, `start`; each is answered by
`done`. It ends with its input.
"""
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from daemon import free_port

SLAPD = shutil.which("slapd") or "/usr/sbin/slapd"
TOOLS = [SLAPD, "/usr/bin/ldapadd", "/usr/bin/ldapmodify", "/usr/bin/ldapdelete", "/usr/bin/openssl"]
BASE = "dc=example,dc=org"
ROOT = f"cn=root,{BASE}"
READER = f"cn=reader,{BASE}"
READY_SECONDS = 120
NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]

CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile {folder}/slapd.pid
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by * none
database mdb
suffix "{base}"
rootdn "{root}"
rootpw {password}
directory {folder}/db
maxsize 16777216
overlay memberof
"""

PEOPLE = """dn: {base}
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ou=people,{base}
objectClass: organizationalUnit
ou: people

dn: ou=groups,{base}
objectClass: organizationalUnit
ou: groups

dn: {reader}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: {reader_password}

"""


def missing():
    return [tool for tool in TOOLS if not os.path.exists(tool)]


def make_ca(folder, name):
    run("openssl", "req", "-x509", *NEW_KEY, "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout",
        f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem", "-addext", "basicConstraints=critical,CA:TRUE")
    return f"{folder}/{name}.pem"


def make_certificate(folder):
    run("openssl", "req", *NEW_KEY, "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", f"{folder}/server.key",
        "-out", f"{folder}/server.csr")
    with open(f"{folder}/server.ext", "w") as file:
        file.write("subjectAltName=IP:127.0.0.1\n")
    run("openssl", "x509", "-req", "-in", f"{folder}/server.csr", "-CA", f"{folder}/ca.pem", "-CAkey",
        f"{folder}/ca.key", "-CAcreateserial", "-days", "2", "-out", f"{folder}/server.pem", "-extfile",
        f"{folder}/server.ext")


def run(*command, given=None):
    done = subprocess.run(command, input=given, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr}")
    return done.stdout


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Slapd:
    """`people` is {name: [group...]}; every password is made anew. Groups are there as soon as somebody is in them."""

    def __init__(self, people, folder=None):
        self.owned = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="davylamp-slapd-")
        self.port, self.tls_port = free_port(), free_port()
        self.root_password, self.reader_password = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.passwords = {name: secrets.token_urlsafe(16) for name in people}
        self.groups = {}
        self.process = None
        os.makedirs(f"{self.folder}/db", exist_ok=True)
        self.ca = make_ca(self.folder, "ca")
        self.other_ca = make_ca(self.folder, "other")
        make_certificate(self.folder)
        with open(f"{self.folder}/slapd.conf", "w") as file:
            file.write(CONFIG.format(folder=self.folder, reader=READER, base=BASE, root=ROOT,
                                     password=self.root_password))
        self.start()
        self.add(PEOPLE.format(base=BASE, reader=READER, reader_password=self.reader_password))
        for name, groups in people.items():
            self.add(f"dn: {self.dn(name)}\nobjectClass: inetOrgPerson\nuid: {name}\ncn: {name}\nsn: {name}\n"
                     f"userPassword: {self.passwords[name]}\n\n")
            for group in groups:
                self.join(name, group)

    @property
    def url(self):
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def tls_url(self):
        return f"ldaps://127.0.0.1:{self.tls_port}"

    @staticmethod
    def dn(name):
        return f"uid={name},ou=people,{BASE}"

    @staticmethod
    def group_dn(group):
        return f"cn={group},ou=groups,{BASE}"

    def start(self):
        with open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen(
                [SLAPD, "-f", f"{self.folder}/slapd.conf", "-h", f"{self.url}/ {self.tls_url}/", "-d", "0"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + READY_SECONDS
        while not (listens(self.port) and listens(self.tls_port)):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("slapd does not start: " + open(f"{self.folder}/log").read())
            time.sleep(0.05)

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=READY_SECONDS)
        self.process = None

    def close(self):
        self.stop()
        if self.owned:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _as_root(self, tool, ldif):
        run(tool, "-x", "-H", self.url, "-D", ROOT, "-w", self.root_password, given=ldif)

    def add(self, ldif):
        self._as_root("ldapadd", ldif)

    def join(self, name, group):
        members = self.groups.setdefault(group, set())
        if not members:
            self.add(f"dn: {self.group_dn(group)}\nobjectClass: groupOfNames\ncn: {group}\nmember: {self.dn(name)}\n\n")
        else:
            self._change(group, "add", name)
        members.add(name)

    def leave(self, name, group):
        members = self.groups[group]
        if members == {name}:  # a group of nobody is none
            run("ldapdelete", "-x", "-H", self.url, "-D", ROOT, "-w", self.root_password, self.group_dn(group))
        else:
            self._change(group, "delete", name)
        members.discard(name)

    def _change(self, group, how, name):
        self._as_root("ldapmodify", f"dn: {self.group_dn(group)}\nchangetype: modify\n{how}: member\n"
                                    f"member: {self.dn(name)}\n\n")

    def remove(self, name):
        run("ldapdelete", "-x", "-H", self.url, "-D", ROOT, "-w", self.root_password, self.dn(name))


def main():
    if missing():
        print(json.dumps({"missing": missing()}), flush=True)
        return
    people = {"ann": ["admins", "staff"], "bob": ["staff"], "eve": []}
    with Slapd(people, sys.argv[1]) as server:
        print(json.dumps({"url": server.url, "tls_url": server.tls_url, "ca": server.ca, "other_ca": server.other_ca,
                          "reader_password": server.reader_password, "ann": server.passwords["ann"],
                          "bob": server.passwords["bob"], "eve": server.passwords["eve"]}), flush=True)
        for line in sys.stdin:
            command, *words = line.split()
            getattr(server, command)(*words)
            print("done", flush=True)


if __name__ == "__main__":
    main()
