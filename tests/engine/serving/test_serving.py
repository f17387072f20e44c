"""Serving: lanes give what a converter gives, one thread answers all, and bad requests are told why."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from starlette.testclient import TestClient

from engine.__main__ import main
from engine.conversion.converter import Converter, ConverterParts
from engine.evaluation.cases import Case
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.serving import http_api as serve_http
from engine.serving import load_test as serve_load
from engine.serving.batching import Lanes
from engine.serving.http_api import MAX_BODY, create_api
from engine.serving.metrics import Metrics
from engine.serving.worker import Worker
from engine.spelling.options import SpellingOptions
from tests.engine.serving.worker_lanes import SECRET, SlowLanes
from tests.lexicons import lexicon_of

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def application(worker: Worker, metrics: Metrics) -> FastAPI:
    metrics.watch(lambda: worker.n_waiting, lambda: worker.hits)
    return create_api(worker, metrics, "tiny", ["testserver", "localhost", "127.0.0.1"])


@pytest.fixture
def client(application: FastAPI) -> Iterator[TestClient]:
    with TestClient(application) as client:
        yield client


def ask(client: TestClient, *inputs: dict[str, str], n_best: int = 3) -> list[list[str]]:
    response = client.post("/translate", json={"inputs": list(inputs), "n_best": n_best})
    assert response.status_code == 200, response.text
    return [[row["text"] for row in result["candidates"]] for result in response.json()["results"]]


# HTTP


def test_translate(client: TestClient) -> None:
    (nihao,), (after,) = ask(client, {"letters": "nihao"}, {"letters": "ren", "context": "中国"}, n_best=1)
    assert (nihao, after) == ("你好", "人")
    response = client.post("/translate", json={"inputs": [{"letters": "nihao"}]}).json()
    row = response["results"][0]["candidates"][0]
    assert (row["reading"], row["length"]) == (["ni", "hao"], 5)
    assert ask(client, {"letters": "vvv"}) == [[]]


def test_letters_that_the_window_takes_are_taken(client: TestClient) -> None:
    """A capital begins English, as in the window."""
    response = client.post("/translate", json={"inputs": [{"letters": "woyaoPython"}], "n_best": 1})
    (row,) = response.json()["results"][0]["candidates"]
    assert (row["text"], row["length"]) == ("我要Python", 11)
    assert row["reading"] == ["wo", "yao", *"______"]
    assert ask(client, {"letters": "nihaoAPP"}, n_best=1) == [["你好APP"]]


def test_a_key_of_the_scheme_is_a_letter(decoder: FakeDecoder, vocabulary: Vocabulary) -> None:
    """`x;` is xing in the double pinyin of Microsoft; a server of full pinyin refuses it."""
    spelling = SpellingOptions(scheme="mspy")
    converter = Converter(ConverterParts(decoder, vocabulary, lexicon_of({}, vocabulary)), spelling=spelling)
    worker = Worker(Lanes(converter, 1), 8)
    application = create_api(worker, Metrics(), "tiny", ["testserver"], spelling.letters)
    with TestClient(application) as client:
        assert "行" in ask(client, {"letters": "x;"}, n_best=3)[0]
        refused = client.post("/translate", json={"inputs": [{"letters": "x,"}]})
        assert refused.status_code == 422
        assert "[A-Za-z';]" in refused.json()["detail"]
        schema = client.get("/openapi.json").json()["components"]["schemas"]["Input"]
        assert schema["properties"]["letters"]["pattern"] == "^[A-Za-z';]+$"
    worker.close()


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ("{", 400, "no JSON"),
        (b"\xff", 400, "body"),
        ("[]", 422, "JSON object"),
        ("{}", 422, "inputs: Field required"),
        ('{"inputs": []}', 422, "inputs: List should have at least 1 item"),
        ('{"inputs": [{"letters": ""}]}', 422, "inputs.0.letters"),
        ('{"inputs": [{"letters": "n;"}]}', 422, "[A-Za-z']"),
        ('{"inputs": [{"letters": "ni\\n"}]}', 422, "[A-Za-z']"),
        ('{"inputs": [{"letters": "nǐhǎo"}]}', 422, "[A-Za-z']"),
        ('{"inputs": [{"letters": "ni hao"}]}', 422, "[A-Za-z']"),
        ('{"inputs": [{"letters": "%s"}]}' % ("a" * 65), 422, "at most 64"),
        ('{"inputs": [{"letters": "ni", "context": "%s"}]}' % ("a" * 201), 422, "at most 200"),
        ('{"inputs": [{"letters": "ni", "context": "\\ud800"}]}', 422, "inputs.0.context"),
        ('{"inputs": [{"letters": "ni"}], "n_best": 0}', 422, "n_best"),
        ('{"inputs": [{"letters": "ni"}], "beam": 3}', 422, "beam: Extra"),
        (json.dumps({"inputs": [{"letters": "ni"}] * 17}), 422, "at most 16 items"),
        (" " * (MAX_BODY + 1), 413, "at most 65536 bytes"),
    ],
)
def test_bad_requests_are_told_in_one_sentence(
    client: TestClient, body: str | bytes, status: int, told: str
) -> None:
    response = client.post("/translate", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status
    assert list(response.json()) == ["detail"]
    assert told in response.json()["detail"]
    assert response.json()["detail"].count("\n") == 0


def test_other_methods_paths_and_hosts(client: TestClient) -> None:
    assert client.get("/translate").status_code == 405
    assert client.get("/nowhere").status_code == 404
    assert client.get("/health", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/health").json() == {"status": "ok", "bundle": "tiny", "waiting": 0}


def test_a_request_that_does_not_arrive(monkeypatch: pytest.MonkeyPatch, client: TestClient) -> None:
    async def never(receive: object) -> bytes:
        await asyncio.sleep(5)
        return b""

    monkeypatch.setattr(serve_http, "_read", never)
    monkeypatch.setattr(serve_http, "BODY_SECONDS", 0.01)
    assert client.post("/translate", json={}).status_code == 408


def test_what_was_typed_is_in_no_log_even_when_the_engine_fails(
    converter: Converter, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    lanes = SlowLanes(converter)
    lanes.go_on.set()
    worker = Worker(lanes, 8)
    with TestClient(create_api(worker, Metrics(), "tiny", ["testserver"])) as client:
        response = client.post("/translate", json={"inputs": [{"letters": SECRET}]})
        assert response.status_code == 500
        client.post("/translate", json={"inputs": [{"letters": SECRET.upper()}]})
        client.post("/translate", content=SECRET)
    worker.close()
    written = caplog.text + "".join(capfd.readouterr())
    assert "ValueError" in written
    assert SECRET not in written.lower() + response.text


def test_busy_and_stopped(client: TestClient, worker: Worker) -> None:
    worker.close()
    response = client.post("/translate", json={"inputs": [{"letters": "ni"}]})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert client.get("/health").status_code == 503


def test_metrics_and_page(client: TestClient, worker: Worker) -> None:
    ask(client, {"letters": "ni"}, {"letters": "hao"})
    worker.close()  # a batch is counted after its answers are given
    client.post("/translate", json={})
    metrics = client.get("/metrics")
    assert metrics.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = metrics.text.splitlines()
    assert 'moyin_requests_total{status="200"} 1.0' in lines
    assert 'moyin_requests_total{status="422"} 1.0' in lines
    assert "moyin_conversion_seconds_count 2.0" in lines
    page = client.get("/docs").text
    assert "POST /translate" in page
    assert "at most 64" in page
    assert "https://" not in page  # it loads nothing from elsewhere


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_sent_is_answered_as_described(application: FastAPI, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", application)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert {operation.path for operation in operations} == {"/translate", "/health", "/metrics"}
    for operation in operations:
        if operation.body or mode is GenerationMode.POSITIVE:
            n_example = 60 if operation.body else 5  # of what has nothing to vary but its headers
            _fuzz(operation.as_strategy(generation_mode=mode), n_example)


def _fuzz(cases: SearchStrategy[schemathesis.Case[Any]], n_example: int) -> None:
    @settings(max_examples=n_example, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def check(case: schemathesis.Case[Any]) -> None:
        response = case.call(headers={"Host": "localhost"})
        if response.status_code != 413:  # which schemathesis does not count among refusals
            case.validate_response(response)

    check()


# The command


def test_the_command_serves_and_bears_load(capsys: pytest.CaptureFixture[str]) -> None:
    cases = [Case("1", "nihaoshijie", context="中国"), Case("2", "xian")] * 3
    with serve_load.served(["--fake"]) as port:
        address = f"http://127.0.0.1:{port}"
        body = json.dumps({"inputs": [{"letters": "nihaoshijie"}], "n_best": 1}).encode()
        request = urllib.request.Request(f"{address}/translate", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as response:
            assert json.load(response)["results"][0]["candidates"][0]["text"] == "你好世界"
        for kind in serve_load.KINDS.values():
            load = serve_load.run_clients(port, [kind(cases), kind(cases)], seconds=5)
            assert (len(load.seconds), load.failures) == (2 * len(list(kind(cases))), 0)
        assert load.row("keys", 2).startswith(f"| keys | 2 | {len(load.seconds)} | 0 | ")
    gone = serve_load.run_clients(port, [serve_load.sentences(cases)], seconds=1)
    assert (gone.seconds, gone.failures) == ((), 6)


def test_mistakes_of_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    assert main(["serve", "--bundle", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("BundleError: ")
    with pytest.raises(SystemExit):
        main(["serve", "--port", "0"])
    assert "a port from 1 to 65535" in capsys.readouterr().err
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["serve"]) == 2
    assert "pip install .[serve]" in capsys.readouterr().err


def test_nothing_else_knows_http() -> None:
    """The session, the window and the other commands load no server and open no socket."""
    code = (
        "import sys, engine.__main__, engine.session.session, engine.factory\n"
        "import ime_app.__main__, ime_app.windows.main_window\n"
        "print([n for n in ('fastapi', 'starlette', 'uvicorn', 'pydantic', 'prometheus_client', 'asyncio',"
        " 'engine.serving.http_api', 'engine.serving.metrics') if n in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("host", ["999.1.1.1", "8.8.8.8", "no.such.host.invalid"])
def test_an_address_that_cannot_be_had_is_not_announced(host: str) -> None:
    command = [sys.executable, "-m", "engine", "serve", "--fake", "--host", host]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode != 0
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
