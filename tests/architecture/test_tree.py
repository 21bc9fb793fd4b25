"""What the tree promises whoever reads it, held: no address, no hidden import, no clock looked up, no cycle."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("vae_portal", "workflows", "storage", "templates")
LAYERS = (
    "workflows",
    "storage",
    "templates",
    *(
        f"vae_portal/{part}"
        for part in ("web", "actions", "persistence", "documents", "mail", "decoding", "jobs", "embedded")
    ),
)
LONGEST_CONTRACT = 12  # lines of a layer's README before its first table or heading

# Each import that is not at the top of its file, with its reason.
IMPORTS_IN_FUNCTIONS = {
    ("vae_portal/embedded/child.py", "pwd"): "absent on Windows, where nobody drops rights",
}
IMPORTS_BY_NAME = {
    "vae_portal/cli.py": "each sub-command loads its own part, so that a broken one breaks alone",
    "vae_portal/app.py": "blueprints are registered from the one list of `web`",
    "vae_portal/embedded/serve.py": "the application is made in each worker, and `app` is a layer above",
}
# Each reading of the machine's clock; everywhere else the time is an argument.
CLOCKS = {
    "vae_portal/actions/services.py": "the one clock of the portal, when none is given",
    "vae_portal/embedded/mailbox.py": "names of files sorted by arrival: a program of its own, without services",
    "vae_portal/bench": "what is measured is dated when it is measured",
}
SPEAKERS = {"vae_portal/cli.py": "a command line speaks on standard output"}

# Written in pieces, so that this file does not hold what it looks for.
_ADDRESSES = re.compile(
    "|".join(
        (
            r"(?:test\.)?pypi\." + r"(?:org|python\.org)",
            r"files\.python" + r"hosted\.org",
            r"https?://[^\s\"'<>]+/simple" + r"(?:/|\b)",
            r"--(?:extra-)?index-url[ =]+" + r"\S*://",
            r"registry\.npm" + r"js\.org",
            r"file:///" + r"[a-z]",
        )
    ),
    re.IGNORECASE,
)
_MACHINE_PATHS = re.compile(r"(?<![\w./-])/(?:work|root|home|Users|mnt|media)" + r"/[\w.-]")


@cache
def committed() -> tuple[Path, ...]:
    """The files under version control."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout: which files are committed is not known")
    return tuple(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


def texts(path: Path) -> Iterator[str]:
    """What a file says; of a Word file, what each of its parts says."""
    content = path.read_bytes()
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    else:
        yield content.decode("utf-8", "replace")


@cache
def modules() -> dict[str, tuple[Path, ast.Module]]:
    """Every module of the four packages, by its dotted name."""
    found = {}
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = (path, ast.parse(path.read_text("utf-8")))
    return found


def place(path: Path) -> str:
    """A file's path from the root of the checkout."""
    return path.relative_to(ROOT).as_posix()


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the last name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_no_committed_file_holds_the_address_of_an_index() -> None:
    holding = {place(p) for p in committed() for text in texts(p) if _ADDRESSES.search(text)}
    assert holding == set()


def test_no_committed_file_holds_a_path_of_somebodys_machine() -> None:
    holding = {place(p) for p in committed() for text in texts(p) if _MACHINE_PATHS.search(text)}
    assert holding == set()


def test_no_secret_file_is_committed() -> None:
    secret = re.compile(r"(^|/)(\.env|secrets\.json|.*\.(pem|key|p12))$")
    assert [place(p) for p in committed() if secret.search(place(p))] == []


def test_every_module_says_why_it_exists() -> None:
    silent = [place(path) for path, tree in modules().values() if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def test_imports_are_at_the_top_of_their_file() -> None:
    inside = set()
    for path, tree in modules().values():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Import):
                    inside |= {(place(path), alias.name) for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    inside.add((place(path), str(node.module)))
    assert inside == set(IMPORTS_IN_FUNCTIONS)


def test_modules_are_imported_by_name_in_the_documented_places_only() -> None:
    by_name = {"import_module", "__import__"}
    found = {place(path) for path, tree in modules().values() for _, name in calls(tree) if name in by_name}
    assert found == set(IMPORTS_BY_NAME)


def test_nothing_prints_but_the_command_line() -> None:
    printing = {place(path) for path, tree in modules().values() for _, name in calls(tree) if name == "print"}
    assert printing <= set(SPEAKERS)


def test_bytes_are_deleted_in_one_place() -> None:
    deleting = {
        place(path)
        for path, tree in modules().values()
        for call, name in calls(tree)
        if name in ("delete", "abort_parts") and isinstance(call.func, ast.Attribute)
        if ast.unparse(call.func.value).endswith("store")
    }
    assert deleting == {"vae_portal/actions/disposal.py"}


def test_no_time_is_naive() -> None:
    naive = [
        f"{place(path)}:{call.lineno}"
        for path, tree in modules().values()
        for call, name in calls(tree)
        if name in ("utcnow", "today", "utcfromtimestamp")
        or (name in ("now", "fromtimestamp") and len(call.args) + len(call.keywords) < (2 if "from" in name else 1))
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value).endswith(("datetime", "date"))
    ]
    assert naive == []


def test_the_clock_is_read_in_the_documented_places_only() -> None:
    reading = {
        "vae_portal/bench" if path.parent.name == "bench" else place(path)
        for path, tree in modules().values()
        for call, name in calls(tree)
        if name == "now" and isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value).endswith("datetime")
    }
    assert reading <= set(CLOCKS)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_says_its_contract_in_a_few_lines(layer: str) -> None:
    readme = ROOT / layer / "README.md"
    assert readme.exists(), f"{layer} has no README.md"
    title, _, rest = readme.read_text("utf-8").partition("\n")
    assert title.startswith("# ")
    contract = [line for line in re.split(r"^(?:\||#)", rest, maxsplit=1, flags=re.M)[0].splitlines() if line.strip()]
    assert 1 <= len(contract) <= LONGEST_CONTRACT


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {name: imported(name, tree) for name, (_, tree) in modules().items()}
    assert cycles(graph) == []


def test_a_cycle_would_be_seen() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert cycles({"a": {"a"}, "b": {"a"}}) == [["a"]]


def imported(name: str, tree: ast.Module) -> set[str]:
    """Modules of ours that a module names in its imports."""
    known, found = modules(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import"
            found |= {
                inner if (inner := f"{node.module}.{alias.name}") in known else str(node.module) for alias in node.names
            }
    return found & set(known)


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """The groups of modules that reach each other, each sorted (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    groups = []

    def visit(name: str) -> None:
        index[name] = lowest[name] = len(index)
        stack.append(name)
        for other in sorted(graph.get(name, ())):
            if other not in index:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in stack:
                lowest[name] = min(lowest[name], index[other])
        if lowest[name] == index[name]:
            start = stack.index(name)
            group, stack[start:] = sorted(stack[start:]), []
            if len(group) > 1 or name in graph.get(name, ()):
                groups.append(group)

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return sorted(groups)
