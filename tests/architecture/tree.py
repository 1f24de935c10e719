"""The project's own source, read as syntax: what the tests of the architecture look at."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def packages() -> list[str]:
    """The names of the packages at the root, without the migrations."""
    return sorted(init.parent.name for init in ROOT.glob("*/__init__.py") if init.parent.name != "migrations")


@cache
def modules(pattern: str = "*.py") -> dict[str, ast.Module]:
    """Every module of the packages whose file name fits: its path from the root, and its syntax."""
    found = sorted(path for package in packages() for path in (ROOT / package).rglob(pattern))
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in found}


def templates(pattern: str = "*.html") -> Iterator[Path]:
    """Every template whose file name fits."""
    return (ROOT / "templates").rglob(pattern)


def public_functions(module: ast.Module) -> list[ast.FunctionDef]:
    """The functions at the module's top that others may call."""
    return [
        node for node in module.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def names_used(module: ast.AST) -> set[str]:
    """Every name in this piece of source, alone (`now`) and with the one before it (`clock.now`)."""
    used = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            used.add(node.attr)
            used.add(f"{ast.unparse(node.value).rpartition('.')[2]}.{node.attr}")
        elif isinstance(node, ast.Name):
            used.add(node.id)
        elif isinstance(node, ast.ImportFrom):
            used |= {alias.name for alias in node.names}
    return used


def imported(module: ast.Module) -> set[str]:
    """Every module and every `module.name` that the module imports."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def reads_the_clock(module: ast.Module) -> set[str]:
    """The ways in which the module asks the machine or the database what time it is."""
    ways = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
    ways |= {"func.now", "func.current_timestamp", "time.gmtime", "time.localtime"}
    return (names_used(module) & ways) | (imported(module) & {"time.time", "time.time_ns"})


def formats_instants(module: ast.Module) -> set[str]:
    """The ways in which the module turns instants into text or text into instants."""
    ways = {"strftime", "strptime", "isoformat", "fromisoformat", "format_datetime", "ctime"}
    found = names_used(module) & ways
    for node in ast.walk(module):
        if isinstance(node, ast.FormattedValue) and node.format_spec:
            spec = ast.unparse(node.format_spec)
            if re.search(r"%[A-Za-z]", spec):
                found.add(spec)
    return found


def writes_state(module: ast.Module) -> bool:
    """Whether the module assigns to somebody's `.state`."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == "state" and isinstance(node.ctx, ast.Store)
        for node in ast.walk(module)
    )


def lacks_by_or_at(function: ast.FunctionDef) -> set[str]:
    """Which of the keywords `by` and `at` a verb does not take; a function that writes nothing is no verb."""
    writing = {"add", "add_all", "delete", "update", "insert", "enqueue", "enqueue_all", "move", "record"}
    if not names_used(function) & writing and not any(
        isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) for node in ast.walk(function)
    ):
        return set()
    return {"by", "at"} - {argument.arg for argument in function.args.kwonlyargs}


def composed(module: ast.Module) -> dict[str, set[str]]:
    """The letters that the module composes: the template's name, and the placeholders it fills (`**` for any).

    The name may be written out where `compose` is called, or in a table at the module's top.
    """
    tables = {
        ast.unparse(node.targets[0]): node.value for node in module.body if isinstance(node, ast.Assign)
    }
    found: dict[str, set[str]] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "compose":
            sources = [node.args[0], *(tables[name] for name in names_used(node.args[0]) & set(tables))]
            templates = [text for source in sources for text in _texts(source)]
            assert templates, "write the template's name out, so that it can be found"
            filled = {keyword.arg or "**" for keyword in node.keywords}
            found |= dict.fromkeys(templates, filled)
    return found


def _texts(source: ast.AST) -> list[str]:
    nodes = ast.walk(source)
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
