"""The command line: one module for each command, imported only when it runs."""

from importlib import import_module

import click

from mockhoop import __version__

_COMMANDS = {
    "serve": "Serve a contract: Hoop's, or the one in FILE.",
    "mock": "Serve a document with the defaults of Prism.",
    "check": "Check contracts and scenarios without starting anything.",
    "routes": "List each operation and who answers it.",
    "verify": "Hold a gateway against the contract and against scenarios.",
    "proxy": "Pass calls on to a server, and tell what breaks the contract.",
    "record": "Pass calls on to a server, and write a scenario that replays them.",
    "coverage": "Tell how much of a contract was exercised.",
    "diff": "Tell what changed between two contracts, and whom it breaks.",
    "replay": "Make the calls of a journal again, and compare the answers.",
    "minimise": "Cut a journal down to the calls that a failure needs.",
    "gallery": "Make every answer that a document declares.",
    "schema": "Print the JSON Schema of scenarios, for editors.",
}


class _LazyGroup(click.Group):
    """Knows its commands by name, and imports one only when it is used: help must be quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"mockhoop.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-"):
            ctx.fail(f"there is no command {name!r}. {_hint(name)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _hint(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, _COMMANDS, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Commands: {', '.join(_COMMANDS)}."


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="mockhoop")
def main() -> None:
    """A Hoop gateway that runs on a laptop and in CI."""
