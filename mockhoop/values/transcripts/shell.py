"""Shell scripts and what they print."""

from mockhoop.values.transcripts.draw import Draw, Run, failed
from mockhoop.values.transcripts.tables import columns_of

BOLD, RED, GREEN, YELLOW, PLAIN = (f"\x1b[{code}m" for code in ("1", "31", "32", "33", "0"))
LEVELS = ("INFO", "INFO", "INFO", "WARN", "ERROR", "DEBUG")
PATHS = ("/health", "/api/orders", "/api/customers/7", "/login", "/api/search?q=caf%C3%A9", "/assets/app.js")


def list_files(draw: Draw) -> Run:
    names = [
        "backup.tar.gz",
        f"report-{draw.ticket}.csv",
        "config.yaml",
        "logs",
        "Ünïcode ✓.txt",
        "deploy.sh",
    ]
    lines = [f"total {draw.between(40, 9000)}"]
    for i, name in enumerate(sorted(names)):
        mode = "drwxr-xr-x 2" if "." not in name else "-rw-r--r-- 1"
        size = draw.between(120, 48_000_000, "size", i)
        lines.append(f"{mode} deploy deploy {size:>9} {draw.stamp('file', i)[5:16]} {name}")
    return Run(f"cd /srv/app-{draw.ticket}\nls -l", ("\n".join(lines) + "\n",))


def disk_space(draw: Draw) -> Run:
    rows = []
    for i, mount in enumerate(("/", "/boot/efi", "/var/lib/docker", f"/mnt/vol-{draw.ticket}")):
        size = draw.between(20, 900, "size", i)
        used = draw.between(1, 99, "used", i)
        rows.append((f"/dev/nvme{i}n1p1", f"{size}G", f"{size * used // 100}G", f"{used}%", mount))
    heading = "Filesystem|Size|Used|Use%|Mounted on"
    return Run(f"df -h / /boot/efi /var/lib/docker '/mnt/vol-{draw.ticket}'", (columns_of(heading, rows, 2),))


def git_history(draw: Draw) -> Run:
    lines = []
    for i in range(draw.between(3, 9)):
        subject = draw.choice(draw.pools.sentences, "commit", i).rstrip(".")
        commit = draw.hex(7, "commit", i)
        lines.append(f"{YELLOW}{commit}{PLAIN} {subject} {GREEN}({draw.name('commit', i).full}){PLAIN}")
    return Run(f"git -C /srv/app log --color --oneline --grep '#{draw.ticket}'", ("\n".join(lines) + "\n",))


def command_not_found(draw: Draw) -> Run:
    return failed(f"kubeclt get pods -n team-{draw.ticket}", "bash: line 1: kubeclt: command not found\n", 127)


def failing_step(draw: Draw) -> Run:
    script = f"set -euo pipefail\necho \"step 1\"\ncp /etc/app-{draw.ticket}.conf /tmp/\necho 'never printed'\n"
    output = ("step 1\n", f"cp: cannot stat '/etc/app-{draw.ticket}.conf': No such file or directory\n")
    return Run(script, output, 1, "exit status 1")


def no_output(draw: Draw) -> Run:
    return Run(f"mkdir -p /tmp/job-{draw.ticket}\ntouch /tmp/job-{draw.ticket}/done")


def without_newline(draw: Draw) -> Run:
    return Run(f"printf '%s' \"$(date +%s)-{draw.ticket}\"", (f"17219{draw.between(10000, 99999)}-{draw.ticket}",))


def long_log(draw: Draw) -> Run:
    lines = []
    start = draw.between(0, 80_000, "start")
    for i in range(draw.between(220, 320)):
        level, path = draw.choice(LEVELS, "level", i), draw.choice(PATHS, "path", i)
        now, millis = start + i * 7, draw.between(1, 900, "ms", i)
        clock = f"{now // 3600:02}:{now // 60 % 60:02}:{now % 60:02}"
        lines.append(f"2024-07-25 {clock} {level:<5} request {path} took {millis} ms (worker {i % 8})")
    return Run(f"tail -n 300 /var/log/app/{draw.ticket}.log", tuple(f"{line}\n" for line in lines))


def download_progress(draw: Draw) -> Run:
    steps = [f"\r  {percent:3d}% [{'#' * (percent // 5):<20}]" for percent in range(0, 101, 10)]
    script = f"./fetch.sh --progress https://files.example.com/{draw.ticket}.iso"
    return Run(script, (*steps, f"\nsaved {draw.ticket}.iso\n"), takes=draw.between(4000, 40_000))


def coloured_tests(draw: Draw) -> Run:
    dots = "".join(f"{GREEN}.{PLAIN}" for _ in range(draw.between(8, 30)))
    wrong = f"{RED}{BOLD}FAILED{PLAIN} tests/test_{draw.word('test')}.py::test_{draw.ticket} - assert 1 == 2\n"
    return Run(
        f"cd /srv/app && make test JOB={draw.ticket}",
        (dots, f"{RED}F{PLAIN}\n", wrong, "make: *** [Makefile:12: test] Error 1\n"),
        2,
        "exit status 2",
    )


def greetings(draw: Draw) -> Run:
    script = f'for n in Grüße 你好 こんにちは "Olá 👋"; do\n\techo "$n, #{draw.ticket}"\ndone\n'
    return Run(script, tuple(f"{n}, #{draw.ticket}\n" for n in ("Grüße", "你好", "こんにちは", "Olá 👋")))


def tab_separated(draw: Draw) -> Run:
    rows = [f"{draw.word(i)}\t{draw.between(1, 9000, i)}\t{draw.name(i).handle}" for i in range(6)]
    return Run(f"cut -f1,2,5 /data/export-{draw.ticket}.tsv | sort | head", ("\n".join(sorted(rows)) + "\n",))


def legacy_encoding(draw: Draw) -> Run:
    return Run(f"cat /srv/legacy/{draw.ticket}.txt", ("Stra\xdfe;M\xfcnchen;5,00\n".encode("latin-1"),))


def services(draw: Draw) -> Run:
    rows = [
        (
            draw.hex(12, i),
            f"{draw.word(i)}:1.{i}",
            f"Up {draw.between(2, 90, i)} hours",
            f"{draw.word('n', i)}_1",
        )
        for i in range(draw.between(2, 6))
    ]
    script = f"docker ps --filter label=release={draw.ticket}"
    return Run(script, (columns_of("CONTAINER ID|IMAGE|STATUS|NAMES", rows),))


def crlf_report(draw: Draw) -> Run:
    lines = [f"{draw.name(i).full};{draw.between(1, 999, i)}" for i in range(4)]
    return Run(f"cat 'C:/exports/report {draw.ticket}.csv'", ("\r\n".join(["name;count", *lines, ""]),))


SHAPES = (
    list_files,
    git_history,
    disk_space,
    command_not_found,
    services,
    no_output,
    long_log,
    greetings,
    without_newline,
    download_progress,
    failing_step,
    tab_separated,
    coloured_tests,
    crlf_report,
    legacy_encoding,
)
