"""davylampd without any capability and davylamp-agent with the few it needs, as two users who meet at a socket."""
import os
import shutil
import signal
import subprocess
import tempfile

from daemon import DAEMON, READY_SECONDS, Daemon
from lab import eventually

AGENT = os.environ.get("DAVYLAMP_AGENT") or os.path.join(os.path.dirname(DAEMON), "davylamp-agent")
DAEMON_USER, AGENT_USER, GROUP = 64001, 64002, 64001  # of no account on any host
CAPABILITIES = ("net_admin", "bpf", "syslog")
CAPABILITY_BITS = {"net_admin": 12, "syslog": 34, "bpf": 39}


def as_user(user, capabilities=()):
    kept = "".join(f",+{name}" for name in capabilities)
    return ["setpriv", f"--reuid={user}", f"--regid={GROUP}", "--clear-groups", f"--bounding-set=-all{kept}",
            f"--inh-caps=-all{kept}", f"--ambient-caps=-all{kept}", "--no-new-privs"]


def effective_capabilities(process):
    """The bits, as the kernel tells."""
    return int(status_of(process)["CapEff"], 16)


def resident_kib(process):
    return int(status_of(process)["VmRSS"].split()[0])


def status_of(process):
    with open(f"/proc/{process.pid}/status", encoding="utf-8") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def reachable(sim):
    """A simulator that runs as the agent's user, so that its sockets are the agent's however often they are made."""
    sim.arguments[0] = shutil.copy(sim.arguments[0], sim.directory)
    sim.arguments = [*as_user(AGENT_USER), *sim.arguments]
    for name in ("", *os.listdir(sim.directory)):
        os.chown(os.path.join(sim.directory, name), AGENT_USER, GROUP)
    return sim


class AgentPair(Daemon):
    """A Daemon whose servers an agent looks at. `with` starts both."""

    def __init__(self, sources, capabilities=CAPABILITIES, with_agent=True, extra=()):
        self.programs = tempfile.mkdtemp(prefix="davylamp-programs-")  # where both users may read them
        os.chmod(self.programs, 0o755)
        for program in (DAEMON, AGENT):
            shutil.copy(program, self.programs)
        self.agent_state = tempfile.mkdtemp(prefix="davylamp-agent-")
        os.chown(self.agent_state, AGENT_USER, GROUP)
        self.capabilities, self.with_agent, self.agent = capabilities, with_agent, None
        command = [*as_user(DAEMON_USER), "env", "DAVYLAMP__NODE__COLLECTOR=agent",
                   f"DAVYLAMP__NODE__AGENT_USER={AGENT_USER}", os.path.join(self.programs, "davylampd")]
        super().__init__(sources, command=command, extra=extra)
        self.agent_log = os.path.join(self.agent_state, "agent.log")
        for source in sources:
            if os.path.exists(source.get("management", "")):
                os.chown(source["management"], 0, GROUP)
                os.chmod(source["management"], 0o660)

    def start(self):
        for folder, _, files in os.walk(self.directory):
            for path in (folder, *(os.path.join(folder, name) for name in files)):
                os.chown(path, DAEMON_USER, GROUP)
        os.chmod(self.directory, 0o750)
        os.chmod(self.config, 0o640)
        super().start()
        if self.with_agent and (self.agent is None or self.agent.poll() is not None):
            self.start_agent()

    def start_agent(self):
        with open(self.agent_log, "ab") as log:
            self.agent = subprocess.Popen(
                [*as_user(AGENT_USER, self.capabilities), "env", "DAVYLAMP__NODE__COLLECTOR=agent",
                 os.path.join(self.programs, "davylamp-agent"), "--local", "--config", self.config, "--state-directory", self.agent_state],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill_agent(self):
        self.agent.kill()
        self.agent.wait(READY_SECONDS)

    def stop_agent(self):
        self.agent.send_signal(signal.SIGTERM)
        code = self.agent.wait(READY_SECONDS)
        if code != 0:
            raise AssertionError(f"davylamp-agent ended with {code} after SIGTERM; its log:\n{self.agent_log_text()[-6000:]}")

    def agent_log_text(self):
        with open(self.agent_log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_stale(self, *names, seconds=READY_SECONDS):
        def stale():
            servers = self.servers()
            return all(servers.get(name, {}).get("state") == "stale" for name in names)
        eventually(stale, seconds, lambda: f"{names} are stale: {self.servers()}")

    def last_words(self):
        how = "was not started" if self.agent is None else "runs" if self.agent.poll() is None else f"ended with {self.agent.returncode}"
        log = self.agent_log_text()[-3000:] if os.path.exists(self.agent_log) else ""
        return f"{super().last_words()}\ndavylamp-agent {how}; the end of its log:\n{log}"

    def __exit__(self, *failure):
        if self.agent and self.agent.poll() is None:
            self.kill_agent()
        super().__exit__(*failure)
        for folder in (self.programs, self.agent_state):
            if not os.environ.get("DAVYLAMP_KEEP"):
                shutil.rmtree(folder, ignore_errors=True)
