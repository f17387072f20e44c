"""Every file of the bundle and of the user's damaged in turn: a command says one sentence, no traceback."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.lexicon.vocabulary import Vocabulary
from engine.model.manifest import MANIFEST
from tests.damages import DAMAGES, vouch
from tests.engine.learning_typist import Opener
from tests.engine.tiny_bundle import write_tiny_bundle

BUNDLE = "decoder.onnx head.npz vocabulary.tsv ngram.bin words.bin manifest.json".split()
USERS = {  # file to the commands that look into it
    "learning/phrases.sqlite3": ("log show", "words pin nh 你好 ni'hao", "move write"),
    "phrases.toml": ("custom add dh 电话", "custom export", "move write"),
    "models/active.json": ("bundles", "bundles --roll-back"),
    "settings.toml": ("move write",),
}


@pytest.mark.parametrize("name", BUNDLE)
def test_a_damaged_bundle_is_refused_in_one_sentence(
    tmp_path: Path, vocabulary: Vocabulary, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The manifest says what is there now: else no file would be opened that is not what it says."""
    whole = write_tiny_bundle(tmp_path / "whole", vocabulary, is_whole=True)
    assert main(["convert", "nihao", "--bundle", str(whole)]) == 0
    assert sorted(path.name for path in whole.iterdir()) == sorted(BUNDLE)
    content = (whole / name).read_bytes()
    other = (whole / BUNDLE[BUNDLE.index(name) - 1]).read_bytes()
    capsys.readouterr()
    for damage, change in DAMAGES.items():
        for is_vouched_for in (False, True):
            path = tmp_path / f"{damage}{is_vouched_for}"
            shutil.copytree(whole, path)
            change(path / name, content, other)
            if is_vouched_for and name != MANIFEST and (path / name).exists():
                vouch(path, name)
            assert main(["convert", "nihao", "--bundle", str(path)]) == 2, (damage, is_vouched_for)
            said = capsys.readouterr().err
            assert re.fullmatch(r"BundleError: expected [^\n]+\n", said), said
            assert name in said or str(path) in said or "vocabulary" in said


@pytest.mark.parametrize("name", USERS)
def test_no_damaged_file_of_the_users_ends_a_command_in_a_traceback(
    tmp_path: Path, opened: Opener, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    typist = opened(folder=whole)
    typist.commit("nihao", "你好")
    typist.learner.close()
    assert main(["custom", "add", "dz", "中关村大街", "--data-directory", str(whole)]) == 0
    (whole / "models").mkdir()
    (whole / "models" / "active.json").write_text('{"active": "", "previous": []}', encoding="utf-8")
    (whole / "settings.toml").write_text("[input]\npage_size = 7\n", encoding="utf-8")
    content, other = (whole / name).read_bytes(), b"[input]\npage_size = 7\n"
    for damage, change in DAMAGES.items():
        for number, command in enumerate(USERS[name]):
            path = tmp_path / f"{damage}{number}"
            shutil.copytree(whole, path)
            change(path / name, content, other)
            where = ["--data-directory", str(path)]
            if "move" in command:
                where += ["--settings", str(path / "settings.toml")]
            if command.endswith(("export", "write")):
                where += [str(tmp_path / "file")]
            capsys.readouterr()
            assert main([*command.split(), *where]) in (0, 1, 2), (damage, command)
            assert "Traceback" not in capsys.readouterr().err
