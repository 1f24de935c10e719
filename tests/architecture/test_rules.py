"""The rules that hold over the whole tree. Exceptions are listed with a reason, and go when nothing uses them."""

import ast
import re
import tomllib
from typing import Any

from tests.architecture import tree

VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "service", "services"}
LONGER_THAN_400_LINES: dict[str, str] = {}
READS_THE_CLOCK: dict[str, str] = {}
FORMATS_INSTANTS = {
    "core/logs.py": "the time of a line in the log, as machines read it",
    "mail/sending.py": "the Date of a letter, as mail wants it",
    "web/shell.py": "the server's time, for the script that counts down",
}
WRITES_STATE: dict[str, str] = {}
VERBS_WITHOUT_BY_OR_AT = {
    "accounts/actions.py: ask_for_account": "nobody is signed in yet",
    "accounts/actions.py: ask_for_link": "nobody is signed in yet",
    "accounts/actions.py: open_by_link": "whoever holds the letter's link",
    "accounts/actions.py: sign_up": "whoever holds the letter's link",
}
HANDLES_TRANSACTIONS: dict[str, str] = {}


def contracts() -> dict[str, Any]:
    return dict(tomllib.loads((tree.ROOT / "pyproject.toml").read_text())["tool"]["importlinter"])


def test_every_package_is_under_the_contracts() -> None:
    assert sorted(contracts()["root_packages"]) == [name for name in tree.packages() if name != "tests"]


def test_every_slice_has_its_levels() -> None:
    slices = next(contract for contract in contracts()["contracts"] if contract["id"] == "slices")
    with_tables = {path.removesuffix("/models.py").replace("/", ".") for path in tree.modules("models.py")}
    with_pages = {path.removesuffix("/views.py").replace("/", ".") for path in tree.modules("views.py")}
    assert (with_tables | with_pages) - set(slices["containers"]) - {"core", "demo", "web"} == set()


def test_modules_are_short() -> None:
    long = {path for path in tree.modules() if len((tree.ROOT / path).read_text().splitlines()) > 400}
    assert long == set(LONGER_THAN_400_LINES)


def test_names_say_something() -> None:
    parts = {path: set(path.removesuffix(".py").split("/")) for path in tree.modules()}
    assert {path for path, words in parts.items() if words & VAGUE} == set()


def outside_of(home: str) -> dict[str, ast.Module]:
    """The modules that serve people, without the rule's home."""
    measures = ("tests/", "bench/")
    return {
        path: found
        for path, found in tree.modules().items()
        if path != home and not path.startswith(measures)
    }


def test_one_file_reads_the_clock() -> None:
    others = outside_of("core/clock.py")
    assert {path for path, module in others.items() if tree.reads_the_clock(module)} == set(READS_THE_CLOCK)


def test_one_file_formats_instants() -> None:
    others = outside_of("venues/deadlines.py")
    assert {path for path, module in others.items() if tree.formats_instants(module)} == set(FORMATS_INSTANTS)


def test_templates_format_no_instants() -> None:
    formatting = re.compile(r"strftime|isoformat|\|\s*datetimeformat")
    # The macros write the instant for machines, beside the words that deadlines.py chose.
    machines = tree.ROOT / "templates" / "_macros" / "elements.html"
    assert [
        path for path in tree.templates() if formatting.search(path.read_text()) and path != machines
    ] == []
    assert set(formatting.findall(machines.read_text())) == {"isoformat"}


def test_tables_know_no_clock_and_no_request() -> None:
    above = {"core.clock", "core.request", "flask", "flask_login.current_user"}
    assert {
        path for path, module in tree.modules("models.py").items() if tree.imported(module) & above
    } == set()


def test_only_lifecycles_write_states() -> None:
    others = {
        path
        for path in tree.modules()
        if not path.endswith("/lifecycle.py") and not path.startswith("tests/")
    }
    assert {path for path in others if tree.writes_state(tree.modules()[path])} == set(WRITES_STATE)


def test_policies_answer_with_a_verdict() -> None:
    answers = {
        f"{path}: {function.name}": function.returns and ast.unparse(function.returns)
        for path, module in tree.modules("policy.py").items()
        for function in tree.public_functions(module)
        if function.name.startswith("may_")
    }
    assert {name for name, answer in answers.items() if answer != "Verdict"} == set()
    assert answers, "no policy was found"


def test_verbs_take_by_and_at() -> None:
    without = {
        f"{path}: {function.name}"
        for path, module in tree.modules("actions.py").items()
        for function in tree.public_functions(module)
        if tree.lacks_by_or_at(function)
    }
    assert without == set(VERBS_WITHOUT_BY_OR_AT)


def test_verbs_leave_the_transaction_to_the_door() -> None:
    ways = {"transaction", "commit", "rollback"}
    handling = {path for path, module in tree.modules("actions.py").items() if tree.names_used(module) & ways}
    assert handling == set(HANDLES_TRANSACTIONS)


def test_every_letter_has_its_file_with_its_placeholders() -> None:
    for module in tree.modules("letters.py").values():
        for template, filled in tree.composed(module).items():
            source = (tree.ROOT / "templates" / "mail" / f"{template}.md").read_text()
            asked = set(re.findall(r"\{([a-z0-9_]+)\}", source))
            assert "**" in filled or asked - filled - {"name"} == set(), template


def test_every_letter_has_a_sender() -> None:
    for path, module in outside_of("mail/letters.py").items():
        if path.endswith("/letters.py"):
            others = [tree.names_used(other) for name, other in outside_of(path).items()]
            assert {function.name for function in tree.public_functions(module)} - set().union(
                *others
            ) == set(), path


def test_every_letter_file_is_sent() -> None:
    written = {
        str(path.relative_to(tree.ROOT / "templates/mail").with_suffix("")) for path in tree.templates("*.md")
    }
    assert written == {
        template for module in tree.modules("letters.py").values() for template in tree.composed(module)
    }
