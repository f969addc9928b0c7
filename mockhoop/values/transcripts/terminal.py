"""Interactive sessions: somebody types, something answers, over minutes."""

from collections.abc import Callable, Sequence

from mockhoop.values.transcripts.draw import Draw, Run, Shape

Turn = tuple[str, bytes]
Talk = Callable[[Draw], list[Turn]]

# Longer answers are for scripts; nobody reads them at a prompt.
LONGEST = 4000


def shell_talk(shapes: Sequence[Shape]) -> Talk:
    """A login at a shell: what is typed comes back, lines end in CR LF, the prompt follows."""

    def talk(draw: Draw) -> list[Turn]:
        host, login = f"{draw.word('host')}-{draw.between(1, 9)}", draw.name("login").handle.split(".")[0]
        prompt = f"\x1b[01;32m{login}@{host}\x1b[00m:~$ " if draw.happens(0.5, "colour") else f"{login}@{host}:~$ "
        welcome = (
            f"Linux {host} 6.1.0-28-amd64 #{draw.ticket} SMP x86_64\r\n"
            f"Last login: {draw.stamp('login')} from 10.0.{draw.between(0, 9)}.{draw.between(2, 250)}\r\n"
        )
        turns: list[Turn] = [("o", (welcome + prompt).encode())]
        for run in _runs(draw, shapes):
            typed = run.script.strip().replace("\r\n", "\n").replace("\n", "\r")
            answer = typed.replace("\r", "\r\n> ") + "\r\n" + _text(run).replace("\n", "\r\n") + prompt
            turns += [("i", f"{typed}\r".encode()), ("o", answer.encode())]
        return [*turns, ("i", b"exit\r"), ("o", b"exit\r\nlogout\r\n")]

    return talk


def console_talk(shapes: Sequence[Shape], prompt: str, leave: str) -> Talk:
    """A client's own console, such as ``mysql> ``; ``leave`` is how one quits it."""

    def talk(draw: Draw) -> list[Turn]:
        turns: list[Turn] = [("o", f"Connection id: {draw.ticket}\n\n{prompt}".encode())]
        for run in _runs(draw, shapes):
            turns += [("i", f"{run.script.strip()}\n".encode()), ("o", f"{_text(run)}{prompt}".encode())]
        return [*turns, ("i", f"{leave}\n".encode()), ("o", b"Bye\n")]

    return talk


def _runs(draw: Draw, shapes: Sequence[Shape]) -> list[Run]:
    count = draw.between(3, 7, "turns")
    start = draw.between(0, len(shapes) - 1, "start")
    runs = [shapes[(start + i) % len(shapes)](draw.part(i)) for i in range(count + 2)]
    return [run for run in runs if len(_text(run)) <= LONGEST][:count]


def _text(run: Run) -> str:
    parts = (part if isinstance(part, str) else part.decode("latin-1") for part in run.output)
    return "".join(parts)
