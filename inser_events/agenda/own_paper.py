"""One person's own sessions on paper: a short head, the days, where to look for changes. No cover and no other pages.

Pure: a release narrowed to what is theirs in, a PDF out, the same bytes each time.
"""

from flask_babel import gettext as _

from inser_events.agenda import printed
from inser_events.agenda.programme import Identity, colours, qr_image
from inser_events.agenda.reading import Wording, event_url, speaking
from inser_events.agenda.snapshot import Snapshot
from inser_events.documents import pdf
from inser_events.documents.paper import STYLES, page
from inser_events.documents.text import one_line
from inser_events.web.filters import date_range


def own_agenda_pdf(
    own: Snapshot, *, person: str, key: str, language: str, base_url: str, identity: Identity | None = None
) -> bytes:
    """Return the sessions of *own* as a tagged PDF for *person*; *key* tells one person's print from another's.

    Raises PdfUnavailable.
    """
    event, identity = own.event, identity or Identity()
    with speaking(language):
        words = Wording(own, [language])
        address = f"{event_url(base_url, event.slug)}/agenda"
        name = printed.cleaned(words.chosen(event.name))
        heading = str(_("My agenda"))
        values = {
            "title": f"{name.value}: {heading}",
            "heading": heading,
            "person": one_line(person),
            "name": name,
            "dates": date_range(event.starts_on, event.ends_on),
            "zone": words.zone(printed.first_moment(own)),
            "place": printed.venue_line(own, words),
            "release": printed.release_mark(own),
            "cancelled": event.status == "cancelled",
            "identity": identity,
            "days": printed.days(own, words),
            "address": address,
            "address_code": qr_image(address),
        }
        html = page("my_agenda.html", language, values)
    return pdf.render(
        html,
        css=[STYLES / "programme.css", STYLES / "papers.css"],
        title=str(values["title"]),
        identifier=f"{event.uid}/{own.number}/{language}/{key}".encode(),
        when=own.published_at,
        more_css=colours(identity),
        uploads=identity.folder,
    )
