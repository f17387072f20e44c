"""Lanes give what a converter gives, and one thread answers all, each in turn."""

from __future__ import annotations

import threading
import time
from concurrent.futures import CancelledError

import pytest

from engine.conversion.converter import Conversion, Converter, ConverterParts
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.serving.batching import Lanes, Question, best, order_by_context
from engine.serving.worker import BudgetError, BusyError, Worker
from engine.spelling.english_words import English
from tests.engine.serving.worker_lanes import SECRET, SlowLanes


def test_lanes_give_what_a_fresh_converter_gives(
    converter: Converter, decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon
) -> None:
    lanes = Lanes(converter, 2)
    contexts = ["", "中国", "我", "", "我", "中国", "中国"]
    for context, letters in zip(
        contexts, ["ni", "renmin", "xian", "nihao", "xianzai", "ren", "renmin"], strict=True
    ):
        fresh = Converter(ConverterParts(decoder, vocabulary, lexicon, english=English({})))
        fresh.set_surrounding_text(context)
        assert lanes.convert(Question(letters, context)) == fresh.convert(letters)
    assert lanes.hits == 2  # only two lanes: the third context took the first one's


def test_questions_of_one_text_are_asked_together() -> None:
    far = "前" * 40
    contexts = ["a", "b", "a", far + "尾", far * 2 + "尾", "b"]
    assert order_by_context(Question("ni", context) for context in contexts) == [0, 2, 1, 5, 3, 4]


def test_best_are_those_for_all_letters(converter: Converter) -> None:
    whole = best(converter.convert("nihao"), "nihao", 3)
    assert next((c.text, c.span) for c in whole) == ("你好", (0, 5))
    assert all(c.span == (0, 5) for c in whole)
    assert best(converter.convert("nihaovv"), "nihaovv", 1)[0].text == "你好"
    assert best(converter.convert("vv"), "vv", 3) == []


def test_a_worker_answers_many_threads(worker: Worker, converter: Converter) -> None:
    wanted = {letters: converter.twin().convert(letters) for letters in ("nihao", "shijie", "xianzai")}
    found: list[bool] = []

    def client(letters: str) -> None:
        answers = worker.submit([Question(letters)] * 3).result(timeout=20)
        found.append(answers == [wanted[letters]] * 3)

    threads = [threading.Thread(target=client, args=(letters,)) for letters in wanted for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 12


def test_a_full_queue_refuses_and_what_is_not_wanted_any_more_is_not_converted(converter: Converter) -> None:
    lanes = SlowLanes(converter)
    taken: list[object] = []
    worker = Worker(lanes, 4, taken.append)
    first = worker.submit([Question("ni")])
    assert lanes.begun.wait(20)
    waiting = [worker.submit([Question("hao"), Question("ma")]) for _ in range(2)]
    assert worker.n_waiting == 4
    with pytest.raises(BusyError):
        worker.submit([Question("shi")])
    waiting[0].cancel()  # its client has gone
    assert worker.n_waiting == 2
    lanes.go_on.set()
    assert len(waiting[1].result(20)) == 2
    with pytest.raises(CancelledError):
        waiting[0].result()
    worker.close()
    assert first.result() == [converter.convert("ni")]
    assert len(taken) == 3
    with pytest.raises(BusyError):
        worker.submit([Question("shi")])


class _Costly(Lanes):
    """Takes a tenth of a second for each question, and remembers which."""

    def __init__(self, converter: Converter) -> None:
        super().__init__(converter, 2)
        self.asked: list[str] = []

    def convert(self, question: Question) -> Conversion:
        self.asked.append(question.letters)
        time.sleep(0.1)
        return super().convert(question)


def test_who_asks_for_much_waits_for_himself(converter: Converter) -> None:
    lanes = _Costly(converter)
    worker = Worker(lanes, 100)
    heavy = [worker.submit([Question("ni")] * 8, client="heavy") for _ in range(3)]
    time.sleep(0.25)
    light = worker.submit([Question("hao")], client="light")
    light.result(20)
    assert len(lanes.asked) <= 5, "at most the question in work and one of the other's before it"
    for answers in heavy:
        assert len(answers.result(20)) == 8
    worker.close()


def test_a_request_has_a_budget_and_work_of_gone_clients_ends(converter: Converter) -> None:
    lanes = _Costly(converter)
    worker = Worker(lanes, 100, budget_s=0.25)
    over = worker.submit([Question("ni")] * 16)
    assert isinstance(over.exception(20), BudgetError)
    assert len(lanes.asked) <= 4
    worker.close()
    lanes = _Costly(converter)
    worker = Worker(lanes, 100)
    gone = worker.submit([Question("ni")] * 16)
    time.sleep(0.15)
    gone.cancel()
    worker.close()
    assert len(lanes.asked) <= 3


def test_long_letters_in_steps_give_the_same(converter: Converter) -> None:
    letters = "nihaoshijie" * 5
    worker = Worker(Lanes(converter, 2), 100)
    (found,) = worker.submit([Question(letters)]).result(20)
    assert found == converter.twin().convert(letters)
    worker.close()


def test_told_to_stop_it_refuses_what_waits_at_once(converter: Converter) -> None:
    lanes = _Costly(converter)
    worker = Worker(lanes, 100)
    waiting = [worker.submit([Question("ni")] * 16) for _ in range(3)]
    worker.stop()
    worker.close()
    assert all(isinstance(answers.exception(1), BusyError) for answers in waiting)
    assert len(lanes.asked) <= 1


def test_a_failure_ends_its_own_request_alone(converter: Converter) -> None:
    lanes = SlowLanes(converter)
    lanes.go_on.set()
    worker = Worker(lanes, 128)
    bad = worker.submit([Question("ni"), Question(SECRET), Question("hao")])
    good = worker.submit([Question("nihao")] * 64)
    assert isinstance(bad.exception(20), ValueError)
    assert len(good.result(20)) == 64
    assert worker.is_alive
    worker.close()
    assert not worker.is_alive
