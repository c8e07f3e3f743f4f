/**
 * What a scan means: the same decision as inser_events/checkin/rules.py.
 * Both run the cases of tests/vectors/checkin_rules.json: change the table first, then both.
 *
 * A case: { ticket, direction, at, door, state, mode, category, sessions, offline, shown, reason, before, after }.
 * ticket: known, revoked, authentic (genuine, but younger than the snapshot), unknown. Times are ISO 8601 or Date.
 */
import { wallTime } from "./clock.js";

const OVERRIDABLE = new Set(["not_confirmed", "wrong_mode", "wrong_checkpoint", "wrong_time"]);

/** Outcomes of scans by people who may pass; these move somebody in or out. */
export const COUNTED = new Set(["admitted", "left", "already_in", "conflict"]);

export const UNDO_MINUTES = 15;
const DAY = 86_400_000;

/** What the door says: { outcome, detail }; `detail` says why, where an outcome has several causes. */
export function decide(scan) {
  if (scan.ticket === "unknown") {
    return said("unknown_ticket");
  }
  if (scan.ticket === "revoked") {
    return said(scan.state === "cancelled" ? "cancelled" : "revoked");
  }
  const { door } = scan;
  if (!door) {
    return said("wrong_checkpoint", "no_door");
  }
  if (!["both", scan.direction].includes(door.direction ?? "both")) {
    return said("wrong_checkpoint", scan.direction === "in" ? "exit_only" : "entrance_only");
  }
  if (scan.direction === "out") {
    return said("left"); // whoever stands outside now is outside, whatever the rules for coming in
  }
  const refusal = personRefusal(scan, door);
  if (refusal === null) {
    return said(entry(scan));
  }
  const overridden = door.override === true && (scan.reason ?? "").trim() !== "" && OVERRIDABLE.has(refusal.outcome);
  return overridden ? said("admitted") : refusal;
}

function said(outcome, detail = "") {
  return { outcome, detail };
}

/** What taking a scan back means. target: { direction, at, until, same_ticket }, or null when it is not known here. */
export function decideUndo(target, at) {
  if (!target) {
    return "left";
  }
  if (target.same_ticket === false) {
    return "unknown_ticket";
  }
  if (moment(at) < moment(target.at) || moment(at) > moment(target.until)) {
    return "wrong_time";
  }
  return target.direction === "out" ? "admitted" : "left";
}

function personRefusal(scan, door) {
  if (scan.ticket === "known") {
    if (scan.state === "cancelled") {
      return said("cancelled");
    }
    if (scan.state !== "confirmed") {
      return said("not_confirmed");
    }
    if (!(door.modes ?? ["in_person"]).includes(scan.mode)) {
      return said("wrong_mode", scan.mode === "in_person" ? "in_the_room" : "");
    }
    if (door.categories && !door.categories.includes(scan.category)) {
      return said("wrong_checkpoint", "category");
    }
    if (door.sessions && !door.sessions.some((session) => scan.sessions?.includes(session))) {
      return said("wrong_checkpoint", "not_signed_up");
    }
  }
  const detail = wrongTime(moment(scan.at), door);
  return detail ? said("wrong_time", detail) : null;
}

/** Why this is not the time; nothing when it is. */
function wrongTime(at, { opens_at: opens, closes_at: closes, days, hours, zone, offsets }) {
  if (opens && at < moment(opens)) {
    return "too_early";
  }
  if (closes && at >= moment(closes)) {
    return "too_late";
  }
  if (!days && !hours) {
    return "";
  }
  const { day, time: clock } = wallTime(at, { zone: zone ?? "UTC", offsets });
  const [begin, end] = hours ?? ["00:00", "24:00"];
  const pastMidnight = end <= begin;
  const evening = pastMidnight && clock < end ? dayBefore(day) : day;
  if (days && !days.includes(evening)) {
    return "other_day";
  }
  if (pastMidnight && (clock >= begin || clock < end)) {
    return "";
  }
  return clock < begin ? "too_early" : clock >= end ? "too_late" : "";
}

function dayBefore(day) {
  return new Date(Date.parse(day) - DAY).toISOString().slice(0, 10);
}

function entry(scan) {
  const before = scan.before?.direction === "in" ? scan.before : null;
  if (!scan.offline) {
    return before ? "already_in" : "admitted";
  }
  if (scan.shown === "already_in") {
    return "already_in";
  }
  if (before) {
    return before.same_device ? "already_in" : "conflict";
  }
  return scan.after?.direction === "in" && !scan.after.same_device ? "conflict" : "admitted";
}

function moment(value) {
  return new Date(value).getTime();
}
