"""Front matter in every dialect, whole and broken."""

import json
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.fields import KNOWN
from aggregator.parse.frontmatter import split


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("---\ntitle: A\ntags: [x, y]\n---\nBody\n", "yaml"),
        ("\n \n---\ntitle: A\ntags: [x, y]\n---\nBody\n", "yaml"),
        ("\ufeff---\r\ntitle: A\r\ntags: [x, y]\r\n---\r\nBody\n", "yaml"),
        ("---\rtitle: A\rtags: [x, y]\r---\rBody\r", "yaml"),
        ("--- yaml  \ntitle: A\ntags:\n- x\n- y\n---  \nBody\n", "yaml"),
        ("-----\nTitle: A\nTAGS: [x, y]\n-----\nBody\n", "yaml"),
        ("---\ntitle: A\ntags: [x, y]\n...\nBody\n", "yaml"),
        ("title: A\ntags: [x, y]\n---\nBody\n", "yaml"),
        ("---\n{title: A, tags: [x, y]}\n---\nBody\n", "yaml"),
        ("---\nbase: &b {title: A}\n<<: *b\ntags: [x, y]\n---\nBody\n", "yaml"),
        ("---\ntitle: !!python/name:os.system A\ntags: !set [x, y]\n---\nBody\n", "yaml"),
        ('+++\ntitle = "A"\ntags = ["x", "y"]\n+++\nBody\n', "toml"),
        ('+++\ntitle = "A"\n[taxonomies]\ntags = ["x", "y"]\n+++\nBody\n', "toml"),
        ('---toml\ntitle = "A"\ntags = ["x", "y"]\n---\nBody\n', "toml"),
        ('---json\n{"title": "A", "tags": ["x", "y"]}\n---\nBody\n', "json"),
        (';;;\n"title": "A",\n"tags": ["x", "y"]\n;;;\nBody\n', "json"),
        (';;; json\n{"title": "A", "tags": ["x", "y",],}\n;;;\nBody\n', "json"),
        ('{"title": "A", "tags": ["x", "y"]}\nBody\n', "json"),
    ],
)
def test_every_dialect_says_the_same(text, dialect):
    found = split(text)
    assert (found.fields["title"], found.fields["tags"]) == ("A", ["x", "y"])
    assert found.body.strip() == "Body"
    assert (found.dialect, found.problems) == (dialect, ())


def test_pelicans_headers():
    found = split("Title: My post: a story\nTags: x,\n  y\nSlug: p\n\nTitle: no more\n")
    assert found.fields == {"title": "My post: a story", "tags": "x, y", "slug": "p"}
    assert found.body == "Title: no more\n"


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nA paragraph between two rules.\n\n---\n\nAnother.\n",
        "---\nWe say this: it is text.\n---\nmore\n",
        "---\n# A heading\n---\nmore\n",
        "---\n",
        "------\ntext\n",
        "Note: this is prose.\n\nAnd more.\n",
        "Summary: one known word may be prose.\n\nAnd more.\n",
        "A heading\n---\ntext\n",
        "{% raw %}x{% endraw %}\n",
        '{"not": "at the end"} of the line\n',
        "+++\nno keys here\n+++\n",
        "",
    ],
)
def test_what_is_no_front_matter_stays_text(text):
    found = split(text)
    assert (found.fields, found.body, found.dialect) == ({}, text, "")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("title: 2020", "2020"),
        ("title: no", "no"),
        ("title: 1e3", "1e3"),
        ("title: 007", "007"),
        ("title: 12:30:00", "12:30:00"),
        ("title: 2020-01-02", "2020-01-02"),
        ("title: 'null'", "null"),
        ("title: null", None),
        ("title: ~", None),
        ("title:", None),
    ],
)
def test_yaml_scalars_stay_as_written(line, value):
    assert split(f"---\n{line}\nx: y\n---\n").fields["title"] == value


def test_a_repeated_key_is_a_problem_and_lists_are_joined():
    found = split("---\ntitle: A\ntags: [x]\ntags: [y]\ntitle: B\n---\n")
    assert (found.fields["title"], found.fields["tags"]) == ("B", ["x", "y"])
    assert found.problems == (
        "Line 4: tags is given again in the front matter; the last value counts, lists are joined.",
        "Line 5: title is given again in the front matter; the last value counts,"
        " lists are joined.",
    )


BROKEN = [
    ("author: The Monitor: Pulse", "author", "The Monitor: Pulse", 6),
    ("author: 'it's'", "author", "it's", 6),
    ('author: "He said "no" twice"', "author", 'He said "no" twice', 6),
    ("author: [broken", "author", ["broken"], 7),
    ("author: @handle", "author", "@handle", 6),
    ("author:\tTabbed: twice", "author", "Tabbed: twice", 6),
    ("author: x\n ran: over", "author", "x ran: over", 7),
    ("author: {{ site.author }}: x", "author", "{{ site.author }}: x", 6),
]


@pytest.mark.parametrize(("line", "key", "value", "number"), BROKEN)
def test_a_broken_value_is_recovered_and_its_line_named(line, key, value, number):
    text = f"---\ntitle: A\ntags:\n - x\n - y\n{line}\ndate: 2020-01-02\n---\nBody\n"
    found = split(text)
    assert found.fields["title"] == "A"
    assert found.fields["tags"] == ["x", "y"]
    assert found.fields["date"] == "2020-01-02"
    assert found.fields[key] == value
    assert found.body == "Body\n"
    (problem,) = found.problems
    assert problem.startswith(f"Line {number}: the front matter is not valid YAML (")


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\r\r", "\n<p>"])
def test_an_item_that_runs_over_is_joined(gap):
    found = split(f"---\ntitle: A\ncategories:\n - One\n - Two{gap}and more\ndate: x\n---\nBody\n")
    expected = ["One", "Two and more" if "<" not in gap else "Two <p>and more"]
    assert [" ".join(item.split()) for item in found.fields["categories"]] == expected
    assert found.body == "Body\n"


@pytest.mark.parametrize("rest", ["", "\n---\nafter a rule\n"])
def test_a_missing_closing_fence_eats_no_text(rest):
    body = f"<p>First: a paragraph.</p>\n<p>b</p>\n<p>c</p>\n<p>d</p>\n<p>e</p>\n{rest}"
    found = split(f"---\ntitle: A\ntags:\n - x\n\n{body}")
    assert found.fields == {"title": "A", "tags": ["x"]}
    assert found.body.strip() == body.strip()
    assert len(found.problems) == 1


def test_broken_toml_and_json_are_recovered():
    toml = split(
        '+++\ntitle = "A "quoted" one"\n[taxonomies]\ntags = ["x"]\n[extra]\ndate = 1\n+++\n'
    )
    assert toml.fields == {"title": 'A "quoted" one', "tags": ["x"]}
    assert toml.problems[0].startswith("Line 2: the front matter is not valid TOML (")
    found = split(';;;\n{\n  "title": "A "quoted" one",\n  "tags": ["x"],\n}\n;;;\n')
    assert found.fields == {"title": 'A "quoted" one', "tags": ["x"]}


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(
            f"b{n}: &b{n} [{', '.join([f'*b{n - 1}' if n else '*a'] * 9)}]\n" for n in range(12)
        ),
        "a: " + "[" * 60_000,
        "? " * 30_000,
        "- " * 30_000,
        "a: &a [*a]",
    ],
)
def test_yaml_bombs_are_refused_quickly_and_the_title_stays(bomb):
    start = time.perf_counter()
    found = split(f"---\ntitle: A\n{bomb}\n---\nBody\n")
    assert time.perf_counter() - start < 2
    assert str(found.fields["title"]).startswith("A")
    assert len(found.problems) == 1


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1
)
fields = st.dictionaries(
    st.sampled_from(sorted(KNOWN)), words | st.lists(words, min_size=1), min_size=1
)


@given(fields)
def test_gives_back_what_a_generator_wrote(written):
    text = yaml.safe_dump(written, allow_unicode=True, default_style='"')
    found = split(f"---\n{text}---\nBody\n")
    assert (found.fields, found.body, found.problems) == (written, "Body\n", ())
    found = split(json.dumps(written) + "\n\nBody\n")
    assert (found.fields, found.body.strip()) == (written, "Body")


@given(st.text("-+;:.\n \t'\"[]{}&*|>title\r\ufeff=,#<a", max_size=200))
def test_no_text_breaks_it_or_is_lost(text):
    found = split(text)
    if not found.dialect:
        assert found.body.replace("\r", "").replace("\n", "") == text.removeprefix(
            "\ufeff"
        ).replace("\r", "").replace("\n", "")
