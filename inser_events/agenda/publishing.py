"""Publishing: the one act by which a change reaches everyone. Nothing else makes anything public."""

from datetime import datetime

from sqlalchemy import func, select

from inser_events.agenda import snapshot as snapshots
from inser_events.agenda.differences import Change, difference
from inser_events.agenda.errors import ReleasedMeanwhile
from inser_events.agenda.freezing import build_snapshot, called_off
from inser_events.agenda.listeners import listeners
from inser_events.agenda.models import Release
from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.snapshot import Snapshot
from inser_events.audit import record
from inser_events.database import db
from inser_events.events import cards
from inser_events.events.models import Event
from inser_events.events.operations import cancel_event, restore_event, show_published

__all__ = ["build_snapshot", "difference", "pending_changes", "publish_agenda"]


def publish_agenda(event: Event, *, note: str = "", at: datetime, by: str = "", after: int | None = None) -> Release:
    """Freeze the draft as the event's next release.

    Two who publish at once get consecutive numbers. *after*: the number of the release that the person compared the
    draft with (0 before the first); raises ReleasedMeanwhile when it is not the last one any more.
    """
    last = take_turn(event, after)
    previous = latest_snapshot(event)
    snapshot = build_snapshot(event, number=last + 1, at=at, previous=previous, note=note)
    return _make_public(event, previous, snapshot, by=by)


def call_off(
    event: Event, *, off: bool = True, note: str = "", at: datetime, by: str = "", after: int | None = None
) -> Release | None:
    """Cancel the event, or with *off* False let it take place after all, and tell everyone: one act, one release.

    The release is the last one with another status; what the draft changed meanwhile waits for the next publishing.
    None while nothing is public. Raises AlreadyCancelled, and ReleasedMeanwhile as `publish_agenda` does.
    """
    take_turn(event, after)
    if not off and event.cancelled_at is None:
        return None
    if off:
        cancel_event(event)
    else:
        restore_event(event)
    previous = latest_snapshot(event)
    if previous is None:
        return None
    return _make_public(event, previous, called_off(previous, off=off, at=at, note=note), by=by)


def _make_public(event: Event, previous: Snapshot | None, snapshot: Snapshot, *, by: str) -> Release:
    """Keep a release, show it, and have everyone told whom it concerns."""
    release = release_of(event, snapshot, by=by)
    db.session.add(release)
    show_published(event, _card(snapshot), at=snapshot.published_at)
    db.session.flush()  # the audit entry needs the id
    for listener in listeners():
        listener.tell(event, previous, snapshot)
    changes = [f"{each.kind} {each.uid}" for each in difference(previous, snapshot)]
    after = {"number": release.number, "note": snapshot.note, "changes": changes}
    record("publish", release, event_id=event.id, after=after)
    return release


def told_by(event: Event, previous: Snapshot | None, new: Snapshot) -> list[str]:
    """Sentences that say which mails a release would send."""
    return [sentence for listener in listeners() for sentence in listener.preview(event, previous, new)]


def take_turn(event: Event, after: int | None) -> int:
    """Be the only publisher of the event until this transaction ends; the number of its last release.

    What the caller reads from now on is what others have committed. Raises ReleasedMeanwhile when the last release is
    not *after*.
    """
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    db.session.flush()
    db.session.expire_all()
    last = db.session.scalar(select(func.max(Release.number)).where(Release.event_id == event.id)) or 0
    if after is not None and after != last:
        raise ReleasedMeanwhile
    return last


def release_of(event: Event, snapshot: Snapshot, *, by: str) -> Release:
    """The row that keeps a snapshot."""
    return Release(
        event_id=event.id,
        number=snapshot.number,
        published_at=snapshot.published_at,
        published_by=by,
        note=snapshot.note,
        snapshot=snapshots.dump(snapshot),
    )


def pending_changes(event: Event, *, at: datetime) -> tuple[Snapshot | None, Snapshot, list[Change]]:
    """The last release, what publishing now would make, and how they differ. Writes nothing."""
    previous = latest_snapshot(event)
    new = build_snapshot(event, number=(previous.number if previous else 0) + 1, at=at, previous=previous)
    return previous, new, difference(previous, new)


def _card(snapshot: Snapshot) -> cards.PublishedCard:
    event = snapshot.event
    return cards.PublishedCard(
        name=event.name,
        kind=event.kind,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        modes=event.modes,
        tagline=event.tagline,
        city=event.venue.city if event.venue else {},
        country=event.venue.country if event.venue else "",
        network_slug=event.network.slug if event.network else "",
        network_acronym=event.network.acronym if event.network else "",
        is_sample=event.is_sample,
        cancelled=event.status == "cancelled",
    )
