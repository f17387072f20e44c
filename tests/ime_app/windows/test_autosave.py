"""The text survives: restart, crash, damage, a full disk, a second window."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from ime_app.services.draft_store import DraftStore, StorageError
from tests.ime_app.hands import Gate, Hands

Open = Callable[..., Hands]


def test_text_survives_a_restart(open_window: Open, tmp_path: Path) -> None:
    first = open_window()
    first.type("nihao ,\n")
    first.close()
    second = open_window()
    assert second.shown == "你好，\n|"
    second.type("shijie ")
    assert second.text == "你好，\n世界"


def test_text_is_on_disk_soon_after_typing(open_window: Open, tmp_path: Path) -> None:
    hands = open_window()
    hands.type("nihao ")
    path = tmp_path / "text.txt"
    hands.wait(lambda: path.exists() and path.read_text(encoding="utf-8") == "你好", 5)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    hands.type("shijie")
    hands.wait(lambda: path.read_text(encoding="utf-8") == "你好shijie", 2)  # a crash loses no letter
    hands.type("\x1b")
    hands.wait(lambda: path.read_text(encoding="utf-8") == "你好", 2)


def test_what_is_composed_is_saved_where_it_stands(open_window: Open, tmp_path: Path) -> None:
    hands = open_window()
    hands.editor.setPlainText("甲𫐐乙")
    hands.select(3, 3)  # 𫐐 is two to Qt
    hands.type("nihao2")
    path = tmp_path / "text.txt"
    hands.wait(lambda: path.exists() and path.read_text(encoding="utf-8") == "甲𫐐你hao乙", 2)


def test_the_text_of_another_window_that_was_closed_is_offered(open_window: Open, tmp_path: Path) -> None:
    first, second = open_window(), open_window()
    first.type("nihao ")
    second.type("shijie ")
    second.close()
    first.close()
    again = open_window()
    assert again.text == "你好"
    (banner,) = again.window.banners
    assert "世界" in banner.text
    banner.action.click()
    assert again.text == "你好\n世界"
    assert not (tmp_path / "text-2.txt").exists()
    assert (tmp_path / "text.txt").read_text(encoding="utf-8") == "你好\n世界"
    again.close()
    assert open_window().window.banners == []


def test_texts_of_open_windows_and_empty_ones_are_not_offered(open_window: Open, tmp_path: Path) -> None:
    (tmp_path / "text-3.txt").write_text("\n \n", encoding="utf-8")
    (tmp_path / "text-4.txt").write_bytes(b"\xff")
    (tmp_path / "text.damaged-1.txt").write_text("old", encoding="utf-8")
    first = open_window()
    first.type("nihao ")
    first.pause(0.7)
    assert open_window().window.banners == []
    assert first.window.banners == []


def test_a_text_that_is_only_dismissed_is_offered_again(open_window: Open, tmp_path: Path) -> None:
    (tmp_path / "text-2.txt").write_text("乙" * 50, encoding="utf-8")
    hands = open_window()
    (banner,) = hands.window.banners
    assert "50" in banner.text
    banner.dismiss.click()
    hands.close()
    assert (tmp_path / "text-2.txt").exists()
    assert len(open_window().window.banners) == 1


def test_closing_keeps_the_letters_of_a_composition(open_window: Open, tmp_path: Path) -> None:
    hands = open_window()
    hands.type("nihao 2")
    hands.type_fast("shijie")
    hands.close()
    assert (tmp_path / "text.txt").read_text(encoding="utf-8") == "你好2shijie"


def test_closing_before_the_engine_is_there_keeps_the_keys(open_window: Open, tmp_path: Path) -> None:
    gate = Gate()
    hands = open_window(engine=gate)
    hands.type_fast("nihap\bo ma")
    hands.window._finish_composition()
    hands.close()
    assert (tmp_path / "text.txt").read_text(encoding="utf-8") == "nihao ma"


# Zeros are what a disk without power leaves: they were shown as a hundred blanks, without a word.
@pytest.mark.parametrize("damaged", [b"\xff\xfe\x00half a text", b"\0" * 100, b"\0", b"\0" * 70_000], ids=len)
def test_a_damaged_file_is_set_aside(open_window: Open, tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / "text.txt").write_bytes(damaged)
    hands = open_window()
    assert hands.text == ""
    (aside,) = tmp_path.glob("text.damaged-*.txt")
    assert aside.read_bytes() == damaged
    assert aside.name in hands.window.banners[0].text
    hands.type("ni ")
    hands.close()
    assert (tmp_path / "text.txt").read_text(encoding="utf-8") == "你"
    assert aside.read_bytes() == damaged


def test_a_folder_that_cannot_be_used_is_told_and_the_window_works(open_window: Open, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    hands = open_window(folder=blocked)
    hands.type("ni ")
    assert hands.text == "你"
    assert "无法自动保存" in hands.window.banners[0].text
    hands.window.banners[0].hide()
    assert not hands.window.close()  # the text would be gone: asked first
    assert hands.window.isVisible()
    assert "没有保存成功" in hands.window.banners[-1].text
    assert hands.window.close()
    assert blocked.read_text() == "not a folder"


def test_an_empty_text_in_an_unusable_folder_closes_without_a_question(
    open_window: Open, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert open_window(folder=tmp_path / "file").window.close()


def test_a_failed_save_is_told_once_and_closing_asks_once(open_window: Open, tmp_path: Path) -> None:
    hands = open_window()
    hands.type("ni ")
    hands.window.save()
    kept = (tmp_path / "text.txt").rename(tmp_path / "kept")
    (tmp_path / "text.txt").mkdir()  # stands in the way, for root as well
    hands.type("hao ")
    hands.window.save()
    hands.window.save()
    assert len(hands.window.banners) == 1
    assert not hands.window.close()
    assert hands.window.isVisible()
    hands.type("ma ")
    (tmp_path / "text.txt").rmdir()
    assert kept.read_text(encoding="utf-8") == "你"
    assert hands.window.close()
    assert (tmp_path / "text.txt").read_text(encoding="utf-8") == "你好吗"


def test_a_second_window_has_a_text_of_its_own(tmp_path: Path) -> None:
    first, second = DraftStore(tmp_path), DraftStore(tmp_path)
    first.open()
    second.open()
    first.save("甲")
    second.save("乙")
    first.close()
    second.close()
    assert DraftStore(tmp_path).open().text == "甲"


@pytest.mark.parametrize("text", ["", "a\nb\n", "😀\ud83d", "\x00\x0b", "字" * 100_000])
def test_any_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    store = DraftStore(tmp_path)
    store.open()
    store.save("before")
    store.save(text)
    store.close()
    again = DraftStore(tmp_path)
    assert again.open().text == text
    again.close()


def test_a_crash_while_writing_leaves_the_old_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = DraftStore(tmp_path)
    store.open()
    store.save("old")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageError, match="No space left"):
        store.save("new")
    assert store.path is not None
    assert store.path.read_text() == "old"
    monkeypatch.undo()
    store.save("new")
    assert store.path.read_text() == "new"
    store.close()


def test_text_is_free_for_the_next_window_before_the_engine_has_ended(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = open_window()
    hands.type("nihao ")
    stop, found = hands.window.worker.stop, []

    def look_and_stop() -> bool:
        store = DraftStore(tmp_path)
        found.append(store.open().text)
        store.close()
        return stop()

    monkeypatch.setattr(hands.window.worker, "stop", look_and_stop)
    hands.close()
    assert found[0] == "你好"


def test_text_of_the_last_time_is_shown_on_a_read_only_disk(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text.txt").write_text("你好\n世界", encoding="utf-8")

    def refused(path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("ime_app.services.draft_store.free_lock", refused)
    hands = open_window()
    assert hands.shown == "你好\n世界|"
    assert len(hands.window.banners) == 1
    hands.type("n\x1b")
    assert hands.window.close(), "nothing is lost, so nothing is asked"
    changed = open_window()
    changed.type("nihao ")
    assert not changed.window.close()
    assert (tmp_path / "text.txt").read_text(encoding="utf-8") == "你好\n世界"
