from __future__ import annotations

from ime_app.input.shift_tap import ShiftTap


def test_tap_is_a_press_and_a_release_with_nothing_between() -> None:
    tap = ShiftTap()
    assert not tap.release()
    tap.press(alone=True)
    assert tap.release()
    assert not tap.release()
    tap.press(alone=True)
    tap.disarm()
    assert not tap.release()
    tap.press(alone=False)
    assert not tap.release()
    tap.press(alone=True)
    tap.press(alone=False)  # a repetition: it is held down
    assert not tap.release()


def test_limit() -> None:
    moments = iter([0.0, 0.9, 2.0, 3.1])
    tap = ShiftTap(1.0, lambda: next(moments))
    tap.press(alone=True)
    assert tap.release()
    tap.press(alone=True)
    assert not tap.release()
