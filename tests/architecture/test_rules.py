"""Rules of the layout that a linter does not know, read from the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PACKAGES = ("dashboard", "performance_store", "performance_api", "serving")
# Dash's own controls fail WCAG in the present version, and importing AG Grid costs every page.
FORBIDDEN_CONTROLS = frozenset(
    {"Dropdown", "RadioItems", "Checklist", "Slider", "RangeSlider", "DatePickerSingle"}
    | {"DatePickerRange", "Tabs", "Tab", "DataTable", "Upload"}
)
# Modules that may read the process's environment, and why.
READS_ENVIRONMENT = {
    "performance_store/settings.py": "the environment, read once",
    "serving/alive.py": "a program of its own",
}


def modules(*folders: str) -> list[Path]:
    paths = [path for folder in folders for path in sorted((CHECKOUT / folder).rglob("*.py"))]
    return [*paths, CHECKOUT / "app.py"] if folders == PACKAGES else paths


def name_of(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[str]:
    """Names of imported modules and of what is imported from them, in full."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def begins_with(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def breaches(folder: str, packages: tuple[str, ...]) -> list[str]:
    return [
        f"{name_of(path)} imports {name}"
        for path in modules(folder)
        for name in imports(path)
        if begins_with(name, packages)
    ]


def attributes(path: Path) -> Iterator[tuple[str, str]]:
    """Each `name.attribute` in a module."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr


def calls(path: Path) -> Iterator[str]:
    """Names of what a module calls: `Graph` of `dcc.Graph(...)`."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def is_environ(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("environ", "environb")


def environment_reads(path: Path) -> list[int]:
    """Lines that look up a variable. Handing the whole environment to a program is no reading."""
    lines = []
    for node in ast.walk(tree_of(path)):
        looked_up = isinstance(node, ast.Subscript | ast.Attribute) and is_environ(node.value)
        compares = isinstance(node, ast.Compare) and any(map(is_environ, node.comparators))
        got = isinstance(node, ast.Attribute) and node.attr in ("getenv", "getenvb")
        whole = isinstance(node, ast.Attribute) and node.attr in ("items", "copy")
        if (looked_up and not whole) or compares or got:
            lines.append(node.lineno)
    return lines


def test_only_settings_read_the_environment() -> None:
    for path in modules(*PACKAGES):
        if name_of(path) not in READS_ENVIRONMENT:
            assert environment_reads(path) == [], name_of(path)
            assert "os.environ" not in set(imports(path)), name_of(path)
    for path in modules("dashboard"):
        assert ("os", "environ") not in set(attributes(path)), name_of(path)


def test_only_the_chart_helper_makes_graphs() -> None:
    makers = [
        name_of(path)
        for path in modules("dashboard")
        if {"Graph", "Near"} & set(calls(path)) or "dash.dcc.Graph" in set(imports(path))
    ]
    assert makers == ["dashboard/components/design/chart.py"]


def test_controls_are_native() -> None:
    for path in modules("dashboard"):
        used = {name for owner, name in attributes(path) if owner == "dcc"}
        used |= {name.rsplit(".", 1)[1] for name in imports(path) if name.startswith("dash.dcc.")}
        assert not used & FORBIDDEN_CONTROLS, name_of(path)
    assert breaches("dashboard", ("dash_ag_grid", "dash_table", "dash.dash_table")) == []


def test_colours_have_one_home() -> None:
    colour = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b", re.IGNORECASE)
    for path in modules("dashboard"):
        if name_of(path) == "dashboard/colours.py":
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not colour.search(node.value), f"{name_of(path)}: {node.value}"


def test_callbacks_belong_to_an_application() -> None:
    for path in modules("dashboard"):
        assert "dash.callback" not in set(imports(path)), name_of(path)
        assert ("dash", "callback") not in set(attributes(path)), name_of(path)
        assert "dash.register_page" not in set(imports(path)), name_of(path)


def test_pages_say_what_they_answer() -> None:
    for path in modules("dashboard/pages"):
        assert ast.get_docstring(tree_of(path)), name_of(path)


def test_modules_and_functions_stay_readable() -> None:
    for path in modules(*PACKAGES):
        if "migrations" in path.parts:
            continue  # What Alembic wrote stays as it ran.
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, name_of(path)
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno
                assert length <= 50, f"{name_of(path)}: {node.name} has {length} lines"


def test_errors_are_caught_by_name() -> None:
    for path in modules("dashboard", "serving"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, name_of(path)
                caught = {item.id for item in ast.walk(node.type) if isinstance(item, ast.Name)}
                reraised = any(isinstance(item, ast.Raise) for item in ast.walk(node))
                assert not caught & {"Exception", "BaseException"} or reraised, name_of(path)


def test_what_several_tests_use_lives_in_support() -> None:
    borrowed = [
        f"{name_of(path)} imports {name}"
        for path in modules("tests", "bench", "tools")
        for name in imports(path)
        if name.startswith("tests.") and not begins_with(name, ("tests.support",))
    ]
    assert borrowed == []
