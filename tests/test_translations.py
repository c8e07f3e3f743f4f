"""The catalogues of the interface: complete, without leftovers, with the placeholders of the original."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask import Flask, render_template_string

from inser_events.config import PACKAGE
from inser_events.events.forms import InviteForm
from inser_events.languages import INTERFACE
from inser_events.web.form_words import WORDS
from inser_events.web.languages import TRANSLATED

ROOT = Path(__file__).parent.parent
FOLDER = PACKAGE / "translations"
OTHERS = [language for language in INTERFACE if language != "en"]
OUR_KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {"_l": None, "lazy_pgettext": ((1, "c"), 2)}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|\{\{ ?\w+ ?\}\}")


def is_ours(path: str) -> bool:
    """Whether a folder can hold strings of the interface."""
    return Path(path).relative_to(ROOT).parts[:1] in {(), ("inser_events",), ("templates",)}


def catalogue(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def originals() -> set[str]:
    with (FOLDER / "messages.pot").open("rb") as file:
        return {key(message) for message in read_po(file) if message.id}


def key(message: Message) -> str:
    """A string as catalogues tell it from others: after what it is said of, where that is given."""
    text = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
    return f"{message.context}|{text}" if message.context else text


def texts(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, (tuple, list)) else [message.string or ""]


@pytest.mark.parametrize("language", OTHERS)
def test_every_string_is_translated(language: str) -> None:
    missing = [key(message) for message in catalogue(language) if message.id and not all(texts(message))]
    assert missing == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_holds_the_strings_of_the_interface_and_no_others(language: str) -> None:
    assert {key(message) for message in catalogue(language) if message.id} == originals()


@pytest.mark.parametrize("language", OTHERS)
def test_translations_keep_the_placeholders(language: str) -> None:
    wrong = []
    for message in catalogue(language):
        whole = message.id[1] if isinstance(message.id, (tuple, list)) else message.id
        allowed = set(PLACEHOLDER.findall(whole)) | set(PLACEHOLDER.findall(key(message)))
        for text in texts(message) if message.id else []:
            found = set(PLACEHOLDER.findall(text))
            if found - allowed or (not isinstance(message.id, (tuple, list)) and found != allowed):
                wrong.append((key(message), text))
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_marked_as_a_guess(language: str) -> None:
    assert [key(message) for message in catalogue(language) if message.fuzzy and message.id] == []


def test_the_languages_of_mails_are_those_with_catalogues() -> None:
    assert set(TRANSLATED) == set(INTERFACE)


@pytest.mark.parametrize(
    ("language", "word"),
    [("fr", "Événements"), ("ar", "الفعاليات"), ("zh", "活动"), ("ru", "Мероприятия"), ("es", "Eventos")],
)
def test_the_home_page_speaks_the_language(app: Flask, language: str, word: str) -> None:
    if not list(Path(FOLDER).glob("*/LC_MESSAGES/*.mo")):
        pytest.fail("the catalogues are not compiled: make i18n")
    page = app.test_client().get(f"/?lang={language}").get_data(as_text=True)
    assert f'lang="{language}"' in page
    assert word in page


@pytest.mark.parametrize(
    ("language", "person", "thing"),
    [("en", "Name", "Name"), ("ru", "Имя и фамилия", "Название"), ("zh", "姓名", "名称")],
)
def test_one_word_of_english_is_said_by_what_it_is_about(app: Flask, language: str, person: str, thing: str) -> None:
    """On pages, and in forms that are made before anybody reads them."""
    template = "{{ pgettext('person', 'Name') }} {{ _('Name') }}"
    with app.test_request_context(f"/?lang={language}"):
        assert render_template_string(template) == f"{person} {thing}"
        assert str(InviteForm().name.label.text) == person


@lru_cache(maxsize=1)
def in_the_code() -> list[tuple[str | tuple[str, ...], str | None]]:
    """Every string of the interface as it stands in the code and the templates, and what it is said of."""
    with (ROOT / "babel.cfg").open() as file:
        patterns, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call] # Babel types some of its parts
    extracted = extract_from_dir(
        ROOT, patterns, options, {**DEFAULT_KEYWORDS, **OUR_KEYWORDS}, directory_filter=is_ours
    )
    return [(message, context) for _file, _line, message, _comments, context in extracted]


def test_the_catalogues_hold_what_stands_in_the_code() -> None:
    found = {key(Message(message, context=context)) for message, context in in_the_code()}
    assert found == originals(), "make i18n"


def test_no_string_is_also_the_singular_of_a_plural() -> None:
    """One entry would serve both, and the Python of Debian 12 then finds no translation for the string alone."""
    alone = {message for message, _context in in_the_code() if isinstance(message, str)}
    assert {message[0] for message, _context in in_the_code() if isinstance(message, tuple)} & alone == set()
    assert len(alone) > 2_000


IN_FORMS_OF_OTHERS = {"How will you attend?", "How will you take part?"}
"""Headings of files that other products write."""
TRANSLATING = {"_", "_l", "_n", "N_", "gettext", "ngettext", "pgettext", "lazy_pgettext"}
FOR_OPERATORS = re.compile(
    r"/(report_)?commands\.py|/migrations/|/demo/|/api/|/replies/|/(backup|config|doctor|serving|__main__)\.py"
    # the settings of Apple Wallet, what devices are answered, and what a server without fonts or Pango says in its log
    r"|/(wallet|passes|fonts|pdf)\.py|checkin/uploads\.py|checkin/errors\.py:.*[Tt]his device"
    r"|strerror"
)
SENTENCE = re.compile(r"[A-Z“][^\n]* .*[a-z)”][.?]")


def sentences(path: Path) -> Iterator[str]:
    """The sentences in a module that no catalogue is asked for."""
    tree = ast.parse(path.read_text())
    passed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        if isinstance(node, ast.Call) and (
            getattr(node.func, "id", "") in TRANSLATING or getattr(getattr(node.func, "value", None), "id", "") == "log"
        ):
            passed |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}
        text = node.value if isinstance(node, ast.Constant) else ast.unparse(node)[2:-1] if is_filled(node) else ""
        if id(node) not in passed and isinstance(text, str) and SENTENCE.fullmatch(text):
            yield text


def is_filled(node: ast.AST) -> bool:
    """Whether it is an f-string with words of its own."""
    return isinstance(node, ast.JoinedStr)


def test_no_sentence_for_people_stands_outside_the_catalogues() -> None:
    known = {*WORDS, *IN_FORMS_OF_OTHERS}
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted((ROOT / "inser_events").rglob("*.py"))
        for text in sentences(path)
        if text not in known
    ]
    assert [text for text in found if not FOR_OPERATORS.search(text)] == []


COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.DOTALL)
SAID = re.compile(
    r"[\"'`]([A-Z“][a-z’']+(?: [^\"'`\n]*[a-z][^\"'`\n]*|[.…?]))[\"'`]"  # a sentence, or the start of one
    r"|(?:textContent|innerText|title|alt|placeholder|ariaLabel)\s*=\s*[\"'`]([^\"'`\n]*[A-Za-z]{2}[^\"'`\n]*)[\"'`]"
    r"|(?:alert|confirm|prompt)\(\s*[\"'`]([^\"'`\n]+)"
)
TO_THE_SERVER = {"Bearer ${this.token}"}


def test_scripts_say_nothing_of_their_own() -> None:
    """What scripts say stands in the page (``data-…``), where it is translated with the rest."""
    found = [
        f"{path.name}: {words}"
        for path in sorted((ROOT / "static" / "js").rglob("*.js"))
        for match in SAID.finditer(COMMENT.sub("", path.read_text()))
        for words in match.groups()
        if words and words not in TO_THE_SERVER and re.search(r"[A-Za-z]{2}", re.sub(r"\$\{.*", "", words))
    ]
    assert found == []
