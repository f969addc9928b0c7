"""The report as JUnit XML, as CI servers read it: a suite for each part, a case for each step."""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mockhoop.verify.outcome import Part, Report, State, Step
from mockhoop.verify.reports.shown import shown

# What XML 1.0 does not allow, whatever way it is written.
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_report(report: Report, started: str) -> bytes:
    """The document; ``started`` is a moment such as 2024-08-01T12:00:00, in UTC."""
    suites = Element("testsuites", _counts(report.parts))
    suites.attrib |= {"name": "mockhoop verify", "time": f"{report.seconds:.3f}"}
    for part in report.parts:
        suites.append(_suite(part, report, started))
    if report.broken_off:
        suites.append(_broken_off(report, started))
        suites.set("tests", str(int(suites.get("tests", "0")) + 1))
        suites.set("errors", "1")
    indent(suites)
    document: bytes = tostring(suites, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _counts(parts: list[Part]) -> dict[str, str]:
    cases = [step for part in parts for step in part.steps]
    left_out = sum(bool(part.why) for part in parts)
    return {
        "tests": str(len(cases) + left_out),
        "failures": str(sum(step.state is State.FAILED for step in cases)),
        "errors": "0",
        "skipped": str(sum(step.state is State.SKIPPED for step in cases) + left_out),
    }


def _suite(part: Part, report: Report, started: str) -> Element:
    time = sum(step.seconds for step in part.steps)
    suite = Element("testsuite", {"name": _fit(part.name), **_counts([part]), "time": f"{time:.3f}"})
    suite.attrib |= {"timestamp": started, "hostname": _fit(report.target)}
    properties = SubElement(suite, "properties")
    for name, value in (("target", report.target), ("contract", report.contract), ("title", part.title)):
        SubElement(properties, "property", {"name": name, "value": _fit(value)})
    if part.why:
        case = SubElement(suite, "testcase", {"name": _fit(part.name), "classname": _fit(part.name), "time": "0.000"})
        SubElement(case, "skipped", {"message": _fit(part.why)})
    for step in part.steps:
        suite.append(_case(part, step))
    return suite


def _case(part: Part, step: Step) -> Element:
    about = {"name": _fit(step.name), "classname": _fit(part.name), "time": f"{step.seconds:.3f}"}
    case = Element("testcase", about)
    if step.state is State.SKIPPED:
        SubElement(case, "skipped", {"message": _fit(step.why)})
    elif step.state is State.FAILED:
        message = step.problems[0] if step.problems else "it failed"
        failure = SubElement(case, "failure", {"message": _fit(message), "type": "mockhoop.verify"})
        parts = [*step.problems, *([shown(step.exchange)] if step.exchange is not None else [])]
        failure.text = _fit("\n".join(parts))
    return case


def _broken_off(report: Report, started: str) -> Element:
    about = {"tests": "1", "failures": "0", "errors": "1", "skipped": "0", "time": "0.000"}
    suite = Element("testsuite", {"name": "the server", **about, "timestamp": started, "hostname": report.target})
    SubElement(suite, "properties")
    case = SubElement(suite, "testcase", {"name": "it answers to the end", "classname": "server", "time": "0.000"})
    error = SubElement(case, "error", {"message": _fit(report.broken_off), "type": "mockhoop.verify"})
    error.text = _fit(report.broken_off)
    return suite


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)
