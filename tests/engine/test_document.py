"""Reading text: places, plain words, and refusals of what is hostile or broken."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskwright.engine.document import read


def plain(text):
    root, problems = read(text)
    assert problems == []
    return root.plain()


def refusal(text):
    root, problems = read(text)
    assert root is None
    assert len(problems) == 1
    return str(problems[0])


def test_words_stay_words_and_numbers_become_numbers():
    text = "on: yes, 2026-12-24: no, day: 2026-12-24, time: 12:30, whole: -5, part: .5, big: 1e3"
    assert plain(f"{{{text}, true: TRUE, none: ~, quoted: '5'}}") == {
        "on": "yes",
        "2026-12-24": "no",
        "day": "2026-12-24",
        "time": "12:30",
        "whole": -5,
        "part": 0.5,
        "big": 1000.0,
        "true": True,
        "none": None,
        "quoted": "5",
    }


def test_numbers_no_machine_holds_stay_text():
    assert plain(f"[1{'0' * 5000}, 1e999, .inf, .nan, 0x10]") == ["1" + "0" * 5000, "1e999", ".inf", ".nan", "0x10"]


def test_json_with_tabs_and_escapes_reads_as_json_does():
    assert plain('\t\n\t{\n\t"a":\t[1, true, null],\n\t"b": "\\ud83d\\ude00 \\/ \\\\ud83d \\u00e9"\n}') == {
        "a": [1, True, None],
        "b": "😀 / \\ud83d é",
    }


def test_an_alias_repeats_a_value():
    assert plain("a: &x {b: [1, 2]}\nc: *x") == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}}


def test_an_empty_document_has_no_root():
    assert read("") == (None, [])
    assert read("# only a comment\n") == (None, [])


def test_a_key_given_twice_is_told_with_both_lines():
    _, problems = read("a: 1\nb:\n  c: 1\n  c: 2\n")
    assert str(problems[0]) == "line 4, column 3 (b.c): 'c' is given twice, first on line 3"


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "more than 300,000 values"),
        ("a: &a [*a]", "no value is marked &a"),
        ("[" * 100_000, "nested deeper than 30 levels"),
        ("- " * 50_000 + "x", "nested deeper than 30 levels"),
        ("a: " + "x" * 2_000_001, "longer than 2,000,000 characters"),
        ("---\na: 1\n---\nb: 2", "line 3, column 1: one workflow is one document"),
        ("? [a]\n: 1", "a key must be a plain word"),
        ("a:\n\t- b", "indent with spaces, not with tabs"),
        ("a: 'never closed", "line 1, column 17: this is not readable as YAML"),
        ("{a: [1, 2}", "this is not readable as YAML"),
        ("a: \x00", "control characters"),
        ("a: \ud800", "surrogates"),
        ("a: *nobody", "no value is marked &nobody"),
    ],
    ids=lambda value: value[:20] if len(value) > 20 else value,
)
def test_hostile_and_broken_text_is_refused(text, said):
    assert said in refusal(text)


def test_a_tag_is_refused_and_nothing_is_made_of_it():
    root, problems = read("a: !!python/object/apply:os.abort []\nb: !!str 5")
    assert [problem.line for problem in problems] == [1]
    assert root.plain() == {"a": [], "b": "5"}


@pytest.mark.parametrize(
    ("text", "word", "place"),
    [
        ("a: one two", "two", (1, 8)),
        ("a:\n  'it''s two'", "two", (2, 10)),
        ('a: "x == \\"b\\" two"', "two", (1, 16)),
        ("a: |\n  first line\n  and two", "two", (3, 7)),
        ("a: >-\n  folded\n  line two", "two", (3, 8)),
        ("a: plain over\n   several two", "two", (2, 12)),
    ],
)
def test_a_place_inside_a_text_is_found_however_it_is_written(text, word, place):
    node = read(text)[0].get("a")
    assert node.place(node.value.index(word)) == place


def test_every_value_knows_its_line_column_and_path():
    root, _ = read("rules:\n  - name: x\n    do: {a: [1, 2]}\n")
    second = root.get("rules").value[0].get("do").get("a").value[1]
    assert (second.line, second.column, second.path) == (3, 17, "rules[1].do.a[2]")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.text("[]{}:,&*a'\"\\|>-\n\t #!%?~", max_size=100))
def test_no_text_crashes_the_reader(text):
    root, problems = read(text)
    assert root is None or root.plain() is not None
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)
