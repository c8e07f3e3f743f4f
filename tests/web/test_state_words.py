"""States in the words of the page: each agrees with what it is said of."""

import pytest
from flask import Flask, render_template_string


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Cancelled", "Cancelled", "Cancelled", "Confirmed", "Confirmed", "Said no", "In preparation"]),
        ("fr", ["Annulée", "Annulé", "Annulée", "Confirmée", "A confirmé", "A décliné", "En préparation"]),
        (
            "es",
            ["Cancelada", "Cancelado", "Cancelada", "Confirmada", "Ha confirmado", "Ha declinado", "En preparación"],
        ),
        (
            "ru",
            ["Отменена", "Отменено", "Отменено", "Подтверждена", "Участие подтверждено", "Отказ", "Готовится"],
        ),
        ("ar", ["ملغى", "ملغاة", "ملغاة", "مؤكد", "تم التأكيد", "تم الاعتذار", "قيد الإعداد"]),
    ],
)
def test_a_state_agrees_with_what_it_is_said_of(app: Flask, language: str, words: list[str]) -> None:
    page = (
        "{{ 'cancelled'|state_label }}|{{ pgettext('event', 'Cancelled') }}|{{ pgettext('session', 'Cancelled') }}|"
        "{{ 'confirmed'|state_label }}|{{ 'confirmed'|answer_label }}|{{ 'declined'|answer_label }}|"
        "{{ 'in_preparation'|document_status_label }}"
    )
    with app.test_request_context(f"/?lang={language}"):
        assert render_template_string(page).split("|") == words
