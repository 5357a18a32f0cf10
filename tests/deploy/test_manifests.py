"""The manifests as orchestrators read them: they parse, everything has probes, budgets and bounds, and no secret is in them."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import yaml
except ImportError:
    print("python3-yaml is not installed")
    sys.exit(77)

DEPLOY = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "deploy"))
KUBERNETES, COMPOSE = os.path.join(DEPLOY, "kubernetes"), os.path.join(DEPLOY, "compose")
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")


def documents():
    found = []
    for path in sorted(glob.glob(os.path.join(KUBERNETES, "*.yaml"))):
        with open(path, encoding="utf-8") as file:
            found += [(os.path.basename(path), one) for one in yaml.safe_load_all(file) if one]
    return found


def of_kind(*kinds):
    return [one for _, one in documents() if one["kind"] in kinds]


def pod(workload):
    return workload["spec"]["template"]["spec"]


def container(workload):
    (only,) = pod(workload)["containers"]
    return only


class Kubernetes(unittest.TestCase):
    def test_every_file_is_applied(self):
        with open(os.path.join(KUBERNETES, "kustomization.yaml"), encoding="utf-8") as file:
            named = set(yaml.safe_load(file)["resources"])
        self.assertEqual(named, {name for name, _ in documents()} - {"kustomization.yaml"})

    def test_the_parts_are_there(self):
        self.assertEqual({one["metadata"]["name"]: one["kind"] for one in of_kind(*WORKLOADS)},
                         {"worker": "Deployment", "serve": "Deployment", "collector": "DaemonSet", "redis": "StatefulSet", "postgres": "StatefulSet"})
        self.assertEqual([container(one)["command"][2] for one in of_kind("Deployment", "DaemonSet")], ["collect", "serve", "process"])

    def test_every_workload_is_probed_and_bounded(self):
        for workload in of_kind(*WORKLOADS):
            with self.subTest(workload["metadata"]["name"]):
                one = container(workload)
                for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                    self.assertEqual(len({"exec", "httpGet"} & set(one[probe])), 1, probe)
                    self.assertIn("timeoutSeconds", one[probe])
                self.assertLessEqual({"cpu", "memory"}, set(one["resources"]["requests"]))
                self.assertIn("memory", one["resources"]["limits"])

    def test_liveness_does_not_ask_for_others(self):
        """Who is started again because a database is away helps nobody."""
        for workload in of_kind("Deployment", "DaemonSet"):
            probe = container(workload)["livenessProbe"]
            self.assertIn(probe.get("httpGet", {}).get("path") or probe["exec"]["command"][1], ("/healthz", "--alive"))
            probe = container(workload)["readinessProbe"]
            self.assertIn(probe.get("httpGet", {}).get("path") or probe["exec"]["command"][1], ("/readyz", "--ready"))

    def test_nobody_may_more_than_needed(self):
        for workload in of_kind(*WORKLOADS):
            with self.subTest(workload["metadata"]["name"]):
                security = container(workload)["securityContext"]
                self.assertTrue(security["readOnlyRootFilesystem"])
                self.assertFalse(security["allowPrivilegeEscalation"])
                self.assertEqual(security["capabilities"]["drop"], ["ALL"])
                self.assertEqual(pod(workload)["securityContext"]["seccompProfile"]["type"], "RuntimeDefault")
                self.assertIs(pod(workload)["automountServiceAccountToken"], False)
                if workload["kind"] == "DaemonSet":
                    self.assertEqual(set(security["capabilities"]["add"]), {"NET_ADMIN", "BPF", "DAC_OVERRIDE"})
                else:
                    self.assertIs(pod(workload)["securityContext"]["runAsNonRoot"], True)
                    self.assertNotIn("add", security["capabilities"])

    def test_budgets_and_services_choose_a_workload(self):
        labels = {tuple(sorted(one["spec"]["template"]["metadata"]["labels"].items())) for one in of_kind(*WORKLOADS)}
        budgets = of_kind("PodDisruptionBudget")
        self.assertEqual({one["metadata"]["name"] for one in budgets}, {"worker", "serve", "redis", "postgres"})
        for budget in budgets:
            self.assertIn(tuple(sorted(budget["spec"]["selector"]["matchLabels"].items())), labels)
            self.assertTrue({"minAvailable", "maxUnavailable"} & set(budget["spec"]))
        for service in of_kind("Service"):
            self.assertIn(tuple(sorted(service["spec"]["selector"].items())), labels)
        for workload in of_kind(*WORKLOADS):
            self.assertLessEqual(workload["spec"]["selector"]["matchLabels"].items(), workload["spec"]["template"]["metadata"]["labels"].items())

    def test_mounts_have_volumes_and_ports_have_names(self):
        for workload in of_kind(*WORKLOADS):
            claims = [one["metadata"]["name"] for one in workload["spec"].get("volumeClaimTemplates", [])]
            volumes = {one["name"] for one in pod(workload).get("volumes", [])} | set(claims)
            self.assertEqual({one["name"] for one in container(workload)["volumeMounts"]}, volumes, workload["metadata"]["name"])
        ports = {port["name"] for one in of_kind(*WORKLOADS) for port in container(one).get("ports", [])}
        for service in of_kind("Service"):
            self.assertLessEqual({port["targetPort"] for port in service["spec"]["ports"]}, ports)

    def test_secrets_are_named_and_never_given(self):
        self.assertEqual(of_kind("Secret"), [])
        for path in glob.glob(os.path.join(DEPLOY, "**", "*"), recursive=True):
            if not os.path.isfile(path) or f"{os.sep}secrets{os.sep}" in path:
                continue
            with open(path, encoding="utf-8") as file:
                text = file.read()
            self.assertIsNone(re.search(r"(?im)^\s*(- )?[\"']?(\w*_)?(password|secret|token)[\"']?\s*[:=]\s*[\"']?[A-Za-z0-9+/]{6,}[\"']?\s*$", text), path)

    @unittest.skipUnless(shutil.which("kubectl"), "kubectl is not installed")
    def test_kustomize_puts_it_together(self):
        done = subprocess.run(["kubectl", "kustomize", KUBERNETES], capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        made = [one for one in yaml.safe_load_all(done.stdout) if one]
        self.assertEqual({one["metadata"].get("namespace", "davylamp") for one in made}, {"davylamp"})
        images = {container(one)["image"] for one in made if one["kind"] in WORKLOADS}
        self.assertEqual(images, {"registry.example.org/davylamp:1", "redis:7", "postgres:15"})


class Traefik(unittest.TestCase):
    def read(self, name):
        with open(os.path.join(DEPLOY, "traefik", name), encoding="utf-8") as file:
            return yaml.safe_load(file)

    def test_labels_and_file_say_the_same(self):
        http = self.read("dynamic.yaml")["http"]
        labels = {name.lower(): value for name, value in self.read("labels.yaml")["x-davylamp-labels"].items()}
        health = labels_of({"loadBalancer": {"healthCheck": http["services"]["davylamp"]["loadBalancer"]["healthCheck"]}})
        self.assertLessEqual(({f"traefik.http.services.davylamp.{name}": value for name, value in health.items()}).items(), labels.items())
        said = {name: value for name, value in labels.items() if name.startswith("traefik.http.middlewares.")}
        self.assertEqual({f"traefik.http.middlewares.{name}": value for name, value in labels_of(http["middlewares"]).items()}, said)

    def test_each_client_is_counted_for_itself(self):
        criterion = self.read("dynamic.yaml")["http"]["middlewares"]["davylamp-open"]["inFlightReq"]["sourceCriterion"]
        self.assertEqual(criterion, {"ipStrategy": {"depth": 0}})


def labels_of(tree):
    """As Traefik writes a tree of its file as labels: names joined by dots, in any case."""
    if not isinstance(tree, dict):
        return {"": str(tree)}
    return {f"{name}.{below}".rstrip(".").lower(): value for name, inner in tree.items() for below, value in labels_of(inner).items()}


class Compose(unittest.TestCase):
    def read(self, name):
        with open(os.path.join(COMPOSE, name), encoding="utf-8") as file:
            return yaml.safe_load(file)

    def test_the_cluster_is_whole(self):
        cluster = self.read("cluster.yaml")
        self.assertEqual(set(cluster["services"]), {"worker-1", "worker-2", "serve-1", "serve-2", "nginx", "redis", "postgres"})
        for name, service in cluster["services"].items():
            for secret in service.get("secrets", []):
                self.assertIn(secret, cluster["secrets"], name)
            for network in service["networks"]:
                self.assertIn(network, cluster["networks"], name)
            self.assertEqual(service["restart"], "unless-stopped", name)
        self.assertEqual({"outside"} & set(cluster["services"]["postgres"]["networks"] + cluster["services"]["redis"]["networks"]), set())

    def test_its_nginx_sets_what_the_other_sets(self):
        """A header that is not set is the client's own."""
        headers = []
        for path in ("nginx/davylamp.conf", "compose/nginx.conf"):
            with open(os.path.join(DEPLOY, path), encoding="utf-8") as file:
                text = file.read()
            headers.append(set(re.findall(r"proxy_set_header +([\w-]+)", text)))
            self.assertRegex(text, r"limit_req_status 429;\s+limit_conn_status 429;", path)
            self.assertRegex(text, r"upstream davylamp {\s+zone davylamp_daemons 64k;.*\s+least_conn;", path)
        self.assertEqual(headers[0], headers[1])
        self.assertLessEqual({"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"}, headers[0])

    def test_programs_are_confined(self):
        for file in ("cluster.yaml", "single.yaml"):
            for name, service in self.read(file)["services"].items():
                if not service["image"].endswith("davylamp}"):
                    continue
                self.assertTrue(service["read_only"], name)
                self.assertEqual((service["user"], service["cap_drop"]), ("10001:10001", ["ALL"]), name)
                self.assertIn(service["healthcheck"]["test"][2], ("--alive", "--ready"), name)

    def test_docker_compose_takes_it(self):
        """Version 1 knows no `name`: it is asked about everything else."""
        command = compose_command()
        if command is None:
            self.skipTest("no docker compose is installed")
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(COMPOSE, os.path.join(folder, "deploy", "compose"), ignore=shutil.ignore_patterns("secrets"))
            shutil.copytree(os.path.join(DEPLOY, "traefik"), os.path.join(folder, "deploy", "traefik"))
            for files in (("compose/cluster.yaml",), ("compose/single.yaml",), ("compose/cluster.yaml", "traefik/labels.yaml")):
                paths = [os.path.join(folder, "deploy", file) for file in files]
                if command == ["docker-compose"]:
                    remove_name(paths[0])
                done = subprocess.run([*command, *(word for path in paths for word in ("-f", path)), "config", "-q"],
                                      capture_output=True, text=True, timeout=300)
                self.assertEqual(done.returncode, 0, f"{files}: {done.stderr}")


def compose_command():
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) and subprocess.run([*command, "version"], capture_output=True, timeout=300).returncode == 0:
            return command
    return None


def remove_name(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(re.sub(r"(?m)^name: .*$", "", text))


if __name__ == "__main__":
    unittest.main()
