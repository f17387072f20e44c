"""Serve the engine over HTTP: paths, limits, errors.

Only the serving command imports this. What a client sends is in no log: there is no access log, and an error
is logged by the name of its type.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from contextlib import suppress
from typing import Annotated, Any, Final

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model
from starlette.middleware.trustedhost import TrustedHostMiddleware

from engine.conversion.converter import Conversion
from engine.serving.api_page import api_page
from engine.serving.batching import Question, best
from engine.serving.metrics import CONTENT_TYPE, Metrics
from engine.serving.worker import REQUEST_SECONDS, BudgetError, BusyError, Worker

MAX_LETTERS: Final[int] = 64  # what a composition in the window holds
MAX_CONTEXT: Final[int] = 200  # the largest request, all of it escaped, fits into MAX_BODY
MAX_INPUTS: Final[int] = 16
MAX_BEST: Final[int] = 50
MAX_BODY: Final[int] = 64 * 1024  # bytes
_THIS_MACHINE: Final[tuple[str, ...]] = ("127.0.0.1", "::1", "testclient")
BODY_SECONDS: Final[float] = 10.0  # for a whole request to arrive

_log = logging.getLogger("moyin.serve")


def _number(value: object) -> object:
    """Raise ValueError for what pydantic would take for a whole number: `true`, `"5"`."""
    if isinstance(value, bool | str):
        raise ValueError("expected a whole number")
    return value


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Input(_Shape):
    """One input."""

    letters: Annotated[
        str,
        Field(pattern="^[A-Za-z']+$", min_length=1, max_length=MAX_LETTERS, examples=["womenquchifan"]),
    ]
    """Pinyin without tones; `'` forces a boundary between syllables, a capital begins English. What
    else is a key of the server's double pinyin (`;` of mspy, sogou and ziguang) may stand here, too."""
    context: Annotated[str, Field(max_length=MAX_CONTEXT, examples=["天气很好，"])] = ""
    """The text before the caret; its last 32 characters are used."""


class Translation(_Shape):
    """What to convert."""

    inputs: Annotated[list[Input], Field(min_length=1, max_length=MAX_INPUTS)]
    n_best: Annotated[int, Field(ge=1, le=MAX_BEST), BeforeValidator(_number)] = 5
    """Candidates wanted for each input."""


class CandidateShape(_Shape):
    """One candidate."""

    text: str
    reading: list[str]
    """A syllable a hanzi, `_` a letter of an English word."""
    score: float
    """Log-probability in nats; comparable among candidates of equal length."""
    length: int
    """Letters covered, from the first one on: all of them where the letters can be read."""


class ResultShape(_Shape):
    """The candidates of one input, best first; none where the first letters fit no syllable."""

    candidates: list[CandidateShape]


class Results(_Shape):
    """A result for each input, in their order."""

    results: list[ResultShape]


class Health(_Shape):
    """That the server stands."""

    status: str
    bundle: str
    waiting: int
    """Inputs in the queue."""


class ProblemShape(_Shape):
    """What was wrong, in one sentence."""

    detail: str


_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": ProblemShape, "description": "No JSON"},
    408: {"model": ProblemShape, "description": "The request did not arrive in time"},
    413: {"model": ProblemShape, "description": f"More than {MAX_BODY} bytes"},
    422: {"model": ProblemShape, "description": "JSON of another shape, or beyond a limit"},
    500: {"model": ProblemShape, "description": "The engine failed on this input"},
    503: {
        "model": ProblemShape,
        "description": "Too many inputs wait, or this request takes too long",
    },
}


def create_api(
    worker: Worker, metrics: Metrics, bundle: str, hosts: Sequence[str], letters: str = ""
) -> FastAPI:
    """Return the application.

    `hosts` are names by which it may be called (a web page elsewhere could call 127.0.0.1 by a name of its
    own: DNS rebinding); `letters` are what spells besides a-z.
    """
    application = FastAPI(
        title="墨音 Moyin",
        version="1",
        description="Pinyin to hanzi by Moyin's engine.",
        docs_url=None,  # FastAPI's page loads its script from a server elsewhere
        redoc_url=None,
    )
    application.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    application.add_middleware(_Door, metrics=metrics)
    application.add_exception_handler(RequestValidationError, _invalid)
    _add_translate(application, worker, letters)
    _add_pages(application, worker, metrics, bundle)
    return application


def _translation_in(letters: str) -> type[Translation]:
    """Return the shape of a question if these characters spell, too."""
    if not letters:
        return Translation
    spelt = Annotated[
        str, Field(pattern=f"^[A-Za-z'{re.escape(letters)}]+$", min_length=1, max_length=MAX_LETTERS)
    ]
    one = create_model("Input", __base__=Input, letters=(spelt, ...))
    several = Annotated[list[one], Field(min_length=1, max_length=MAX_INPUTS)]  # type: ignore[valid-type]
    return create_model("Translation", __base__=Translation, inputs=(several, ...))


def _add_translate(application: FastAPI, worker: Worker, letters: str) -> None:
    async def translate(asked: Translation, request: Request) -> Results:
        """Convert pinyin to hanzi: the best candidates for each input."""
        questions = [Question(one.letters, one.context) for one in asked.inputs]
        conversions = await _converted(worker, questions, _client_of(request))
        return Results(
            results=[
                _result(conversion, question.letters, asked.n_best)
                for conversion, question in zip(conversions, questions, strict=True)
            ]
        )

    translate.__annotations__["asked"] = _translation_in(letters)
    application.post("/translate", responses=_PROBLEMS)(translate)


def _client_of(request: Request) -> str:
    """Return by what the engine's time is shared out: a machine; of this one, a connection."""
    host, port = request.client or ("", 0)
    return f"{host}:{port}" if host in _THIS_MACHINE else host


async def _converted(worker: Worker, questions: list[Question], client: str) -> list[Conversion]:
    try:
        return await asyncio.wrap_future(worker.submit(questions, client))
    except BusyError:
        raise HTTPException(503, "Too many inputs are waiting; try again.", {"Retry-After": "1"}) from None
    except BudgetError:
        detail = f"The request took more than {REQUEST_SECONDS:g} s of the engine; ask for less at once."
        raise HTTPException(503, detail) from None
    except Exception as error:
        _log.error("a conversion of %d inputs failed: %s", len(questions), type(error).__name__)
        raise HTTPException(500, "The engine failed on this input.") from None


def _result(conversion: Conversion, letters: str, n_best: int) -> ResultShape:
    return ResultShape(
        candidates=[
            CandidateShape(
                text=candidate.text,
                reading=list(candidate.reading),
                score=round(candidate.score, 4),
                length=candidate.span[1],
            )
            for candidate in best(conversion, letters, n_best)
        ]
    )


def _add_pages(application: FastAPI, worker: Worker, metrics: Metrics, bundle: str) -> None:
    @application.get("/health", responses={503: {"model": ProblemShape}})
    async def health() -> Health:
        """Report whether the engine answers."""
        if not worker.is_alive:
            raise HTTPException(503, "The engine has stopped.")
        return Health(status="ok", bundle=bundle, waiting=worker.n_waiting)

    @application.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def metrics_text() -> Response:
        """Return counters and times for Prometheus."""
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    @application.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(api_page(application.openapi()))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Answer with one sentence; FastAPI's own answer would repeat the input."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return JSONResponse({"detail": "The body is no JSON."}, 400)
    if first["loc"] == ("body",):
        detail = "Expected a JSON object, sent as Content-Type: application/json."
        return JSONResponse({"detail": detail}, 422)
    place = ".".join(str(part) for part in first["loc"][1:] if part != "__root__")
    message = first["msg"].removesuffix(".")
    return JSONResponse({"detail": f"{place}: {message}." if place else f"{message}."}, 422)


_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_Application = Callable[[_Message, _Receive, _Send], Awaitable[None]]


class _Door:
    """The first handler: it reads a request whole, at most MAX_BODY bytes in BODY_SECONDS.

    It counts how requests to /translate were answered.
    """

    def __init__(self, application: _Application, metrics: Metrics) -> None:
        self._application = application
        self._metrics = metrics

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        started = time.perf_counter()

        async def counted(message: _Message) -> None:
            if message["type"] == "http.response.start" and scope["path"] == "/translate":
                self._metrics.count_request(message["status"], time.perf_counter() - started)
            await send(message)

        await self._let_in(scope, receive, counted)

    async def _let_in(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        try:
            body = await asyncio.wait_for(_read(receive), BODY_SECONDS)
        except TimeoutError:
            await _refuse(408, f"The request did not arrive within {BODY_SECONDS:g} s.")(scope, receive, send)
            return
        if body is None:
            await _refuse(413, f"A request has at most {MAX_BODY} bytes.")(scope, receive, send)
            return
        await self._answer(scope, body, receive, send)

    async def _answer(self, scope: _Message, body: bytes, receive: _Receive, send: _Send) -> None:
        """Hand the request on; if its client goes before the answer, drop the work."""
        waiting = [{"type": "http.request", "body": body, "more_body": False}]
        gone = asyncio.ensure_future(_gone(receive))
        answered = False

        async def replay() -> _Message:
            if not waiting:
                await asyncio.shield(gone)
                return {"type": "http.disconnect"}
            return waiting.pop()

        async def watched(message: _Message) -> None:
            nonlocal answered
            answered = answered or message["type"] == "http.response.start"
            await send(message)

        work = asyncio.ensure_future(self._application(scope, replay, watched))
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not (work.done() or answered):
                work.cancel()
            with suppress(asyncio.CancelledError):
                await work
        finally:
            gone.cancel()
            work.cancel()


async def _gone(receive: _Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read(receive: _Receive) -> bytes | None:
    """Return the body; None if it is too large."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _refuse(status: int, detail: str) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, headers={"Connection": "close"})
