"""kubectl scripts and what they print."""

import json

from mockhoop.values.transcripts.draw import Draw, Run, failed
from mockhoop.values.transcripts.tables import columns_of

STATES = ("Running", "Running", "Running", "CrashLoopBackOff", "Pending", "Completed")
EVENTS = (
    ("Normal", "Scheduled", "Successfully assigned"),
    ("Normal", "Pulled", "Container image already present on machine"),
    ("Warning", "BackOff", "Back-off restarting failed container"),
    ("Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503"),
)


def pods(draw: Draw, count: int = 0) -> Run:
    rows = []
    for i in range(count or draw.between(3, 9)):
        state = draw.choice(STATES, i)
        ready = "1/1" if state == "Running" else "0/1"
        restarts = str(draw.between(0, 12, "restarts", i))
        rows.append((_pod(draw, i), ready, state, restarts, f"{draw.between(1, 90, i)}d"))
    script = f"kubectl get pods -n team-{draw.ticket}"
    return Run(script, (columns_of("NAME|READY|STATUS|RESTARTS|AGE", rows),))


def all_pods(draw: Draw) -> Run:
    run = pods(draw, 240)
    return Run(run.script.replace(" -n ", " -A --context "), run.output)


def nodes(draw: Draw) -> Run:
    rows = [
        (f"ip-10-0-{draw.between(1, 250, i)}-{i}.internal", "Ready", "<none>", f"{30 + i}d", "v1.31.4")
        for i in range(draw.between(2, 6))
    ]
    script = f"kubectl get nodes -l pool=p{draw.ticket}"
    return Run(script, (columns_of("NAME|STATUS|ROLES|AGE|VERSION", rows),))


def logs(draw: Draw) -> Run:
    lines = []
    for i in range(draw.between(5, 30)):
        line = {
            "level": draw.choice(("info", "warn"), i),
            "msg": draw.choice(draw.pools.sentences, i),
            "n": i,
        }
        lines.append(json.dumps(line, ensure_ascii=False) + "\n")
    return Run(f"kubectl logs deploy/{draw.word()} --tail=30 --prefix=false -n team-{draw.ticket}", tuple(lines))


def not_found(draw: Draw) -> Run:
    name = f"api-{draw.ticket}"
    output = f'Error from server (NotFound): deployments.apps "{name}" not found\n'
    return failed(f"kubectl rollout restart deployment/{name}", output, 1)


def apply(draw: Draw) -> Run:
    name = f"{draw.word()}-{draw.ticket}"
    script = (
        "kubectl apply -f - <<'YAML'\napiVersion: v1\nkind: ConfigMap\nmetadata:\n"
        f'  name: {name}\ndata:\n  greeting: "Grüß Gott, 世界"\nYAML\n'
    )
    return Run(script, (f"configmap/{name} created\n",))


def config_map(draw: Draw) -> Run:
    name = f"{draw.word()}-{draw.ticket}"
    output = (
        "apiVersion: v1\ndata:\n  greeting: Grüß Gott, 世界 👋\nkind: ConfigMap\nmetadata:\n"
        f"  name: {name}\n  namespace: team-{draw.ticket}\n  uid: {draw.uuid('uid')}\n"
    )
    return Run(f"kubectl get configmap {name} -n team-{draw.ticket} -o yaml", (output,))


def rollout(draw: Draw) -> Run:
    name = f"{draw.word()}-{draw.ticket}"
    waits = [
        f'Waiting for deployment "{name}" rollout to finish: {i} of 3 updated replicas are available...\n'
        for i in range(3)
    ]
    done = f'deployment "{name}" successfully rolled out\n'
    return Run(f"kubectl rollout status deployment/{name}", (*waits, done), takes=draw.between(6000, 50_000))


def quiet_delete(draw: Draw) -> Run:
    return Run(f"kubectl delete pod --ignore-not-found -l job={draw.ticket} -o name")


def top(draw: Draw) -> Run:
    rows = [(_pod(draw, i), f"{draw.between(1, 900, i)}m", f"{draw.between(20, 4000, 'm', i)}Mi") for i in range(5)]
    return Run(f"kubectl top pods -n team-{draw.ticket}", (columns_of("NAME|CPU(cores)|MEMORY(bytes)", rows),))


def events(draw: Draw) -> Run:
    rows = []
    for i in range(draw.between(2, 7)):
        kind, reason, message = draw.choice(EVENTS, i)
        rows.append((f"{draw.between(1, 59, i)}m", kind, reason, f"pod/{_pod(draw, i)}", message))
    script = f"kubectl get events -n team-{draw.ticket} --sort-by=.lastTimestamp"
    return Run(script, (columns_of("LAST SEEN|TYPE|REASON|OBJECT|MESSAGE", rows),))


def one_field(draw: Draw) -> Run:
    script = f"kubectl get deploy api -n team-{draw.ticket} -o jsonpath='{{.spec.replicas}}'"
    return Run(script, (str(draw.between(1, 12)),))


def forbidden(draw: Draw) -> Run:
    output = (
        f'Error from server (Forbidden): secrets is forbidden: User "hoop" cannot list resource "secrets"'
        f' in API group "" in the namespace "team-{draw.ticket}"\n'
    )
    return failed(f"kubectl get secrets -n team-{draw.ticket}", output, 1)


def _pod(draw: Draw, i: int) -> str:
    return f"{draw.word('pod', i)}-{draw.hex(9, 'set', i)}-{draw.hex(5, 'pod', i)}"


SHAPES = (
    pods,
    logs,
    not_found,
    apply,
    nodes,
    rollout,
    quiet_delete,
    config_map,
    top,
    all_pods,
    events,
    one_field,
    forbidden,
)
