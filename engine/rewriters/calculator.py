"""Compute the value of one line: `2*(3+4)` is `14`.

The parser works on decimal numbers of bounded size, so that no input can run code, take long or fill memory.
What cannot be computed (a division by zero, an overflow, half an expression) is None, not an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow
from typing import Final

MAX_LENGTH: Final[int] = 64  # characters of an expression, and so the depth of its brackets
MAX_EXPONENT: Final[int] = 64  # largest exponent of a power
_SHOWN_DIGITS: Final[int] = 12  # significant, where the result is no whole number
_LARGEST: Final[Decimal] = Decimal(10) ** 16  # beyond it nobody reads digits

_CONTEXT: Final[Context] = Context(
    prec=40, Emax=999, Emin=-999, traps=[DivisionByZero, InvalidOperation, Overflow]
)
_TOKEN: Final = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+|[-+*/%^()]")

_SUMS: Final[dict[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": _CONTEXT.add,
    "-": _CONTEXT.subtract,
}
_PRODUCTS: Final[dict[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "*": _CONTEXT.multiply,
    "/": _CONTEXT.divide,
    "%": _CONTEXT.remainder,
}


class _NoResultError(Exception):
    """An expression without a value."""


def evaluate_expression(expression: str) -> str | None:
    """Return the value of the expression as a decimal string; None if it has none.

    Brackets left open are closed at the end, a `=` at the end is ignored; `50%` is a half, `7%4` is three.

    >>> evaluate_expression("2*(3+4"), evaluate_expression("0.1+0.2="), evaluate_expression("1/0")
    ('14', '0.3', None)
    """
    expression = expression.removesuffix("=")
    tokens = _TOKEN.findall(expression)
    if not tokens or "".join(tokens) != expression or len(expression) > MAX_LENGTH:
        return None
    parser = _Parser(tokens)
    try:
        return _shown(parser.all())
    except (DecimalException, _NoResultError):
        return None


class _Parser:
    """A parser with one method for each rank of operators, the weakest first."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._place = 0

    def all(self) -> Decimal:
        value = self._sum()
        if self._place < len(self._tokens):
            raise _NoResultError
        return value

    @property
    def _next(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._next
        self._place += 1
        return token

    def _sum(self) -> Decimal:
        value = self._product()
        while self._next in ("+", "-"):
            value = _SUMS[self._take()](value, self._product())
        return value

    def _product(self) -> Decimal:
        value = self._signed()
        while self._next in ("*", "/", "%"):
            value = _PRODUCTS[self._take()](value, self._signed())
        return value

    def _signed(self) -> Decimal:
        if self._next == "-":
            self._take()
            return -self._signed()
        return self._power()

    def _power(self) -> Decimal:
        """Read a power: `2^3^2` is 2^9, `2^-1` a half."""
        base = self._percentage()
        if self._next != "^":
            return base
        self._take()
        exponent = self._signed()
        if abs(exponent) > MAX_EXPONENT:
            raise _NoResultError
        return _CONTEXT.power(base, exponent)

    def _percentage(self) -> Decimal:
        """Read a `%` that is followed by nothing it could divide by."""
        value = self._atom()
        follows = self._tokens[self._place + 1 : self._place + 2]
        if self._next == "%" and (not follows or follows[0] in "+-*/)^"):
            self._take()
            return _CONTEXT.divide(value, Decimal(100))
        return value

    def _atom(self) -> Decimal:
        token = self._take()
        if token == "(":
            value = self._sum()
            if self._take() not in (")", ""):
                raise _NoResultError
            return value
        if not token or token in "-+*/%^)":
            raise _NoResultError
        return Decimal(token)


def _shown(value: Decimal) -> str:
    """Return the value without an exponent and without trailing zeros."""
    if abs(value) >= _LARGEST:
        raise _NoResultError
    if value != value.to_integral_value():
        value = Context(prec=_SHOWN_DIGITS).plus(value)
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
