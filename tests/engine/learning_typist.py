"""A person at a session that learns, for the tests of learning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.learning.user_learner import UserLearner
from engine.protocol import Candidate, Key, KeyEvent, Output
from engine.session.session import Session
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore

KEYS = ("shijie", "nihao", "nihaoshijie", "shi", "shangke", "wo")


@dataclass
class Typist:
    """A person at a session that learns."""

    session: Session
    learner: UserLearner

    def type(self, keys: str) -> list[str]:
        """Return the menu behind these letters."""
        for key in keys:
            output = self.session.process_key(KeyEvent(key))
        return [candidate.text for candidate in output.menu.candidates]

    def pause(self) -> None:
        """Do what the window does while nobody types."""
        while self.session.warm():
            pass

    def pick(self, text: str) -> Output:
        """Go to this candidate and take it."""
        output = self.session.reset() if not self.session.is_composing else None
        assert output is None, "nothing is composed"
        for _ in range(1000):
            output = self.session.process_key(KeyEvent(Key.DOWN))
            if output.menu.candidates[output.menu.highlighted].text == text:
                return self.session.process_key(KeyEvent(Key.SPACE))
        raise AssertionError(f"{text} is not offered")

    def commit(self, keys: str, *texts: str) -> Output:
        """Type the letters, pick the texts in turn; then leave the text behind. Return the last output."""
        menu, output = self.type(keys), Output(False)
        for text in texts:
            first = menu[0] == text
            output = self.session.process_key(KeyEvent(Key.SPACE)) if first else self.pick(text)
            menu = [candidate.text for candidate in output.menu.candidates]
        assert not self.session.is_composing
        self.session.set_surrounding_text("")
        return output

    def menu(self, keys: str) -> list[str]:
        menu = self.type(keys)
        self.session.reset()
        return menu

    def candidate(self, keys: str, text: str) -> Candidate:
        for key in keys:
            output = self.session.process_key(KeyEvent(key))
        self.session.reset()
        return next(candidate for candidate in output.menu.candidates if candidate.text == text)


Opener = Callable[..., Typist]


def logged(folder: Path) -> list[str]:
    store = UserStore(folder)
    texts = [phrase.text for phrase in PhraseLog(store)]
    store.close()
    return texts


def menus(typist: Typist) -> list[list[str]]:
    """Return what some letters offer behind some texts, after a pause.

    It is equal where the same is known of the user.
    """
    typist.pause()
    found = []
    for surrounding in ("", "你好", "我去"):
        typist.session.set_surrounding_text(surrounding)
        found += [typist.menu(keys) for keys in KEYS]
    typist.session.set_surrounding_text("")
    return found
