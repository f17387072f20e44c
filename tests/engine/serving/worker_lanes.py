"""Lanes that a test can hold up or that cost time."""

from __future__ import annotations

import threading

from engine.conversion.converter import Conversion, Converter
from engine.serving.batching import Lanes, Question

SECRET = "zhongguorenmin"


class SlowLanes(Lanes):
    """Waits for a sign before each conversion; letters of SECRET fail."""

    def __init__(self, converter: Converter) -> None:
        super().__init__(converter, 1)
        self.begun, self.go_on = threading.Event(), threading.Event()

    def convert(self, question: Question) -> Conversion:
        self.begun.set()
        assert self.go_on.wait(20)
        if question.letters == SECRET:
            raise ValueError(f"expected anything but {SECRET}")
        return super().convert(question)
