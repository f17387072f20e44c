"""The pinyin encoder: its windows, what it sees, that it learns, and that its graph says what it says."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from engine.conversion.beam_search import SearchOptions
from engine.evaluation.cases import Case
from engine.evaluation.simulated_typist import whole_candidates
from engine.factory import create_converter
from engine.lexicon.vocabulary import Vocabulary
from engine.model.bundle import Bundle
from engine.model.pinyin_encoder import PinyinEncoder as EngineEncoder
from engine.protocol import RETRAINING_MODES
from tests.training.runs import SHAPE, run
from training.commands.main import main
from training.corpus.phrase_sets import phrases_of_lines
from training.corpus.shards import IGNORED, START_ID, Shards
from training.evaluation.onnx_parity import tokens_of
from training.export.bundle_import import restore, restore_encoder
from training.export.bundle_patch import rewrite
from training.finetuning.fine_tuner import FineTuning
from training.finetuning.fine_tuning_data import Lessons, Split, context_reader
from training.finetuning.objectives import masked_texts
from training.model.adaptation import Adaptation
from training.model.decoder import ModelConfig
from training.model.encoder import EncoderModel
from training.model.trained import load_encoder, load_trained
from training.pretraining.mlm_sampler import Habits, MaskedSampler, pack_masked

# Homophones of what the tiny bundle knows by heart.
TYPED = ["窝门喜欢尚可，塌也喜欢尚可。", "公元长得狠好，今添的公元狠糕！", "航长要去吃平果，银航航长也要去。"]
RECIPE = f'kind = "encoder"\n{SHAPE}max_steps = 150\nwarmup_steps = 5\ndecay = 1.0\nema = 0.9\n'


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "encoder.toml"
    path.write_text(RECIPE)
    return path


@pytest.fixture(scope="module")
def trained(
    prepared: Path, tiny_bundle: Path, recipe: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the folder of an encoder's run that began with the tiny bundle's decoder."""
    folder = tmp_path_factory.mktemp("encoder")
    run(prepared, folder, recipe, "--begin", str(tiny_bundle))
    return folder


@pytest.fixture(scope="module")
def with_encoder(tiny_bundle: Path, trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the tiny bundle with that encoder, made by the command."""
    output = tmp_path_factory.mktemp("with") / "bundle"
    arguments = ["--output", str(output), "--name", "two passes", "--encoder", str(trained / "model.pt")]
    assert main(["export", str(tiny_bundle), *arguments]) == 0
    return output


def sampler(prepared: Path, habits: Habits | None = None, seed: int = 1) -> tuple[MaskedSampler, Vocabulary]:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    shards = Shards(prepared, "train", vocabulary, 64)
    return MaskedSampler(shards, vocabulary, 64, {}, seed, habits), vocabulary


def test_windows_are_a_pure_function_of_seed_and_step(prepared: Path) -> None:
    first, second = (sampler(prepared)[0].batch(3, 0, 6) for _ in range(2))
    part, other = sampler(prepared)[0].batch(3, 2, 4), sampler(prepared, seed=2)[0].batch(3, 0, 6)
    assert (first.inputs == second.inputs).all()
    assert (first.targets[2:4] == part.targets).all()
    assert (first.inputs != other.inputs).any()


def test_masked_places_show_their_syllable_and_known_ones_themselves(prepared: Path) -> None:
    made, vocabulary = sampler(prepared)
    batch = made.batch(0, 0, 32)
    masked = batch.targets != IGNORED
    classes = vocabulary.class_of_token[np.where(masked, batch.targets, 0)]
    assert (batch.inputs[masked] == len(vocabulary) + classes[masked]).all()
    assert (batch.inputs[~masked] < len(vocabulary)).all()
    assert 0.5 < masked.mean() < 0.95
    for inputs, segments in zip(batch.inputs, batch.segments, strict=True):
        begins = np.flatnonzero(np.diff(segments, prepend=-1))
        assert (inputs[begins] == START_ID).all()


def test_nothing_is_known_or_joined_where_habits_say_so(prepared: Path) -> None:
    made, vocabulary = sampler(prepared, Habits(joined=0, unfinished=0, inside=0, known=0))
    batch = made.batch(0, 0, 16)
    assert set(batch.inputs[batch.targets == IGNORED]) == {START_ID}
    texts = set()
    for inputs, targets in zip(batch.inputs, batch.targets, strict=True):
        for piece in np.split(targets, np.flatnonzero(inputs == START_ID))[1:-1]:
            texts.add("".join(vocabulary.texts[token] for token in piece[1:]))
    assert {"我现在要去上课", "你好世界", "今天天气很好"} <= texts
    assert not any(len(text) > 10 for text in texts)


def test_what_comes_later_counts_and_another_segment_does_not(prepared: Path) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    config = ModelConfig(n_layer=2, n_head=2, n_embd=32, block_size=32)
    torch.manual_seed(0)
    encoder = EncoderModel(config, vocabulary).eval()
    for parameter in encoder.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    encoder.output.normal_()
    masked = len(vocabulary) + vocabulary.n_special
    inputs = torch.tensor([[START_ID, masked, masked, masked, START_ID, masked, masked, masked]])
    segments = torch.tensor([[0, 0, 0, 0, 1, 1, 1, 1]])
    targets = torch.full_like(inputs, IGNORED)
    with torch.no_grad():
        plain = encoder(inputs, targets, segments)
        inputs[0, 3] = masked + 1
        changed = encoder(inputs, targets, segments)
    assert not torch.allclose(plain[0, 1], changed[0, 1])
    assert torch.allclose(plain[0, 5:], changed[0, 5:])


def test_it_learns_the_tiny_corpus_by_heart(trained: Path) -> None:
    with (trained / "validation.csv").open(newline="") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file) if row["source"] == "all"]
    assert losses[-1] < 0.05
    assert load_encoder(trained / "model.pt").progress["steps"] == 150


def test_the_graph_says_what_the_encoder_says(trained: Path, with_encoder: Path) -> None:
    bundle, ours = Bundle.load(with_encoder), load_encoder(trained / "model.pt").encoder
    assert bundle.encoder_path is not None
    assert bundle.encoder_tables is not None
    shipped = EngineEncoder(bundle.encoder_path, bundle.encoder_tables, bundle.head_weight, bundle.vocabulary)
    vocabulary = bundle.vocabulary
    random = np.random.default_rng(0)
    classes = vocabulary.class_of_token
    for known in ((), tuple(random.integers(0, len(vocabulary), 4).tolist())):
        text = tuple(random.integers(vocabulary.n_special, len(vocabulary), 6).tolist())
        other = tuple(int(random.choice(np.flatnonzero(classes == classes[token]))) for token in text)
        found = shipped.log_probs(known, [text, other])
        wanted = [_log_prob(ours, known, each) for each in (text, other)]
        assert found == pytest.approx(wanted, rel=0.03, abs=0.3)


def _log_prob(encoder: EncoderModel, known: tuple[int, ...], text: tuple[int, ...]) -> float:
    vocabulary = encoder.vocabulary
    masked = [encoder.n_token + int(vocabulary.class_of_token[token]) for token in text]
    inputs = torch.tensor([[START_ID, *known, *masked]])
    targets = torch.tensor([[IGNORED] * (1 + len(known)) + list(text)])
    total = 0.0
    with torch.no_grad():
        hidden = encoder(inputs, targets, torch.zeros_like(inputs))[0, 1 + len(known) :]
        for row, token in zip(hidden, text, strict=True):
            syllable = int(vocabulary.class_of_token[token]) - vocabulary.n_special
            start, end = (int(vocabulary.syllable_starts[syllable + i]) for i in (0, 1))
            logits = encoder.output[start:end] @ row + encoder.reading_bias[start:end]
            total += float(logits.log_softmax(0)[token - start])
    return total


def test_a_bundle_with_it_types_what_it_learnt(with_encoder: Path) -> None:
    bundle = Bundle.load(with_encoder)
    assert bundle.manifest.provenance["encoder"]["training"]["steps"] == 150
    converter = create_converter(bundle, SearchOptions(encoder_weight=1.0))
    for keys, text in (("nihaoshijie", "你好世界"), ("womenqugongyuanba", "我们去公园吧")):
        assert whole_candidates(converter.convert(keys), keys)[0] == text


def test_weights_written_back_are_the_same_files(with_encoder: Path, tmp_path: Path) -> None:
    base, trained, encoder = Bundle.load(with_encoder), restore(with_encoder), restore_encoder(with_encoder)
    assert encoder is not None
    for name, given in (("none", None), ("same", encoder.encoder)):
        rewrite(base, trained, given, tmp_path / name, name, {})
        found = Bundle.load(tmp_path / name)
        assert found.encoder_path is not None
        assert constants_of(found) == constants_of(base)
        for ours, theirs in zip(tables_of(found), tables_of(base), strict=True):
            assert np.array_equal(ours, theirs)


def constants_of(bundle: Bundle) -> dict[str, bytes]:
    graph = onnx.load(bundle.encoder_path).graph
    return {tensor.name: onnx.numpy_helper.to_array(tensor).tobytes() for tensor in graph.initializer}


def tables_of(bundle: Bundle) -> tuple[np.ndarray, ...]:
    tables = bundle.encoder_tables
    assert tables is not None
    return tables.by_class, tables.masked, tables.bias


def lessons_of(bundle: Path, settings: FineTuning, lines: list[str]) -> Lessons:
    cases = list(phrases_of_lines(lines))
    split = Split(cases, cases[:12], ())
    return Lessons.of(settings, split, restore(bundle), context_reader(Bundle.load(bundle)), None)


@pytest.mark.parametrize("mode", RETRAINING_MODES)
def test_every_mode_of_retraining_teaches_it_phrases(with_encoder: Path, mode: str) -> None:
    settings = FineTuning(Adaptation(mode, rank=4), epochs=6, windows=4, replay_windows=4, rate=10.0)  # type: ignore[arg-type]
    lessons, encoder = lessons_of(with_encoder, settings, TYPED * 10), restore_encoder(with_encoder)
    assert encoder is not None
    before = {name: value.clone() for name, value in encoder.encoder.state_dict().items()}
    losses: list[float] = []
    tuned = lessons.encoder_tuner(encoder.encoder, encoder.encoder.output).run(
        lambda step: losses.append(step.held_out_loss) if step.held_out_loss is not None else None
    )
    assert min(losses) < 0.6 * losses[0]
    assert all(torch.equal(before[name], value) for name, value in encoder.encoder.state_dict().items())
    names = {name for name, value in tuned.named_parameters() if not torch.equal(value, before[name])}
    assert bool(names & {"step.up.weight"}) == (mode in ("full", "partial", "frozen"))
    assert any(name.startswith("blocks.0") for name in names) == (mode in ("full", "low-rank"))


def test_held_to_the_original_it_forgets_less(with_encoder: Path) -> None:
    forgotten = []
    for replay_windows in (0, 8):
        settings = FineTuning(epochs=8, windows=4, replay_windows=replay_windows, rate=10.0)
        lessons, encoder = lessons_of(with_encoder, settings, TYPED * 10), restore_encoder(with_encoder)
        assert encoder is not None
        tuner = lessons.encoder_tuner(encoder.encoder, encoder.encoder.output)
        known = list(phrases_of_lines(["我现在要去上课，你好世界。", "今天天气很好，我们去公园吧！"]))
        windows = pack_masked(masked_texts(known, lessons.vocabulary, lessons.read), lessons.vocabulary, 64)
        before = tuner.loss_on(windows)
        tuner.run()
        forgotten.append(tuner.loss_on(windows) - before)
    assert forgotten[1] < 0.6 * forgotten[0]


def test_phrases_are_masked_whole_behind_what_stood_before_them(with_encoder: Path) -> None:
    lessons = lessons_of(with_encoder, FineTuning(), ["银行行长说：这个方案行不行？"])
    vocabulary = lessons.vocabulary
    texts = masked_texts(lessons.split.learnt, vocabulary, lessons.read)
    assert [vocabulary.text(text.known) for text in texts] == ["", "银行行长说："]
    assert [vocabulary.text(text.text) for text in texts] == ["银行行长说", "这个方案行不行"]
    assert len(texts[1].cold.known) == 0
    batch = pack_masked([*texts, texts[1].cold], vocabulary, 16)
    assert batch.segments.tolist() == [[0] * 6 + [-1] * 10, [0] * 14 + [-1] * 2, [0] * 8 + [-1] * 8]
    assert [vocabulary.text(row[row != IGNORED]) for row in batch.targets] == [
        "银行行长说", "这个方案行不行", "这个方案行不行",
    ]  # fmt: skip
    assert len(pack_masked(texts, vocabulary, 10).inputs) == 1  # the second is too long


def test_retraining_teaches_both_models(
    with_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, general = tmp_path / "log.txt", tmp_path / "general.jsonl"
    log.write_text("\n".join(TYPED * 12), encoding="utf-8")
    general.write_text(json.dumps({"id": 1, "pinyin": ["ni", "hao"], "hanzi": "你好"}), encoding="utf-8")
    capsys.readouterr()
    options = ["--bundle", str(with_encoder), "--output", str(tmp_path / "mine"), "--rate", "10"]
    options += ["--epochs", "12", "--threads", "1", "--log", str(log), "--sets", str(general)]
    assert main(["finetune", *options]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    stages = list(dict.fromkeys(line["stage"] for line in lines))
    assert stages == ["read", "replay", "train", "second_pass", "measure", "result"]
    losses = [line["loss"] for line in lines if line["stage"] == "second_pass"]
    assert losses[-1] < 0.6 * losses[0]
    before, after = Bundle.load(with_encoder), Bundle.load(tmp_path / "mine")
    assert constants_of(after) != constants_of(before)
    keys, text = "womenxihuanshangke", "窝门喜欢尚可"
    syllables = ("wo", "men", "xi", "huan", "shang", "ke")
    cases = [Case(0, keys, syllables, "", hanzi) for hanzi in (text, "我们喜欢上课")]
    leads = []
    for bundle in (before, after):
        assert bundle.encoder_path is not None
        assert bundle.encoder_tables is not None
        texts = [tuple(tokens_of(case, bundle.vocabulary) or ()) for case in cases]
        encoder = EngineEncoder(
            bundle.encoder_path, bundle.encoder_tables, bundle.head_weight, bundle.vocabulary
        )
        typed, other = encoder.log_probs((), texts)
        leads.append(float(typed - other))
    assert leads[0] < 0 < leads[1]
    assert whole_candidates(create_converter(after).convert(keys), keys)[0] == text


def test_an_encoder_begins_with_a_decoder(
    prepared: Path, recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", str(prepared), "--output", str(tmp_path / "run"), "--recipe", str(recipe)]
    assert main(["train", *arguments, "--no-compile"]) == 2
    assert "name it with --begin" in capsys.readouterr().err


def test_the_wrong_kind_of_file_is_named(
    trained: Path, tiny_bundle: Path, prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = trained / "model.pt"
    output = ["--output", str(tmp_path / "bundle"), "--name", "x"]
    assert main(["export", str(model), *output]) == 2
    assert "it is an encoder's" in capsys.readouterr().err
    decoder = tiny_bundle.parent / "run" / "model.pt"
    assert main(["export", str(tiny_bundle), *output, "--encoder", str(decoder)]) == 2
    assert "not the model.pt of an encoder's run" in capsys.readouterr().err


def test_another_decoders_encoder_is_refused(
    trained: Path, tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = load_trained(tiny_bundle.parent / "run" / "model.pt")
    with torch.no_grad():
        other.decoder.table.by_hanzi.normal_()
    base = Bundle.load(tiny_bundle)
    rewrite(base, other, None, tmp_path / "other", "other", base.manifest.provenance)
    arguments = ["--output", str(tmp_path / "bundle"), "--name", "x", "--encoder", str(trained / "model.pt")]
    assert main(["export", str(tmp_path / "other"), *arguments]) == 2
    assert "trained for another decoder" in capsys.readouterr().err


def test_a_run_of_another_kind_is_not_gone_on_with(
    prepared: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "decoder.toml"
    path.write_text(RECIPE.replace('kind = "encoder"\n', ""))
    arguments = ["--data", str(prepared), "--output", str(trained), "--recipe", str(path), "--no-compile"]
    assert main(["train", *arguments]) == 2
    assert "of another kind" in capsys.readouterr().err


@pytest.mark.parametrize("source", ["run", "bundle"])
def test_a_run_goes_on_from_an_encoder(
    prepared: Path,
    trained: Path,
    with_encoder: Path,
    recipe: Path,
    tmp_path: Path,
    source: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    begin = trained / "model.pt" if source == "run" else with_encoder
    more = ["--begin", str(begin), "--set", "training.max_steps=2", "--set", "training.learning_rate=0.0001"]
    run(prepared, tmp_path / "run", recipe, *more, "--set", "training.embedding_rate=0.0001")
    assert "begins with the encoder of" in capsys.readouterr().out
    with (tmp_path / "run" / "validation.csv").open(newline="") as file:
        assert float(next(csv.DictReader(file))["loss"]) < 0.06  # as well as it was, int8 and all
    assert load_encoder(tmp_path / "run" / "model.pt").progress["begun_from"]["steps"] == 150


def test_a_run_cut_off_goes_on(prepared: Path, tiny_bundle: Path, recipe: Path, tmp_path: Path) -> None:
    more = ["--begin", str(tiny_bundle), "--set", "training.max_steps=6"]
    run(prepared, tmp_path / "whole", recipe, *more)
    run(prepared, tmp_path / "cut", recipe, *more, "--until-step", "3")
    run(prepared, tmp_path / "cut", recipe, "--set", "training.max_steps=6")
    first, second = (load_encoder(tmp_path / name / "model.pt").encoder for name in ("whole", "cut"))
    for name, value in first.state_dict().items():
        assert torch.allclose(value, second.state_dict()[name], atol=1e-3), name


def test_an_encoder_of_another_shape_is_named(
    prepared: Path, trained: Path, recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", str(prepared), "--output", str(tmp_path / "run"), "--recipe", str(recipe)]
    more = ["--begin", str(trained / "model.pt"), "--set", "model.n_layer=3", "--no-compile"]
    assert main(["train", *arguments, *more]) == 2
    assert "has the shape" in capsys.readouterr().err
