"""The course of a measurement: start the servers, see that their answers are real, load them round by round."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from suite.answers import Answer, Unreal, known, usual_answer
from suite.cases import AGAIN, GENERIC, HOOP, Asked, Case
from suite.load import TOKEN, WrongAnswers, load, pool_file
from suite.processes import NotStarted, Process, free_port, running
from suite.results import Measured, Start
from suite.servers import BARE, MOCKHOOP, NAIVE, Place, Server, reference, write_documents, write_records

_HEADERS = {"Authorization": f"Bearer {TOKEN}"}
_RESET = "/__mockhoop/worlds/default/reset"
_FIRST = {HOOP: "/sessions?limit=20", GENERIC: "/"}


@dataclass
class Bench:
    """The machine's cores, a folder for files, how long to measure, and what has come of it."""

    server_core: int
    load_core: int
    folder: Path
    rounds: int
    seconds: int
    measured: list[Measured] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)

    def run(self, cases: Sequence[Case], peers: Sequence[Server]) -> None:
        """Measure all cases, one document after the other."""
        write_documents(self.folder)
        with self._server(MOCKHOOP[0], HOOP, counts=False) as mockhoop:
            ids = known(mockhoop)
        pools = {case.name: case.pool(ids) for case in cases}
        for kind in dict.fromkeys(case.document for case in cases):
            of_kind = [case for case in cases if case.document == kind]
            self._document(kind, of_kind, pools, peers)

    def _document(
        self, kind: str, cases: Sequence[Case], pools: dict[str, list[Asked]], peers: Sequence[Server]
    ) -> None:
        with ExitStack() as stack:
            first, *others = [server for server in MOCKHOOP if kind in server.documents]
            ours = {first: stack.enter_context(self._server(first, kind))}
            answers = {}
            for case in cases:
                begin(ours[first])
                answers[case.name] = usual_answer(ours[first], case, pools[case.name])
                if case.items and len(json.loads(answers[case.name].body)["data"]) != case.items:
                    raise SystemExit(f"mockhoop lists other than {case.items} in {case.name}")
            write_records(self.folder, [(case, pools[case.name][0], answers[case.name]) for case in cases])
            if any(case.grades for case in cases):
                ours |= {server: stack.enter_context(self._server(server, kind)) for server in others}
            theirs = {}
            for peer in peers:
                try:
                    theirs[peer] = stack.enter_context(self._server(peer, kind))
                except NotStarted as reason:
                    say(f"{peer.name} is left out for {kind}: it does not start: {reason}")
            for case in cases:
                part = {server: process for server, process in ours.items() if case.grades or not server.only_graded}
                self._case(case, pools[case.name], answers[case.name], {**part, **theirs})

    def _case(self, case: Case, pool: Sequence[Asked], answer: Answer, servers: dict[Server, Process]) -> None:
        """Measure a case: bare first in each round, then all others that answer it as they should."""
        names = [BARE, NAIVE] if case.kind == AGAIN and case.document == HOOP else [BARE]
        with ExitStack() as stack:
            calls = stack.enter_context(pool_file(pool))
            part: list[tuple[Measured, Process, int]] = []
            for name in names:
                process = stack.enter_context(self._reference(name, case, pool, answer))
                part.append((Measured(case, name, answer.size), process, 0))
            for server, process in servers.items():
                if server.ours:
                    begin(process)
                try:
                    size = usual_answer(process, case, pool).size
                except Unreal as reason:
                    if server.ours:
                        raise SystemExit(f"{server.name}, {case.name}: {reason}") from None
                    say(f"{server.name} is left out of {case.name}: it {reason}")
                    continue
                if server.ours and size != answer.size and case.grades:
                    raise SystemExit(f"{server.name}, {case.name}: other bytes than the bare handler sends")
                part.append((Measured(case, server.name, size), process, server.warm_up(case)))
            self._rounds(case, calls, part)

    def _rounds(self, case: Case, calls: str, part: Sequence[tuple[Measured, Process, int]]) -> None:
        """Interleaved rounds, so that a machine that gets slower slows all servers."""
        for number in range(self.rounds + 1):
            for one, process, warms in part:
                seconds = self.seconds if number else warms
                if one.trouble or not seconds:
                    continue
                if one.server.startswith("mockhoop"):
                    begin(process)
                try:
                    found = load(process, case, calls, seconds, self.load_core)
                except WrongAnswers as reason:
                    if one.server.startswith(("mockhoop", BARE)):
                        raise SystemExit(f"{one.server}, {case.name}: {reason}") from None
                    one.trouble = str(reason)
                    say(f"{one.server} is left out of {case.name}: {reason}")
                else:
                    one.rounds += [found] if number else []
        for one, process, _ in part:
            one.memory = process.memory()
            self.measured.append(one)

    @contextmanager
    def _server(self, server: Server, kind: str, *, counts: bool = True) -> Iterator[Process]:
        port = free_port()
        command = server.command(Place(port, self.folder, kind))
        base = "/api" if server.ours and kind == HOOP else ""
        with running(
            command,
            port=port,
            base=base,
            core=self.server_core,
            first=_FIRST[kind],
            headers=_HEADERS,
            folder=self.folder,
        ) as process:
            if counts:
                self.starts.append(Start(server.name, kind, process.first_answer, process.memory()))
            yield process

    @contextmanager
    def _reference(self, name: str, case: Case, pool: Sequence[Asked], answer: Answer) -> Iterator[Process]:
        """The bare handler, or the naive one, with the bytes of mockhoop's answer."""
        file = self.folder / f"{name.split()[0]}.json"
        plain = {**answer.plain(), "takes_body": bool(pool[0].body)}
        link = {**answer.link.plain(), "takes_body": False} if answer.link else None
        file.write_text(json.dumps({"answer": plain, "link": link}))
        base = "/api" if case.document == HOOP else ""
        port = free_port()
        first = pool[0].path if pool[0].method == "GET" else "/"
        with running(
            reference(name, port, file),
            port=port,
            base=base,
            core=self.server_core,
            first=first,
            headers=_HEADERS,
            folder=self.folder,
        ) as process:
            sent = usual_answer(process, case, pool[:1])
            if sent.plain() != answer.plain():
                raise SystemExit(f"{name} does not answer {case.name} as mockhoop does")
            yield process


def begin(mockhoop: Process) -> None:
    """Let mockhoop's world begin anew."""
    status, _, _ = mockhoop.call("POST", _RESET, within=60)
    if status // 100 != 2:
        raise SystemExit(f"mockhoop does not reset its world: {status}")


def say(text: str) -> None:
    """Tell the reader at once."""
    print(text, flush=True)
