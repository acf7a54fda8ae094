"""The Helm chart, rendered by Helm itself, and every object checked with the schemas of Kubernetes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from real.conftest import Record
from real.programs import TOOLS

CHART: Final = Path(__file__).parents[2] / "addon/deploy/helm"
PACKAGES: Final = TOOLS / "real" / "helm"
KUBERNETES: Final = ("1.31.0", "1.37.0")
"""The oldest release that the chart allows, and the newest one with a schema."""

FOREIGN: Final = {"PrometheusRule", "ServiceMonitor"}
"""Kinds of the Prometheus Operator, which Kubernetes has no schema of."""

PROGRAM: Final = """
import json, sys
from helm_python import Chart, HelmError, helm_sdk_version, lint
chart, values = sys.argv[1], json.load(sys.stdin)
try:
    found = Chart.load(chart).render(values, name="homelab-steward", namespace="homelab")
    said = lint(chart, values, strict=True)
    print(json.dumps({"found": found, "lint": said, "version": helm_sdk_version()}))
except HelmError as err:
    print(json.dumps({"error": str(err)}))
"""

VALIDATE: Final = """
import sys
from kubernetes_validate import validate
for version in sys.argv[1:]:
    for one in OBJECTS:
        validate(one, version, strict=True)
"""

RUNBOOK: Final = "---\nid: mine\n---\n# Mine\n\nUse {{ target }}, and “quotes”.\n"
EVERYTHING: Final[dict[str, Any]] = {
    "replicas": 2,
    "settings": {"replicas": "allowed"},
    "existingSecret": "steward",
    "keysSecret": "steward-keys",
    "runbooks": {"mine.md": RUNBOOK},
    "persistence": {"storageClass": "fast"},
    "ingress": {"enabled": True, "className": "traefik", "host": "steward.lan", "tlsSecret": "tls"},
    "podDisruptionBudget": {"enabled": True},
    "serviceMonitor": {"enabled": True, "labels": {"release": "x"}},
    "prometheusRule": {"enabled": True, "labels": {"release": "x"}},
    "dashboard": {"enabled": True},
    "extraVolumes": [{"name": "tls", "secret": {"secretName": "tls"}}],
    "extraVolumeMounts": [{"name": "tls", "mountPath": "/config/tls", "readOnly": True}],
}


def helm(values: dict[str, Any]) -> dict[str, Any]:
    """Return what Helm says about the chart with values. Raises ValueError with its error."""
    if not PACKAGES.is_dir():
        pytest.skip("Helm cannot be fetched")
    answer = json.loads(python(PROGRAM, json.dumps(values), str(CHART)))
    if "error" in answer:
        raise ValueError(answer["error"])
    return dict(answer)


def python(program: str, given: str, *arguments: str) -> str:
    """Return what a program with the fetched packages prints: Go's runtime stays out of the tests."""
    command = [sys.executable, "-c", program, *arguments]
    env = {"PYTHONPATH": str(PACKAGES), "HOME": "/nonexistent"}
    done = subprocess.run(command, input=given, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects(**values: Any) -> list[dict[str, Any]]:
    """Return the objects of the chart."""
    files = helm(values)["found"].values()
    return [one for text in files for one in yaml.safe_load_all(text) if one]


def rendered(**values: Any) -> dict[str, Any]:
    """Return the objects of the chart by their kind and, for config maps, their name."""
    found = objects(**values)
    return {one["kind"] if one["kind"] != "ConfigMap" else one["metadata"]["name"]: one for one in found}


@pytest.mark.parametrize("values", [{}, EVERYTHING], ids=["defaults", "everything"])
def test_each_object_is_valid(values: dict[str, Any], record_testsuite_property: Record) -> None:
    said = helm(values)
    assert said["lint"]["messages"] == []
    record_testsuite_property("Helm", said["version"])
    found = [one for one in objects(**values) if one["kind"] not in FOREIGN]
    given = f"OBJECTS = {found!r}\n{VALIDATE}"
    python(given, "", *KUBERNETES)
    names = [(one["kind"], one["metadata"]["name"]) for one in found]
    assert len(set(names)) == len(names)


def test_a_wrong_object_is_found() -> None:
    found = next(one for one in objects() if one["kind"] == "StatefulSet")
    found["spec"]["template"]["spec"]["containers"][0]["imagePulPolicy"] = "Always"
    with pytest.raises(AssertionError, match="imagePulPolicy"):
        python(f"OBJECTS = {[found]!r}\n{VALIDATE}", "", KUBERNETES[1])


def test_the_chart_restricts_who_can_connect() -> None:
    (rule,) = rendered()["NetworkPolicy"]["spec"]["ingress"]
    assert rule["from"] == [{"podSelector": {}}]
    assert rule["ports"] == [{"port": "http", "protocol": "TCP"}]
    assert "NetworkPolicy" not in rendered(networkPolicy={"enabled": False})
    with pytest.raises(ValueError, match="would let everybody connect"):
        rendered(networkPolicy={"from": []})


def test_the_chart_lets_prometheus_read_the_metrics() -> None:
    found = rendered(existingSecret="steward", serviceMonitor={"enabled": True, "labels": {"release": "x"}})
    monitor, service = found["ServiceMonitor"], found["Service"]["metadata"]["labels"]
    assert monitor["metadata"]["labels"]["release"] == "x"
    (endpoint,) = monitor["spec"]["endpoints"]
    assert endpoint["authorization"]["credentials"] == {"name": "steward", "key": "STEWARD_MONITOR_TOKEN"}
    assert service.items() >= monitor["spec"]["selector"]["matchLabels"].items()
    assert "ServiceMonitor" not in rendered()
    with pytest.raises(ValueError, match="needs existingSecret"):
        rendered(serviceMonitor={"enabled": True})


def test_the_chart_brings_alert_rules_and_a_dashboard() -> None:
    files = CHART / "files"
    found = rendered(
        prometheusRule={"enabled": True, "labels": {"release": "x"}}, dashboard={"enabled": True}
    )
    assert found["PrometheusRule"]["spec"] == yaml.safe_load((files / "alerts.yaml").read_text())
    assert found["PrometheusRule"]["metadata"]["labels"]["release"] == "x"
    dashboard = found["homelab-steward-dashboard"]["data"]["homelab-steward.json"]
    assert json.loads(dashboard) == json.loads((files / "dashboard.json").read_text())
    assert "PrometheusRule" not in rendered()


def pod(**values: Any) -> dict[str, Any]:
    return dict(rendered(**values)["StatefulSet"]["spec"]["template"]["spec"])


def test_the_chart_mounts_own_volumes() -> None:
    volume = {"name": "runbooks", "configMap": {"name": "my-runbooks"}}
    mount = {"name": "runbooks", "mountPath": "/config/runbooks", "readOnly": True}
    found = pod(extraVolumes=[volume], extraVolumeMounts=[mount])
    assert volume in found["volumes"]
    assert mount in found["containers"][0]["volumeMounts"]


def test_own_runbooks_are_files_exactly_as_they_were_written() -> None:
    found = rendered(runbooks={"mine.md": RUNBOOK})
    assert found["homelab-steward-runbooks"]["data"] == {"mine.md": RUNBOOK}
    spec = found["StatefulSet"]["spec"]["template"]
    assert {"name": "runbooks", "mountPath": "/config/runbooks", "readOnly": True} in spec["spec"][
        "containers"
    ][0]["volumeMounts"]
    changed = rendered(runbooks={"mine.md": f"{RUNBOOK}More.\n"})["StatefulSet"]["spec"]["template"]
    name = "checksum/runbooks"
    assert spec["metadata"]["annotations"][name] != changed["metadata"]["annotations"][name]
    with pytest.raises(ValueError, match="does not match pattern"):
        rendered(runbooks={"../mine.md": RUNBOOK})


def test_the_ingress_has_a_host_and_a_certificate() -> None:
    assert "Ingress" not in rendered()
    spec = rendered(ingress={"enabled": True, "host": "steward.lan", "tlsSecret": "tls"})["Ingress"]["spec"]
    assert spec["tls"] == [{"secretName": "tls", "hosts": ["steward.lan"]}]
    (rule,) = spec["rules"]
    assert rule["host"] == "steward.lan"
    assert rule["http"]["paths"][0]["backend"]["service"]["name"] == "homelab-steward"
    assert "ingressClassName" not in spec
    with pytest.raises(ValueError, match=r"ingress\.host is missing"):
        rendered(ingress={"enabled": True})


def test_replicas_need_a_shared_database_and_keys() -> None:
    assert "initContainers" not in pod()
    assert pod()["containers"][0]["startupProbe"]["httpGet"]["path"] == "/ready"
    needed = {"replicas": 2, "settings": {"replicas": "allowed"}, "keysSecret": "keys"}
    with pytest.raises(ValueError, match=r"settings\.replicas: allowed"):
        rendered(**{**needed, "settings": {}})
    with pytest.raises(ValueError, match="replicas needs keysSecret"):
        rendered(**{**needed, "keysSecret": ""})
    found = rendered(**needed)["StatefulSet"]["spec"]
    assert (found["podManagementPolicy"], found["updateStrategy"]) == ("Parallel", {"type": "OnDelete"})
    spec = found["template"]["spec"]
    assert spec["containers"][0]["startupProbe"]["httpGet"]["path"] == "/health", "a standby is never ready"
    assert spec["initContainers"][0]["securityContext"] == spec["containers"][0]["securityContext"]


def test_the_keys_of_the_first_replica_are_copied_once(tmp_path: Path) -> None:
    found = pod(replicas=2, settings={"replicas": "allowed"}, keysSecret="keys")
    *_, script = found["initContainers"][0]["command"]
    keys, data = tmp_path / "keys", tmp_path / "data"
    for folder in (keys, data):
        folder.mkdir()
    for name in ("secret.key", "signing_key", "token", "monitor_token"):
        (keys / name).write_text(name)
    (data / "token").write_text("its own")
    here = script.replace("/keys/", f"{keys}/").replace("/data/", f"{data}/")
    subprocess.run(["sh", "-euc", here], check=True)
    assert {one.name: one.read_text() for one in data.iterdir()} == {
        "secret.key": "secret.key",
        "signing_key": "signing_key",
        "token": "its own",
        "monitor_token": "monitor_token",
    }
    assert (data / "secret.key").stat().st_mode & 0o077 == 0


def test_the_disruption_budget_protects_the_pod_that_works() -> None:
    assert "PodDisruptionBudget" not in rendered()
    spec = rendered(podDisruptionBudget={"enabled": True})["PodDisruptionBudget"]["spec"]
    assert (spec["minAvailable"], spec["unhealthyPodEvictionPolicy"]) == (1, "AlwaysAllow")


@pytest.mark.parametrize("values", [{"typo": 1}, {"replicas": "2"}, {"image": {"tags": "1"}}])
def test_wrong_values_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="values don't meet the specifications"):
        rendered(**values)


def test_the_values_of_the_argo_cd_example_are_accepted() -> None:
    file = CHART.parent / "argocd/example/homelab-steward/values.yaml"
    assert "ServiceMonitor" in rendered(**yaml.safe_load(file.read_text()))
