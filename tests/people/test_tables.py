"""People in tables of strangers."""

import pytest
from flask_babel import force_locale

from inser_events.documents.tables import Table
from inser_events.languages import INTERFACE
from inser_events.people.tables import person_columns, person_words

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize("language", INTERFACE)
def test_our_own_words_are_understood_in_every_language(language: str) -> None:
    with force_locale(language):
        words = person_words()
    assert person_columns(Table(list(words.values()), []), "members.csv") == {
        wanted: place for place, wanted in enumerate(words)
    }
