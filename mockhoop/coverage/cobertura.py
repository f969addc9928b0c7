"""Cobertura: each file a class, each operation a method, the points that share a line its conditions."""

from collections.abc import Iterable
from pathlib import PurePath
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mockhoop.coverage.figures import Figures
from mockhoop.coverage.lines import Line, LinedFile, lined

_DOCTYPE = '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">'


def cobertura(figures: Figures) -> str:
    """The report as XML. It tells no time, so that the same runs give the same bytes."""
    files = lined(figures)
    root = Element(
        "coverage", {**_rates(line for file in files for line in file.lines), "version": "1", "timestamp": "0"}
    )
    SubElement(SubElement(root, "sources"), "source").text = "."
    package = SubElement(SubElement(root, "packages"), "package", {"name": figures.subject.name})
    package.attrib |= _rate(line for file in files for line in file.lines)
    classes = SubElement(package, "classes")
    for file in files:
        _add(classes, file)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_DOCTYPE}\n{tostring(root, encoding="unicode")}\n'


def _add(classes: Element, file: LinedFile) -> None:
    made = SubElement(classes, "class", {"name": PurePath(file.name).name, "filename": file.name, **_rate(file.lines)})
    methods = SubElement(made, "methods")
    for line, point, _ in file.operations:
        method = SubElement(methods, "method", {"name": point.name, "signature": "()", **_rate([line])})
        _lines(method, [line])
    _lines(made, file.lines)


def _lines(parent: Element, lines: Iterable[Line]) -> None:
    holder = SubElement(parent, "lines")
    for line in lines:
        told = {"number": str(line.number), "hits": str(line.count)}
        several = len(line.points)
        if several > 1:
            told |= {
                "branch": "true",
                "condition-coverage": f"{100 * line.hit // several}% ({line.hit}/{several})",
            }
        SubElement(holder, "line", told)


def _rates(lines: Iterable[Line]) -> dict[str, str]:
    told = list(lines)
    branches = [line for line in told if len(line.points) > 1]
    return {
        **_rate(told),
        "lines-covered": str(sum(1 for line in told if line.hit)),
        "lines-valid": str(len(told)),
        "branches-covered": str(sum(line.hit for line in branches)),
        "branches-valid": str(sum(len(line.points) for line in branches)),
    }


def _rate(lines: Iterable[Line]) -> dict[str, str]:
    told = list(lines)
    branches = [line for line in told if len(line.points) > 1]
    return {
        "line-rate": _share(sum(1 for line in told if line.hit), len(told)),
        "branch-rate": _share(sum(line.hit for line in branches), sum(len(line.points) for line in branches)),
        "complexity": "0",
    }


def _share(hit: int, whole: int) -> str:
    return f"{hit / whole if whole else 1:.4f}"
