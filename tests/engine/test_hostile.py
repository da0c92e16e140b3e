"""Ten thousand random and hostile documents: each loads or is refused with places, and none grows without bound."""

import pytest

from deskwright.engine.document import read
from deskwright.engine.document.building import MOST_NODES
from deskwright.engine.linting import lint
from deskwright.engine.loading import WorkflowError, load
from deskwright.engine.problems import MOST_TOLD
from tests.engine import hostile


@pytest.mark.parametrize("part", range(4))
def test_no_document_does_anything_but_load_or_be_refused(part):
    told = loaded = 0
    for text in (*hostile.random(2_500, seed=part), *(hostile.bombs() if part == 0 else ())):
        try:
            flow = load(text)
        except WorkflowError as refused:
            told += 1
            assert 0 < len(refused.problems) <= MOST_TOLD
            assert all(problem.line >= 1 and problem.column >= 1 and problem.message for problem in refused.problems)
        else:
            loaded += 1
            assert all(problem.line >= 1 and problem.column >= 1 for problem in lint(flow))
    assert told > 1_000
    assert loaded > 10


def test_aliases_count_as_if_they_were_written_out():
    for text in hostile.bombs():
        root, problems = read(text)
        assert root is None or problems or written_out(root) <= MOST_NODES


def written_out(node):
    """Values in the tree, each time an alias names it."""
    ahead, number = [node], 0
    while ahead:
        one = ahead.pop()
        number += 1
        if one.kind == "mapping":
            ahead += one.value.values()
        elif one.kind == "list":
            ahead += one.value
    return number
