"""A name says what a thing is, not what was done to it: no past participles, in Python or in what
browsers run. The names of tests are sentences, and may have any word."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
FOLDERS = (
    "dashboard",
    "performance_store",
    "performance_api",
    "serving",
    "tools",
    "bench",
    "tests",
)
PARTICIPLES = [
    "annotated",
    "applied",
    "asked",
    "changed",
    "chosen",
    "cleared",
    "counted",
    "drawn",
    "ended",
    "found",
    "given",
    "held",
    "joined",
    "kept",
    "known",
    "listed",
    "looked_at",
    "made",
    "named",
    "parsed",
    "picked",
    "said",
    "shown",
    "told",
    "wanted",
]
# Names that others read, by file, and why they stay.
EXCEPTIONS = {
    ("bench/arrivals.py", "connection_made"): "what asyncio calls it",
    ("dashboard/data/errors.py", "NotFound"): "what HTTP calls the status 404",
    ("dashboard/web/problems/not_found.py", "not_found"): "what HTTP calls the status 404",
    ("performance_store/rows/issues.py", "found"): "a column that the API publishes",
}
_VARIABLES = re.compile(r"\b(?:var|let|const|function)\s+([\w$]+)|,\s*([\w$]+)\s*(?==[^=])")
_ARGUMENTS = re.compile(r"\bfunction\b[^(]*\(([^)]*)\)")


def is_participle(name: str) -> bool:
    """Whether a name is one, or ends with one. `madeHere` is none, `formChosen` is one."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().strip("_")
    return any(plain == word or plain.endswith(f"_{word}") for word in PARTICIPLES)


def names_in_python(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of everything that a module gives a name to, itself first."""
    yield 1, path.stem
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.alias(asname=str(name)) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if not name.startswith("test_"):
                    yield node.lineno, name


def names_in_script(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of the variables, functions and arguments of a script."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for one, other in _VARIABLES.findall(line):
            yield number, one or other
        for arguments in _ARGUMENTS.findall(line):
            yield from ((number, name) for name in re.findall(r"[\w$]+", arguments))


def breaches(path: Path, names: Iterator[tuple[int, str]]) -> list[str]:
    place = path.relative_to(CHECKOUT).as_posix()
    return [
        f"{place}:{line} {name}"
        for line, name in names
        if is_participle(name) and (place, name) not in EXCEPTIONS
    ]


def test_no_name_in_python_is_a_participle() -> None:
    paths = [path for folder in FOLDERS for path in sorted((CHECKOUT / folder).rglob("*.py"))]
    paths += CHECKOUT.glob("*.py")
    assert len(paths) > 300
    assert [line for path in paths for line in breaches(path, names_in_python(path))] == []


def test_no_name_in_a_script_is_a_participle() -> None:
    paths = sorted((CHECKOUT / "assets").glob("*.js"))
    assert paths
    assert [line for path in paths for line in breaches(path, names_in_script(path))] == []


def test_what_counts_as_one() -> None:
    assert [
        name
        for name in ("found", "_asked", "TOLD", "stages_not_known", "formChosen", "looked_at")
        if not is_participle(name)
    ] == []
    assert not any(map(is_participle, ("foundation", "known_revisions", "ended_on", "thread")))


def test_exceptions_are_still_needed() -> None:
    for place, name in EXCEPTIONS:
        assert name in {one for _, one in names_in_python(CHECKOUT / place)}, place
