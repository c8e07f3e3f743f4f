/**
 * What a scan means: the same decision as inser_events/checkin/rules.py.
 * Both run the cases of tests/vectors/checkin_rules.json: change the table first, then both.
 *
 * A case: { ticket, direction, at, door, state, mode, category, offline, shown, reason, before, after }.
 * ticket: known, revoked, authentic (genuine, but younger than the snapshot), unknown. Times are ISO 8601 or Date.
 */
const OVERRIDABLE = new Set(["not_confirmed", "wrong_mode", "wrong_checkpoint", "wrong_time"]);

/** Outcomes of scans by people who may pass; these move somebody in or out. */
export const COUNTED = new Set(["admitted", "left", "already_in", "conflict"]);

export const UNDO_MINUTES = 15;

export function decide(scan) {
  if (scan.ticket === "unknown") {
    return "unknown_ticket";
  }
  if (scan.ticket === "revoked") {
    return scan.state === "cancelled" ? "cancelled" : "revoked";
  }
  const { door } = scan;
  if (!door || !["both", scan.direction].includes(door.direction ?? "both")) {
    return "wrong_checkpoint";
  }
  if (scan.direction === "out") {
    return "left"; // whoever stands outside now is outside, whatever the rules for coming in
  }
  const refusal = personRefusal(scan, door);
  if (refusal === null) {
    return entry(scan);
  }
  const overridden = door.override === true && (scan.reason ?? "").trim() !== "" && OVERRIDABLE.has(refusal);
  return overridden ? "admitted" : refusal;
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
      return "cancelled";
    }
    if (scan.state !== "confirmed") {
      return "not_confirmed";
    }
    if (!(door.modes ?? ["in_person"]).includes(scan.mode)) {
      return "wrong_mode";
    }
    if (door.categories && !door.categories.includes(scan.category)) {
      return "wrong_checkpoint";
    }
  }
  const at = moment(scan.at);
  if ((door.opens_at && at < moment(door.opens_at)) || (door.closes_at && at >= moment(door.closes_at))) {
    return "wrong_time";
  }
  return null;
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
