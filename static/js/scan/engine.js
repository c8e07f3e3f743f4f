/** Deciding on the device: what was read, who that is, and what the door says. No network, no page. */
import { People } from "./people.js";
import { COUNTED, decide, decideUndo, UNDO_MINUTES } from "./rules.js";
import { findToken, importKey, isAuthentic, looksGarbled, tokenOf } from "./tokens.js";

const MINUTE = 60_000;
const RECENT = 100;

export class Engine {
  constructor({ clock = () => Date.now(), newId = () => crypto.randomUUID() } = {}) {
    this.clock = clock;
    this.newId = newId;
    this.frame = null;
    this.offset = 0; // milliseconds this device's clock is behind the server's
    this.people = new People({ zone: "UTC" });
    this.key = null;
    this.recent = []; // own passages of late: a snapshot may have been made just before the server heard of them
  }

  /** The moment by the server's clock, as well as it is known: days and opening hours must not hang on a wrong one. */
  now() {
    return this.clock() + this.offset;
  }

  get ready() {
    return this.frame !== null;
  }

  /** Start from what the store has kept. */
  async load(frame, buckets, waiting) {
    if (!frame) {
      return;
    }
    await this.useFrame(frame);
    buckets.forEach(([name, rows]) => this.people.load(name, rows, frame.columns));
    this.replay(waiting);
  }

  async useFrame(frame) {
    this.wall = { zone: frame.event.time_zone, offsets: frame.event.offsets };
    if (frame.event.ticket_key !== this.frame?.event.ticket_key) {
      this.key = await importKey(frame.event.ticket_key);
      this.people = new People(this.wall);
    }
    this.people.clock = this.wall;
    this.frame = frame;
    this.offset = frame.offset ?? this.offset;
  }

  /** Scans that the server may not know yet count on top of its snapshot. */
  replay(waiting) {
    for (const { scan, outcome, at } of [...this.recent, ...waiting]) {
      const token = findToken(scan.ticket);
      const door = this.door(scan.checkpoint);
      if (token && door && COUNTED.has(outcome) && !scan.undoes) {
        this.people.pass(token, door.area, scan, at ?? Date.parse(scan.scanned_at));
      }
    }
  }

  door(id) {
    return this.frame?.checkpoints.find((checkpoint) => checkpoint.id === id) ?? null;
  }

  /**
   * Decide a scan. Returns { scan, at, outcome, detail, person, earlier, unsure, garbled }: `scan` is what the server
   * will be sent, with the moment by this device's own clock; `at` is the corrected one. `unsure` means that only the
   * server can tell (no key here, or a code that is no badge but may be a link).
   */
  async read(text, { checkpoint, direction, reason = "" }) {
    const at = this.now();
    const token = findToken(text);
    const door = this.door(checkpoint);
    const scan = {
      id: this.newId(), checkpoint, ticket: text.slice(0, 500), direction, scanned_at: this.stamp(),
    };
    if (reason) {
      scan.reason = reason;
    }
    const found = token ? this.people.find(token) : undefined;
    const genuine = token && this.key ? await isAuthentic(token, this.key) : null;
    const ticket = kindOf(token, found, genuine);
    const person = ticket === "unknown" ? null : (found?.person ?? null);
    const standing = token && door && ticket !== "unknown" ? this.people.standing(token, door.area, at) : null;
    const { outcome, detail } = decide({
      ticket, direction, at, reason, door: door && { ...door, offsets: this.wall.offsets },
      state: person?.state, mode: person?.mode, category: person?.category, sessions: person?.sessions,
      before: standing && { direction: standing.direction, same_device: true },
    });
    const earlier = outcome === "already_in" && standing ? { at: standing.entered ?? standing.last, checkpoint: standing.checkpoint } : null;
    const undo = token && door ? { token, area: door.area, standing: standing ? { ...standing } : null } : null;
    if (token && door && COUNTED.has(outcome)) {
      this.people.pass(token, door.area, scan, at);
      this.recent = [...this.recent.slice(1 - RECENT), { scan, outcome, at }];
    }
    const unsure = Boolean(token) && (genuine === null || (found !== undefined && !genuine));
    return { scan, at, outcome, detail, person, earlier, unsure, garbled: !token && looksGarbled(text), undo };
  }

  stamp() {
    return new Date(this.clock()).toISOString();
  }

  /** How full the area behind a door is: { inside, capacity, light }, or null where nobody counts. */
  filling(id) {
    const door = this.door(id);
    if (!door) {
      return null;
    }
    const inside = this.people.inside(door.area, this.now());
    return { inside, capacity: door.capacity ?? null, light: lightOf(inside, door.capacity) };
  }

  /** The code of somebody found by name; null when the device cannot make it (no HTTPS) or no ticket is valid. */
  async codeOf(person) {
    const number = person.tickets.at(-1) ?? person.revoked.at(-1);
    return number && this.key ? tokenOf(number, this.key) : null;
  }

  /** Take a decision back. Returns the scan to send, or null when it is too late. */
  takeBack(decision) {
    const at = this.now();
    const made = decision.at;
    const target = { direction: decision.scan.direction, at: made, until: made + UNDO_MINUTES * MINUTE };
    const outcome = decideUndo(target, at);
    if (outcome === "wrong_time") {
      return null;
    }
    if (decision.undo) {
      this.people.restore(decision.undo.token, decision.undo.area, decision.undo.standing);
    }
    this.recent = this.recent.filter(({ scan }) => scan.id !== decision.scan.id);
    const direction = decision.scan.direction === "in" ? "out" : "in";
    const { checkpoint, ticket, id } = decision.scan;
    const scan = { id: this.newId(), checkpoint, ticket, direction, scanned_at: this.stamp(), undoes: id };
    return { scan, at, outcome, person: decision.person };
  }
}

const NEARLY_FULL = 0.85;

/** The same as inser_events/checkin/filling.py. */
export function lightOf(inside, capacity) {
  if (!capacity) {
    return "";
  }
  return inside >= capacity ? "red" : inside >= capacity * NEARLY_FULL ? "amber" : "green";
}

function kindOf(token, found, genuine) {
  if (!token || genuine === false) {
    return "unknown";
  }
  if (found) {
    return found.revoked ? "revoked" : "known";
  }
  return genuine ? "authentic" : "unknown";
}
