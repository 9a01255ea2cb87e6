"""Settings of readers, limits and proxies."""

import secrets
import uuid
from pathlib import Path

import pytest

from aggregator import serving
from aggregator.config import load
from aggregator.errors import ConfigError
from aggregator.terms import Rate, Terms, digest

SECRET = "JX0PqfXa3ZnV9rM1cT5sKw"


def read(folder: Path, serve: str) -> Terms:
    (folder / "inbox").mkdir(exist_ok=True)
    file = folder / "aggregator.yaml"
    file.write_text(f"sources: [{{directory: inbox}}]\nserve: {{{serve}}}\n", "utf-8")
    given = load(file, {"TOKEN": SECRET}).config.serve
    assert SECRET not in repr(given) + given.model_dump_json()
    return serving.terms(given.readers, given.limit, given.proxies)


def test_they_become_terms(tmp_path: Path) -> None:
    said = (
        "readers: [{name: anna, token: '${TOKEN}'}, {name: bób, password: pass:word}], "
        "limit: 60/m, proxies: [127.0.0.1, '2001:db8::/32']"
    )
    terms = read(tmp_path, said)
    assert terms.tokens == (digest(SECRET.encode()),)
    assert terms.logins == (digest("bób:pass:word".encode()),)
    assert terms.rate == Rate(60, 60)
    assert terms.proxies == ("127.0.0.1", "2001:db8::/32")
    assert read(tmp_path, "port: 1") == Terms()


@pytest.mark.parametrize(
    ("serve", "said"),
    [
        ("readers: [{name: a, token: hunter2}]", "readers[0].token: what is given can be guessed"),
        (
            f"readers: [{{name: a, token: {'hunter2-' * 20}}}]",
            "can be guessed; make one with python3",
        ),
        ("readers: [{name: a, token: hunter2/x}]", "cannot stand in an address; make one with"),
        ("readers: [{name: a, token: .x}]", "cannot stand in an address"),
        (f"readers: [{{name: a, token: ü{SECRET}}}]", "cannot stand in an address"),
        ("readers: [{name: a, token: [hunter2]}]", "token: is to be text, not what is given"),
        ("readers: [{name: a, password: hunter2}]", "password: what is given is no password: 8"),
        ("readers: [{name: a, password: ''}]", "password: what is given is no password: 8"),
        ("readers: [{name: a}]", "readers[0]: what is given has neither a token nor a password"),
        ("readers: [{password: hunter22}]", "readers[0].name: is missing"),
        ("readers: [{name: 'a:b', password: hunter22}]", "cannot be a name"),
        ("readers: [hunter22]", "readers[0]: is to be a mapping"),
        ("readers: hunter22", "readers: is to be a list"),
        ("readers: {a: hunter22}", "readers: is to be a list"),
        ("readers: [{name: a, pasword: hunter22}]", "did you mean password?"),
        (
            "readers: [{name: a, password: hunter22}, {name: a, password: hunter23}]",
            "names somebody twice",
        ),
        (
            f"readers: [{{name: a, token: {SECRET}}}, {{name: b, token: {SECRET}}}]",
            "gives two the same token",
        ),
        ("limit: 60", "limit: '60' is no limit; write 10/s, 60/m or 1000/h"),
        ("limit: 0/m", "is no limit"),
        ("limit: 9999999/m", "is no limit"),
        ("proxies: [example.org]", "proxies[0]: 'example.org' is no address and no network"),
        ("proxies: [10.0.0.1/8]", "is no address and no network"),
        ('proxies: ["*"]', "is no address and no network"),
    ],
)
def test_mistakes_are_told_without_the_secret(tmp_path: Path, serve: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, serve)
    told = str(caught.value)
    assert said in told
    assert not any(secret in told for secret in ("hunter", SECRET))


@pytest.mark.parametrize(
    "make",
    [
        secrets.token_urlsafe,
        lambda: secrets.token_urlsafe(16),
        lambda: secrets.token_hex(16),
        lambda: str(uuid.uuid4()),
    ],
)
def test_what_chance_made_is_good_enough(tmp_path: Path, make) -> None:  # type: ignore[no-untyped-def]
    for _ in range(300):
        serving.Reader(name="a", token=make())
