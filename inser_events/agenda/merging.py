"""Taking one edit out of a draft that others went on editing: three versions of a thing become one.

A value that an edit turned from *was* into *became* goes back to *was*, as long as it still reads *became*; what the
edit did not touch stays as it is now. Where somebody has changed the same value since, nothing is guessed.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from inser_events.agenda.errors import ChangedSince


def merged(was: Any, became: Any, now: Any) -> Any:
    """*now* without what led from *was* to *became*. Raises ChangedSince.

    Structs are compared field by field, lists of structs by the ``uid`` of what they hold, anything else as a whole.
    """
    if now == became:
        return was
    if was == became:
        return now
    if isinstance(now, msgspec.Struct) and type(was) is type(became) is type(now):
        names = now.__struct_fields__
        return type(now)(**{name: merged(*(getattr(each, name) for each in (was, became, now))) for name in names})
    if isinstance(now, list) and all(hasattr(each, "uid") for side in (was, became, now) for each in side):
        return _merged_lists(was, became, now)
    raise ChangedSince


def _merged_lists(was: Sequence[Any], became: Sequence[Any], now: Sequence[Any]) -> list[Any]:
    before, after, here = ({each.uid: each for each in side} for side in (was, became, now))
    order = merged(list(before), list(after), list(here))
    for uid in after:
        if uid not in order and here.get(uid) != after[uid]:  # what goes has been worked on since
            raise ChangedSince
    return [_merged_one(uid, before, after, here) for uid in order]


def _merged_one(uid: str, before: dict[str, Any], after: dict[str, Any], here: dict[str, Any]) -> Any:
    if uid in before and uid in after and uid in here:
        return merged(before[uid], after[uid], here[uid])
    return here[uid] if uid in here else before[uid]
