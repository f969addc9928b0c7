"""LCOV: the lines of the OpenAPI file, its operations as functions, the points that share a line as branches."""

from collections.abc import Iterator

from mockhoop.coverage.figures import Figures
from mockhoop.coverage.lines import LinedFile, lined


def lcov(figures: Figures) -> str:
    """The report as a tracefile."""
    return "".join(f"{line}\n" for file in lined(figures) for line in _record(file))


def _record(file: LinedFile) -> Iterator[str]:
    yield "TN:mockhoop"
    yield f"SF:{file.name}"
    operations = list(file.operations)
    yield from (f"FN:{line.number},{point.name}" for line, point, _ in operations)
    yield from (f"FNDA:{count},{point.name}" for _, point, count in operations)
    yield f"FNF:{len(operations)}"
    yield f"FNH:{sum(1 for *_, count in operations if count)}"
    branches = [(line, number, count) for line in file.branching for number, (_, count) in enumerate(line.points)]
    yield from (f"BRDA:{line.number},0,{number},{count if line.hit else '-'}" for line, number, count in branches)
    yield f"BRF:{len(branches)}"
    yield f"BRH:{sum(1 for *_, count in branches if count)}"
    yield from (f"DA:{line.number},{line.count}" for line in file.lines)
    yield f"LF:{len(file.lines)}"
    yield f"LH:{sum(1 for line in file.lines if line.hit)}"
    yield "end_of_record"
