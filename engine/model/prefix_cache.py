"""Keep what the decoder has computed for every token sequence of the search, as a trie.

Every node is one token in one history. What the decoder gave for it lies in one row of a preallocated arena,
in the order of evaluation, and stays there while beams come and go: nothing is copied or re-ordered when a
beam changes. A call takes new nodes of any depth; it gets the rows of their ancestors, in the arena's order,
and a mask that says whose ancestor each is. (Passing the whole arena would need no gathering, but a decoder's
attention costs as many columns as it is given: 16 new rows over 100 of 500 rows take half the time, the
gathering 0.02 ms.)

When the arena is full its rows are given up, those of the root chain excepted. Nodes survive that; they only
have to be evaluated again when they are next asked for.

Behind the root there may be an `aside`: a token that was not typed, evaluated with the root and kept as long,
for callers that need to know what the decoder would say if it stood there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from engine.arrays import FloatArray
from engine.lexicon.vocabulary import decoder_token
from engine.model.decoder import Decoder

DEFAULT_CAPACITY: Final[int] = 2048  # rows; a sentence of 20 syllables at beam 16 fills about 700
_WELL_USED: Final[float] = 0.75  # share of an arena that is in use after old rows were dropped: it grows


class Node:
    """One token behind a parent node; `tokens` is the path below the root chain.

    `token` is its id for decoder and n-gram (`decoder_token`): LATIN for every Latin word.
    """

    __slots__ = ("children", "depth", "generation", "parent", "row", "token", "tokens")

    def __init__(self, parent: Node | None, token: int, tokens: tuple[int, ...]) -> None:
        self.parent = parent
        self.token = token
        self.tokens = tokens
        self.depth: int = 0 if parent is None else parent.depth + 1  # tokens before it
        self.children: dict[int, Node] = {}
        self.row = -1
        self.generation = -1  # of the arena rows that `row` belongs to

    def child(self, token: int) -> Node:
        """Return the node of `token` behind this one, creating it if needed."""
        node = self.children.get(token)
        if node is None:
            node = self.children[token] = Node(self, decoder_token(token), (*self.tokens, token))
        return node


class Arena:
    """Rows of decoder state. Row i is valid where i < used.

    kv: (capacity, n_layer, 2, n_embd); hidden: (capacity, n_embd); class_log_probs: (capacity,
    n_class); attends: (capacity, capacity), attends[i, j] True where row j is i or an ancestor.
    """

    def __init__(self, decoder: Decoder, capacity: int) -> None:
        self.used = 0
        self.capacity = capacity
        self.kv: FloatArray = np.zeros((capacity, decoder.n_layer, 2, decoder.n_embd), np.float32)
        self.hidden: FloatArray = np.zeros((capacity, decoder.n_embd), np.float32)
        self.class_log_probs: FloatArray = np.zeros((capacity, decoder.n_class), np.float32)
        self.attends = np.zeros((capacity, capacity), np.bool_)

    def resized(self, decoder: Decoder, capacity: int) -> Arena:
        """Return an arena of `capacity` rows that holds this one's."""
        arena = Arena(decoder, capacity)
        used = arena.used = self.used
        arena.kv[:used] = self.kv[:used]
        arena.hidden[:used] = self.hidden[:used]
        arena.class_log_probs[:used] = self.class_log_probs[:used]
        arena.attends[:used, :used] = self.attends[:used, :used]
        return arena

    def compact(self, rows: list[int]) -> None:
        """Keep only these rows, in their order; `rows` ascends."""
        n, chosen = len(rows), np.array(rows, dtype=np.intp)
        self.kv[:n] = self.kv[chosen]
        self.hidden[:n] = self.hidden[chosen]
        self.class_log_probs[:n] = self.class_log_probs[chosen]
        self.attends[:n, :n] = self.attends[np.ix_(chosen, chosen)]
        self.used = n


class PrefixCache:
    """The nodes behind one root chain and their decoder state.

    `block_size`: the longest history that the decoder was trained on; tokens behind it share the
    last position, so that 200 keys of anything are still decoded somehow.
    """

    def __init__(self, decoder: Decoder, capacity: int = DEFAULT_CAPACITY, block_size: int = 128) -> None:
        self._decoder = decoder
        self._arena = Arena(decoder, capacity)
        self._capacity = capacity  # to which the arena shrinks again
        self._last_position = block_size - 1
        self._generation = 0
        self._chain: list[Node] = []
        self._of_row: list[Node] = []
        self._aside: Node | None = None
        self.decoder_calls = 0
        self.evaluated_nodes = 0

    @property
    def used(self) -> int:
        """Arena rows in use."""
        return self._arena.used

    @property
    def is_well_filled(self) -> bool:
        """Whether the next input should begin without old rows: they are moved about in the middle of it."""
        return self._arena.used > self._capacity // 2

    @property
    def root(self) -> Node:
        """The last node of the root chain."""
        return self._chain[-1]

    @property
    def aside(self) -> Node | None:
        """The node behind the root that `reset` was given; evaluated where the root is."""
        return self._aside

    def reset(self, tokens: Sequence[int], aside: int | None = None) -> Node:
        """Forget everything; the new root chain is `tokens` (at least one). Returns its last node.

        `aside`: a token that stands behind the root, but not in what is typed there. Nothing is
        computed before some node is evaluated; the chain is then in the same call.
        """
        self._generation += 1
        self._arena.used = 0
        if self._arena.capacity > self._capacity:
            self._arena = Arena(self._decoder, self._capacity)
        self._of_row = []
        self._chain = []
        for token in tokens:
            self._chain.append(Node(self._chain[-1] if self._chain else None, token, ()))
        self._aside = None if aside is None else Node(self.root, aside, ())
        return self.root

    def descend(self, tokens: Iterable[int]) -> Node:
        """Return the node of `tokens` behind the root chain."""
        node = self.root
        for token in tokens:
            node = node.child(token)
        return node

    def prune(self) -> None:
        """Drop all nodes behind the root chain."""
        self.root.children.clear()
        self._drop_rows()
        if self._arena.capacity > self._capacity >= self._arena.used:
            self._arena = self._arena.resized(self._decoder, self._capacity)

    def is_evaluated(self, node: Node) -> bool:
        """Return whether the decoder's output for `node` is available."""
        return node.generation == self._generation

    def evaluate(self, nodes: Iterable[Node]) -> None:
        """Make all `nodes` evaluated in one decoder call, or none where they are already.

        Ancestors that have no row are computed in the same call.
        """
        wanted = list(nodes)
        batch = self._missing(wanted)
        if not batch:
            return
        if self._arena.used + len(batch) > self._arena.capacity:
            self._drop_old_rows(len(batch))
            batch = self._missing(wanted)
            needed = self._arena.used + len(batch)
            if needed > _WELL_USED * self._arena.capacity:  # 64 letters m: 9,000 texts, all of them ancestors
                capacity = max(needed, 2 * self._arena.capacity)
                self._arena = self._arena.resized(self._decoder, capacity)
        self._forward(batch)

    def outputs(self, nodes: Sequence[Node]) -> tuple[FloatArray, FloatArray]:
        """Return hidden (m, n_embd) and class_log_probs (m, n_class) of evaluated nodes."""
        rows = np.fromiter((node.row for node in nodes), dtype=np.intp, count=len(nodes))
        return self._arena.hidden.take(rows, axis=0), self._arena.class_log_probs.take(rows, axis=0)

    def _missing(self, nodes: Iterable[Node]) -> list[Node]:
        """Return `nodes` and their ancestors that have no row, parents before children."""
        missing: dict[Node, None] = {}
        for start in nodes:
            node: Node | None = start
            while node is not None and not self.is_evaluated(node) and node not in missing:
                missing[node] = None
                node = node.parent
        if self._aside is not None and self.root in missing:
            missing[self._aside] = None
        # Rows that are kept come first: the chain's, then that of the aside.
        return sorted(missing, key=lambda node: (node.depth, node is not self._aside))

    def _drop_old_rows(self, n_needed: int) -> None:
        """Free rows for `n_needed` more: the latest half stays with its ancestors, which further keys extend.

        Computing all of them again took a tenth of a second in the middle of a long input.
        """
        latest = self._of_row[min(self._arena.used, self._arena.capacity // 2 + n_needed) :]
        kept: dict[Node, None] = {}
        for start in (*self._chain, self._aside, *latest):
            node = start
            while node is not None and node not in kept:
                if self.is_evaluated(node):
                    kept[node] = None
                node = node.parent
        nodes = sorted(kept, key=lambda node: node.row)
        self._arena.compact([node.row for node in nodes])
        self._generation += 1
        for row, node in enumerate(nodes):
            node.row, node.generation = row, self._generation
        self._of_row = nodes

    def _drop_rows(self) -> None:
        """Free all rows but those of the root chain and the aside, which are the first ones."""
        self._generation += 1
        standing = [*self._chain, self._aside] if self._aside else self._chain
        kept = [node for node in standing if node.generation == self._generation - 1]
        for node in kept:
            node.generation = self._generation
        self._arena.used = len(kept)
        self._of_row = kept

    def _forward(self, batch: list[Node]) -> None:
        arena = self._arena
        first, end = arena.used, arena.used + len(batch)
        arena.attends[first:end] = False
        for row, node in enumerate(batch, start=first):
            node.row = row
            if node.parent is not None:
                n_before = node.parent.row + 1  # ancestors lie before their descendants
                arena.attends[row, :n_before] = arena.attends[node.parent.row, :n_before]
            arena.attends[row, row] = True
        is_ancestor = arena.attends[first:end, :first].any(axis=0)
        mask = arena.attends[first:end, :end]
        output = self._decoder.forward(
            np.array([node.token for node in batch], dtype=np.int64),
            np.array([min(node.depth, self._last_position) for node in batch], dtype=np.int64),
            arena.kv[:first][is_ancestor],
            np.concatenate([mask[:, :first][:, is_ancestor], mask[:, first:]], axis=1),
        )
        arena.kv[first:end] = output.kv
        arena.hidden[first:end] = output.hidden
        arena.class_log_probs[first:end] = output.class_log_probs
        arena.used = end
        for node in batch:
            node.generation = self._generation
        self._of_row += batch
        self.decoder_calls += 1
        self.evaluated_nodes += len(batch)
