"""The house stays in order: small files and functions, docstrings, dependencies that earn their place, nothing of this machine."""

from __future__ import annotations

import ast
import re
import subprocess
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("intake", "extractors", "validators", "worker", "api", "samples", "benchmarks")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "work" not in path.relative_to(ROOT).parts[1:])
PRODUCT = [path for path in FILES if path.relative_to(ROOT).parts[0] not in ("samples", "benchmarks")]
MOST_LINES = 400
MOST_OF_A_FUNCTION = 45
"""The house's measure is about 40 lines; a docstring may take a function a little beyond."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_are_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MOST_OF_A_FUNCTION, node.name


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(ROOT)))
def test_public_things_have_docstrings(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not bare


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.splitlines()]


def test_nothing_of_this_machine_is_in_the_repository() -> None:
    forbidden = re.compile(r"files\.pythonhosted|pypi\.org|registry\.npmjs|deb\.debian\.org|/work/main|/root/")
    for path in tracked():
        if path.suffix in (".py", ".md", ".toml", ".in", ".lock", ".sh", "") and path.is_file() and path != Path(__file__):
            found = forbidden.search(path.read_text(encoding="utf-8", errors="replace"))
            assert found is None, f"{path.relative_to(ROOT)}: {found and found.group()}"


def test_there_is_one_cv2() -> None:
    builds = {d.metadata["Name"] for d in distributions() if (d.metadata["Name"] or "").lower().startswith("opencv")}
    assert builds == {"opencv-contrib-python"}


def test_every_requirement_is_used_and_explained() -> None:
    names = [line.strip().split("==")[0] for line in (ROOT / "requirements.in").read_text().splitlines() if line and line[0] != "#"]
    imported = {"zxing-cpp": "zxingcpp", "pillow": "PIL", "onnxruntime-openvino": "onnxruntime", "pyseccomp": "pyseccomp"}
    code = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    reasons = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    for name in names:
        module = imported.get(name, name)
        assert re.search(rf"^\s*(import|from) {module}\b", code, re.MULTILINE), f"{name} is not used"
        assert f"| {name} |" in reasons, f"{name} is not explained"
