"""The flow picture: columns of places, bands between them as wide as what passes. Numbers in, numbers out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

WIDTH: Final = 1160.0
HEIGHT: Final = 440.0
"""Of all tickets together, in one column, without its gaps."""
GAP: Final = 22.0
NODE: Final = 10.0
TOP: Final = 34.0
MOST: Final = 9
"""Places in one column; the smaller ones are drawn as one."""
OTHERS: Final = "\0others"

Way = tuple[tuple[str, ...], int]
"""(the place in each column, how many)."""


@dataclass(slots=True)
class Node:
    column: int
    key: str
    keys: list[str]
    """What it stands for: more than one place where small ones are drawn together."""
    number: int
    x: float = 0.0
    y: float = 0.0
    height: float = 0.0
    left: float = field(default=0.0)
    """How much of its height is given to bands that leave, while they are laid out."""
    right: float = field(default=0.0)


@dataclass(frozen=True, slots=True)
class Band:
    source: Node
    target: Node
    number: int
    path: str


@dataclass(frozen=True, slots=True)
class Sankey:
    columns: Sequence[Sequence[Node]]
    bands: Sequence[Band]
    width: float
    height: float
    total: int


def drawn(ways: Sequence[Way], order: Sequence[Sequence[str]]) -> Sankey:
    """The picture of these ways. `order` lists the places of each column from the top; others follow by size."""
    total = sum(number for _, number in ways)
    columns = [column(ways, number, order[number], total) for number in range(len(order))]
    height = max(column_height(nodes) for nodes in columns)
    for nodes in columns:
        stack(nodes, height)
    bands = [band for number in range(len(columns) - 1) for band in between(ways, columns, number, total)]
    return Sankey(columns, bands, WIDTH, TOP + height + 8, total)


def column(ways: Sequence[Way], number: int, order: Sequence[str], total: int) -> list[Node]:
    counts: Counter[str] = Counter()
    for places, how_many in ways:
        counts[places[number]] += how_many
    largest = [key for key, _ in counts.most_common()]
    small = largest[MOST - 1 :] if len(largest) > MOST else []
    kept = sorted((key for key in largest if key not in small), key=lambda key: rank(key, order, largest))
    nodes = [Node(number, key, [key], counts[key]) for key in kept]
    if small:
        nodes.append(Node(number, OTHERS, small, sum(counts[key] for key in small)))
    for node in nodes:
        node.height = max(1.0, node.number / total * HEIGHT)
    return nodes


def rank(key: str, order: Sequence[str], largest: Sequence[str]) -> tuple[int, int]:
    return (order.index(key), 0) if key in order else (len(order), largest.index(key))


def column_height(nodes: Sequence[Node]) -> float:
    return sum(node.height for node in nodes) + GAP * (len(nodes) - 1)


def stack(nodes: Sequence[Node], height: float) -> None:
    y = TOP + (height - column_height(nodes)) / 2
    for node in nodes:
        node.x, node.y = place_of(node.column), round(y, 1)
        y += node.height + GAP


def place_of(column: int, columns: int = 5) -> float:
    return round(column * (WIDTH - NODE) / (columns - 1), 1)


def between(ways: Sequence[Way], columns: Sequence[Sequence[Node]], number: int, total: int) -> list[Band]:
    """The bands from one column to the next, stacked so that they cross as little as the order of places allows."""
    known = [{key: node for node in nodes for key in node.keys} for nodes in columns]
    flows: Counter[tuple[str, str]] = Counter()
    for places, how_many in ways:
        source, target = known[number][places[number]], known[number + 1][places[number + 1]]
        flows[source.key, target.key] += how_many
    return [
        band(source, target, how_many, how_many / total * HEIGHT)
        for source in columns[number]
        for target in columns[number + 1]
        if (how_many := flows.get((source.key, target.key), 0))
    ]


def band(source: Node, target: Node, number: int, width: float) -> Band:
    begin, end = source.x + NODE, target.x
    top, below = source.y + source.left, target.y + target.right
    source.left, target.right = source.left + width, target.right + width
    middle = (begin + end) / 2
    there = f"C{middle:.1f} {top:.1f} {middle:.1f} {below:.1f} {end:.1f} {below:.1f}"
    top, below = top + width, below + width
    back = f"C{middle:.1f} {below:.1f} {middle:.1f} {top:.1f} {begin:.1f} {top:.1f}"
    path = f"M{begin:.1f} {top - width:.1f}{there}V{below:.1f}{back}Z"
    return Band(source, target, number, path)


def counted(rows: Sequence[Mapping[str, object]], stages: Sequence[str]) -> list[Way]:
    return [(tuple(str(row[stage]) for stage in stages), int(str(row["number"]))) for row in rows]
