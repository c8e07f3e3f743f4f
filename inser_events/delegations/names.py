"""How delegations, their kinds and roles are called."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import pgettext

from inser_events.delegations.models import Delegation, DelegationKind, LetterState, Role
from inser_events.languages import INTERFACE, Localized, text_in
from inser_events.people.countries import country_name
from inser_events.people.search import fold


def name_of(delegation: Delegation, language: str) -> str:
    """The delegation's name in a language; a Member without one of its own is called by its country's."""
    return called(delegation.name, delegation.country, [language, *delegation.event.languages])


def called(name: Localized, country: str, languages: list[str]) -> str:
    """A name in the first of several languages that has it, else the country's in the first."""
    return text_in(name, languages).value or (country_name(country, languages[0]) if country else "")


def names_key(name: Localized, country: str) -> str:
    """Every way a delegation may be written, folded, between bars."""
    written = [*name.values(), *(country_name(country, language) for language in INTERFACE if country)]
    keys = dict.fromkeys(key for text in written if (key := fold(text).replace("|", " ")))
    return f"|{'|'.join(keys)}|" if keys else ""


def kind_words() -> Mapping[str, str]:
    """What a delegation comes as."""
    return {
        DelegationKind.MEMBER: _("Member"),
        DelegationKind.OBSERVER: _("Observer"),
        DelegationKind.UN: _("United Nations"),
        DelegationKind.PARTNER: _("Partner"),
        DelegationKind.SECRETARIAT: _("Secretariat or host"),
    }


def group_words() -> Mapping[str, str]:
    """The headings of the official list of participants."""
    return {
        DelegationKind.MEMBER: _("Members"),
        DelegationKind.OBSERVER: _("Observers"),
        DelegationKind.UN: _("United Nations"),
        DelegationKind.PARTNER: _("Partners"),
        DelegationKind.SECRETARIAT: _("Secretariat"),
    }


def role_words() -> Mapping[str, str]:
    """What somebody is in a delegation."""
    return {
        Role.HEAD: _("Head of delegation"),
        Role.ALTERNATE: pgettext("in a delegation", "Alternate"),
        Role.REPRESENTATIVE: pgettext("in a delegation", "Representative"),
        Role.ADVISER: pgettext("in a delegation", "Adviser"),
    }


def letter_words() -> Mapping[str, str]:
    """Where a nomination letter stands."""
    return {
        "": _("Not received"),
        LetterState.RECEIVED: _("To be checked"),
        LetterState.ACCEPTED: _("Accepted"),
        LetterState.RETURNED: _("Returned"),
    }
