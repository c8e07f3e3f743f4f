"""Time spent, counted once however many devices somebody had open."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from inser_events.attendance.meetings.report import Connection

Interval = tuple[datetime, datetime]


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time without overlaps, in order. Those that touch become one; those that end before they start go."""
    merged: list[Interval] = []
    for start, end in sorted(one for one in intervals if one[0] <= one[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def merged_minutes(connections: Iterable[Connection]) -> float:
    """How long somebody was there by these connections. Those without both times do not count."""
    stays = [(one.joined_at, one.left_at) for one in connections if one.joined_at and one.left_at]
    return sum((end - start for start, end in merge(stays)), timedelta()).total_seconds() / 60
