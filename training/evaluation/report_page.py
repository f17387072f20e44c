"""Write the page of a report: one HTML file that needs nothing else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from training.evaluation.bootstrap import Changes, Difference
from training.evaluation.case_outcomes import CaseOutcome
from training.evaluation.cost_metrics import Costs
from training.evaluation.metrics import MEASURES, Measure, ReadingScore, macro_f1

MAX_CHANGES: Final[int] = 150

_STYLE: Final[str] = """
:root { --ink: #2b2f33; --soft: #6b747d; --line: #e3e7ea; --good: #1a7f4b; --bad: #b3372f; --accent: #1d6f86 }
* { box-sizing: border-box }
body { font: 15px/1.55 system-ui, "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; color: var(--ink);
  max-width: 1180px; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; background: #fff }
h1 { font-size: 1.7rem; margin: 0 0 .2rem } h2 { font-size: 1.15rem; margin: 2.6rem 0 .6rem }
p.lead { color: var(--soft); margin: 0 0 1.6rem; max-width: 60rem }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: .8rem }
.card { border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1rem }
.card b { display: block; font-size: 1.6rem; font-weight: 600; line-height: 1.2; color: var(--accent) }
.card > span { color: var(--soft); font-size: .85rem }
.card em { font-style: normal; font-size: .85rem }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 1rem }
.pictures img { width: 100%; border: 1px solid var(--line); border-radius: 10px; padding: .8rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .38rem .7rem .38rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top }
th { font-weight: 600; color: var(--soft); font-size: .85rem } td.n, th.n { text-align: right }
.good { color: var(--good) } .bad { color: var(--bad) } .soft { color: var(--soft) }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 2rem }
.hanzi { font-size: 1.02rem } mark { background: #fbe0dd; color: inherit; border-radius: 3px }
mark.right { background: #d8f0e2 } details summary { cursor: pointer; color: var(--accent) }
"""


@dataclass(frozen=True)
class Judged:
    """One model and all that is shown of it."""

    name: str
    outcomes: list[CaseOutcome]
    costs: Costs
    readings: list[ReadingScore]


def report_page(
    models: Sequence[Judged],
    differences: Sequence[Difference],
    changed: Changes | None,
    pictures: Sequence[str],
    note: str,
) -> str:
    """Return the page of one model, or of two side by side; `note` is machine and date."""
    names = " against ".join(escape(model.name) for model in reversed(models))
    n_case = len(models[0].outcomes)
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{names}</title><style>{_STYLE}</style>",
        f"<h1>{names}</h1><p class='lead'>{n_case:,} inputs typed as joined letters. {escape(note)}</p>",
        _cards(models, differences),
        f"<h2>Pictures</h2><div class='pictures'>{''.join(pictures)}</div>",
        _measures(models, differences),
        _costs(models),
        _readings(models),
    ]
    if changed is not None:
        parts.append(_changes(models, changed))
    return "\n".join([*parts, "</html>\n"])


def _number(value: float, measure: Measure | None = None) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:.1f}" if measure is None or measure.unit == "%" else f"{value:.3f}"


def _signed(value: float, measure: Measure) -> str:
    if math.isnan(value):
        return "–"
    kind = "good" if (value > 0) == measure.larger_is_better else "bad"
    text = f"{value:+.1f}" if measure.unit == "%" else f"{value:+.3f}"
    return f"<span class='{kind if value else 'soft'}'>{text}</span>"


def _cards(models: Sequence[Judged], differences: Sequence[Difference]) -> str:
    last = models[-1]
    cards = []
    for i, measure in enumerate(MEASURES):
        value = f"{_number(measure.of(last.outcomes), measure)}{measure.unit}"
        change = f"<em>{_signed(_gap(differences[i]), measure)}</em>" if differences else ""
        cards.append(f"<div class='card'><b>{value}</b><span>{escape(measure.name)}</span> {change}</div>")
    cards.append(
        f"<div class='card'><b>{last.costs.megabytes:.1f}</b><span>MB of files</span></div>"
        f"<div class='card'><b>{last.costs.key_p50_ms:.1f}</b><span>ms a key, median</span></div>"
    )
    return f"<div class='cards'>{''.join(cards)}</div>"


def _gap(difference: Difference) -> float:
    return difference.second - difference.first


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], n_text: int = 1) -> str:
    """Return a table of which the first `n_text` columns are text, the others numbers."""
    kinds = ["" if i < n_text else " class='n'" for i in range(len(head))]
    top = "".join(f"<th{kind}>{cell}" for kind, cell in zip(kinds, head, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{kind}>{cell}" for kind, cell in zip(kinds, row, strict=True)) for row in rows
    )
    return f"<table><tr>{top}{body}</table>"


def _measures(models: Sequence[Judged], differences: Sequence[Difference]) -> str:
    head = ["", *(escape(model.name) for model in models)]
    rows = []
    for i, measure in enumerate(MEASURES):
        row = [escape(measure.name), *(_number(measure.of(model.outcomes), measure) for model in models)]
        if differences:
            found = differences[i]
            row += [
                _signed(_gap(found), measure),
                f"{_number(found.low, measure)} … {_number(found.high, measure)}",
                f"{found.chance:.4f}",
                "yes" if found.is_significant else "<span class='soft'>no</span>",
            ]
        rows.append(row)
    text = ""
    if differences:
        head += ["difference", "95 % of draws", "chance", "significant"]
        text = (
            "<p class='lead'>Paired bootstrap over cases, each set drawn by itself (Koehn 2004): chance is "
            "the share of draws in which the model that is better here is not.</p>"
        )
    return f"<h2>Figures</h2>{text}{_table(head, rows)}"


def _costs(models: Sequence[Judged]) -> str:
    kinds = (
        ("MB of files", "megabytes"),
        ("ms a key, median", "key_p50_ms"),
        ("ms a key, 95 %", "key_p95_ms"),
        ("decoder calls a key", "calls_a_key"),
        ("MB of memory", "memory_mb"),
    )
    rows = [
        [text, *(_number(getattr(model.costs, field) or math.nan) for model in models)]
        for text, field in kinds
    ]
    head = ["", *(escape(model.name) for model in models)]
    return f"<h2>Costs</h2>{_table(head, rows)}"


def _readings(models: Sequence[Judged]) -> str:
    head = ["reading", "wanted"]
    for model in models:
        head += [f"precision<br>{escape(model.name)}", "recall", "F1"]
    by_model = [{score.reading: score for score in model.readings} for model in models]
    rows = []
    for score in models[-1].readings:
        row = [f"<span class='hanzi'>{score.reading.replace('/', ' ')}</span>", str(score.support)]
        for scores in by_model:
            found = scores[score.reading]
            row += [_number(found.precision), _number(found.recall), _number(found.f1)]
        rows.append(row)
    means = ["mean", ""]
    for model in models:
        means += ["", "", f"<b>{_number(macro_f1(model.readings))}</b>"]
    return (
        "<h2>Rare and confusable readings</h2><p class='lead'>Precision, recall and F1 in percent, of "
        "readings wanted at least three times.</p>" + _table(head, [*rows, means])
    )


def _changes(models: Sequence[Judged], changed: Changes) -> str:
    parts = ["<h2>Cases that changed</h2><div class='columns'>"]
    for what, pairs, which in (("gained", changed.gained, 0), ("lost", changed.lost, 1)):
        kind = "good" if what == "gained" else "bad"
        parts.append(f"<div><h3 class='{kind}'>{len(pairs):,} {what} by {escape(models[-1].name)}</h3>")
        parts.append(f"<p class='soft'>wanted, and what {escape(models[which].name)} gave</p>")
        rows = [
            [_wanted(pair[which]), f"<span class='soft'>{escape(pair[which].group)}</span>"] for pair in pairs
        ]
        parts.append(_table(["", ""], rows[:MAX_CHANGES], n_text=2))
        if len(rows) > MAX_CHANGES:
            parts.append(f"<p class='soft'>and {len(rows) - MAX_CHANGES:,} more</p>")
        parts.append("</div>")
    return "".join([*parts, "</div>"])


def _wanted(outcome: CaseOutcome) -> str:
    """Return the wanted text above the one given, what differs marked."""
    same = len(outcome.best) == len(outcome.hanzi)
    ours = "".join(
        escape(given) if same and given == wanted else f"<mark>{escape(given)}</mark>"
        for given, wanted in zip(outcome.best, outcome.hanzi if same else outcome.best, strict=True)
    )
    return f"<div class='hanzi'>{escape(outcome.hanzi)}</div><div class='hanzi soft'>{ours or '–'}</div>"
