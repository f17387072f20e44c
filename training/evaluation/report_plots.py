"""Draw the pictures of a report, as SVG inside the page.

All have one style: two models are two colours, the second one, which matters more, the stronger.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from training.evaluation.metrics import Slice

COLOURS: Final[tuple[str, str]] = ("#a9b4c0", "#1d6f86")
_INK: Final[str] = "#2b2f33"
STYLE: Final[dict[Any, Any]] = {
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": _INK,
    "axes.edgecolor": "#c9ced3",
    "axes.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "grid.color": "#e6e9ec",
    "legend.frameon": False,
    "svg.fonttype": "none",
    "figure.figsize": (5.6, 3.3),
}


class Picture:
    """A picture: axes to draw on, and afterwards an <img> element."""

    def __init__(self, axes: Any) -> None:
        self.axes = axes
        self.html = ""


@contextmanager
def picture(title: str) -> Iterator[Picture]:
    """Yield a picture to draw in the block."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with matplotlib.rc_context(STYLE):
        figure, axes = pyplot.subplots()
        axes.set_title(title)
        found = Picture(axes)
        yield found
        data = io.BytesIO()
        figure.savefig(data, format="svg", bbox_inches="tight", metadata={"Date": None})
        pyplot.close(figure)
    encoded = base64.b64encode(data.getvalue()).decode("ascii")
    found.html = f'<img alt="{title}" src="data:image/svg+xml;base64,{encoded}">'


def bars(title: str, names: Sequence[str], slices: Sequence[Sequence[Slice]]) -> str:
    """Draw bars of percent side by side, a colour for each of `names`; slices[i] are those of names[i]."""
    with picture(title) as drawn:
        axes = drawn.axes
        places = np.arange(len(slices[0]))
        width = 0.78 / len(names)
        for i, (name, parts) in enumerate(zip(names, slices, strict=True)):
            heights = [part.value for part in parts]
            colour = COLOURS[i + len(COLOURS) - len(names)]
            at = places + (i - (len(names) - 1) / 2) * width
            found = axes.bar(at, heights, width * 0.94, color=colour, label=name)
            axes.bar_label(found, fmt="%.0f", padding=2, fontsize=8)
        axes.set_xticks(places, [f"{part.label}\n(n={part.count:,})" for part in slices[0]], fontsize=9)
        axes.set_ylabel("%")
        axes.set_ylim(0, 105)
        axes.tick_params(axis="x", length=0)
        axes.grid(axis="y")
        _legend(axes, names)
    return drawn.html


def lines(title: str, names: Sequence[str], x: Sequence[int], y: Sequence[Sequence[float]]) -> str:
    """Draw percent against the number of candidates looked at."""
    with picture(title) as drawn:
        axes = drawn.axes
        for i, (name, values) in enumerate(zip(names, y, strict=True)):
            colour = COLOURS[i + len(COLOURS) - len(names)]
            axes.plot(range(len(x)), values, color=colour, marker="o", linewidth=2, label=name)
            for place, value in enumerate(values):
                if i == len(names) - 1:
                    axes.annotate(
                        f"{value:.0f}",
                        (place, value),
                        (0, 7),
                        textcoords="offset points",
                        ha="center",
                        fontsize=8,
                    )
        axes.set_xticks(range(len(x)), [str(k) for k in x])
        axes.set(xlabel="candidates looked at", ylabel="%", ylim=(0, 105))
        axes.grid(axis="y")
        _legend(axes, names)
    return drawn.html


def times(title: str, names: Sequence[str], ms: Sequence[Sequence[float]]) -> str:
    """Draw the share of the inputs converted within some milliseconds."""
    with picture(title) as drawn:
        axes = drawn.axes
        for i, (name, values) in enumerate(zip(names, ms, strict=True)):
            colour = COLOURS[i + len(COLOURS) - len(names)]
            ordered = np.sort(values)
            axes.plot(ordered, np.arange(1, len(ordered) + 1) * 100 / len(ordered), color=colour, label=name)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set(xlabel="milliseconds (logarithmic)", ylabel="% of inputs", ylim=(0, 105))
        axes.grid(axis="both")
        _legend(axes, names)
    return drawn.html


def gain_of_doubling(tokens: Sequence[float], percent: Sequence[float]) -> float:
    """Return the points that twice the tokens give: the slope over log2; 0 where all saw as many.

    >>> gain_of_doubling([10, 20, 40], [40, 43, 46])
    3.0
    """
    if len(set(tokens)) < 2:
        return 0.0
    return round(float(np.polyfit(np.log2(tokens), percent, 1)[0]), 3)


def curve(names: Sequence[str], tokens: Sequence[float], y: Sequence[Sequence[float]]) -> str:
    """Draw percent against millions of training tokens, a line for each of `names`."""
    title = f"{gain_of_doubling(tokens, y[0]):+.1f} points a doubling of the training tokens"
    with picture(title) as drawn:
        axes = drawn.axes
        for name, values, colour in zip(names, y, COLOURS[::-1], strict=False):
            axes.plot(tokens, values, color=colour, marker="o", linewidth=2, label=name)
        axes.set_xscale("log", base=2)
        axes.set_xticks(tokens, [f"{value:.0f}" for value in tokens])
        axes.minorticks_off()
        axes.set(xlabel="million tokens", ylabel="%")
        axes.grid(axis="y")
        _legend(axes, names)
    return drawn.html


def _legend(axes: Any, names: Sequence[str]) -> None:
    if len(names) > 1:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=len(names))
