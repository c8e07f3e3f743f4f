"""Undo and redo of the draft: every edit leaves a step, and the last one can be taken back, whoever made it.

A step holds what it made different, before and after, as the plain values of `agenda.snapshot`; `agenda.restoring`
makes the draft say them again. People's own details and rooms are not part of it; a document that comes back brings the
files it had, which `agenda.document_files` keeps as long as a step names them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from msgspec.structs import replace
from sqlalchemy import delete, select

from inser_events.agenda.draft_rows import SessionRows, draft_rows, whole_session
from inser_events.agenda.errors import ChangedSince, OtherStep
from inser_events.agenda.freezing import frozen_document, frozen_item
from inser_events.agenda.merging import merged
from inser_events.agenda.queries import documents_of, draft_sessions, items_of
from inser_events.agenda.restoring import put_papers, put_session, take_out
from inser_events.agenda.snapshot import Document, Item, Session
from inser_events.agenda.step_models import DraftStep, Held, packed, unpacked
from inser_events.agenda.step_words import EPOCH, facts_of
from inser_events.audit import current_actor, record
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event

MOST = 50
"""Steps that are kept of an event."""
MOST_BYTES = 4 * 1024 * 1024
"""Of one event's steps together, compressed; the last step is kept however large it is."""


class Draft(NamedTuple):
    """A whole draft, read as cheaply as can be."""

    sessions: Mapping[str, SessionRows]
    items: list[Item]
    documents: list[Document]


def begin(event: Event) -> Draft:
    """The draft before an edit, for `keep`. From here on nobody else edits it until this transaction ends.

    What another did meanwhile must not look like part of this step. Nobody who registers has to wait.
    """
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update(key_share=True))
    return _read(event)


def keep(event: Event, before: Draft) -> DraftStep | None:
    """Keep what is different in the draft since *before* as its last step; None when nothing is."""
    was, became = _different(before, _read(event))
    if was == became:
        return None
    stored = packed(was), packed(became)
    actor = current_actor()
    step = DraftStep(
        event_id=event.id,
        at=now(),
        user_id=actor.user_id,
        actor=actor.label,
        told=facts_of(event, was.sessions, became.sessions, papers=_papers(was) != _papers(became)),
        before=stored[0],
        after=stored[1],
        size=len(stored[0]) + len(stored[1]),
    )
    # Whoever edits after an undo goes another way: what was undone cannot be made again.
    db.session.execute(delete(DraftStep).where(DraftStep.event_id == event.id, DraftStep.undone.is_(True)))
    db.session.add(step)
    db.session.flush()  # counted with the others
    _forget_the_oldest(event)
    return step


def last_steps(event: Event) -> tuple[DraftStep | None, DraftStep | None]:
    """The step that an undo would take back, and the one that a redo would make again."""
    return _last(event, undone=False), _last(event, undone=True)


def undo(event: Event, uid: str, *, at: datetime) -> DraftStep:
    """Take back the last step, which the person has seen to be *uid*. Raises OtherStep, ChangedSince."""
    step = _take(event, uid, undone=False)
    _apply(event, unpacked(step.after), unpacked(step.before), at=at)
    step.undone = True
    record("undo step", step, event_id=event.id, after=_audited(step))
    return step


def redo(event: Event, uid: str, *, at: datetime) -> DraftStep:
    """Make the step again that was taken back last. Raises OtherStep, ChangedSince."""
    step = _take(event, uid, undone=True)
    _apply(event, unpacked(step.before), unpacked(step.after), at=at)
    step.undone = False
    record("redo step", step, event_id=event.id, after=_audited(step))
    return step


def forget(event: Event, uid: str) -> None:
    """Give up a step that cannot be taken back any more, so that it does not stand before the others."""
    db.session.execute(delete(DraftStep).where(DraftStep.event_id == event.id, DraftStep.uid == uid))


def held(event: Event) -> Held:
    """The whole draft."""
    draft = _read(event)
    return _held(draft, draft.sessions, papers=True)


def _read(event: Event) -> Draft:
    return Draft(
        sessions=draft_rows(event),
        items=[frozen_item(item, whole=True) for item in items_of(event)],
        documents=[frozen_document(document, whole=True) for document in documents_of(event)],
    )


def _held(draft: Draft, uids: Iterable[str], *, papers: bool) -> Held:
    return Held(
        sessions={uid: _loose(whole_session(draft.sessions[uid])) for uid in uids if uid in draft.sessions},
        items=draft.items if papers else [],
        documents=draft.documents if papers else [],
    )


def _loose(session: Session) -> Session:
    """A session whose lengths do not depend on its start, so that moving it is one difference, not many."""
    slots = [replace(slot, starts_at=EPOCH, ends_at=EPOCH + (slot.ends_at - slot.starts_at)) for slot in session.slots]
    return replace(session, ends_at=EPOCH + (session.ends_at - session.starts_at), slots=slots)


def _tight(session: Session) -> Session:
    return replace(session, ends_at=session.starts_at + (session.ends_at - EPOCH))


def _papers(side: Held | Draft) -> tuple[list[Item], list[Document]]:
    return side.items, side.documents


def _different(before: Draft, after: Draft) -> tuple[Held, Held]:
    uids = {**before.sessions, **after.sessions}
    changed = [uid for uid in uids if before.sessions.get(uid) != after.sessions.get(uid)]
    papers = _papers(before) != _papers(after)
    was, became = (_held(side, changed, papers=papers) for side in (before, after))
    # Rows say more than a step keeps: a new version alone is no difference.
    same = [uid for uid, session in was.sessions.items() if session == became.sessions.get(uid)]
    for uid in same:
        del was.sessions[uid], became.sessions[uid]
    return was, became


def _apply(event: Event, here: Held, there: Held, *, at: datetime) -> None:
    """Turn what a step says was *here* into what it says was *there*, in the draft as it is now."""
    sessions = draft_sessions(event)
    draft = held(event)
    rows = {row.uid: row for row in sessions}
    targets = {
        uid: _merged_session(there.sessions.get(uid), here.sessions.get(uid), draft.sessions.get(uid))
        for uid in {**here.sessions, **there.sessions}
    }
    if _papers(here) != _papers(there):
        items = merged(there.items, here.items, draft.items)
        put_papers(event, items, merged(there.documents, here.documents, draft.documents))
    for uid, target in targets.items():
        if target is None:
            take_out(rows[uid], at=at)
        elif target != draft.sessions.get(uid):
            put_session(event, _tight(target), rows.get(uid), at=at, whole=True)
    db.session.flush()  # whoever reads the draft next sees it
    db.session.expire_all()


def _merged_session(was: Session | None, became: Session | None, now: Session | None) -> Session | None:
    """`merged`, where a session may not have been there. One that was published since is withdrawn, not gone."""
    if became is None and now is not None and now.status == "cancelled":
        return was
    if now == became:
        return was
    if was is None or became is None or now is None:
        raise ChangedSince
    whole: Session = merged(was, became, now)
    return whole


def _take(event: Event, uid: str, *, undone: bool) -> DraftStep:
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update(key_share=True))
    step = _last(event, undone=undone)
    if step is None or step.uid != uid:
        raise OtherStep
    return step


def _last(event: Event, *, undone: bool) -> DraftStep | None:
    """The last step done is the newest; the last one undone the oldest of those that were."""
    order = DraftStep.id if undone else DraftStep.id.desc()
    mine = select(DraftStep).where(DraftStep.event_id == event.id, DraftStep.undone.is_(undone))
    return db.session.scalar(mine.order_by(order).limit(1).execution_options(populate_existing=True))


def _forget_the_oldest(event: Event) -> None:
    mine = select(DraftStep.id, DraftStep.size).where(DraftStep.event_id == event.id).order_by(DraftStep.id.desc())
    old = list(_beyond((step_id, size) for step_id, size in db.session.execute(mine)))
    if old:
        db.session.execute(delete(DraftStep).where(DraftStep.id.in_(old)))


def _beyond(steps: Iterable[tuple[int, int]]) -> Iterator[int]:
    total = 0
    for number, (step_id, size) in enumerate(steps):
        total += size
        if number >= MOST or (number and total > MOST_BYTES):
            yield step_id


def _audited(step: DraftStep) -> dict[str, Any]:
    return {"title": step.told.get("title"), "what": step.told.get("what"), "of": step.actor}
