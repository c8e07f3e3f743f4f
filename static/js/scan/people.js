/** Who is registered, in memory: by ticket number and by name; and where each of them stands as far as is known. */
import { wallTime } from "./clock.js";
import { fold } from "./names.js";
import { NUMBER_LETTERS } from "./tokens.js";

export class People {
  /** `clock`: { zone, offsets }, see `clock.js`. */
  constructor(clock) {
    this.clock = clock;
    this.byCode = new Map();
    this.byBucket = new Map();
    this.strangers = new Map();
    this.knownDays = new Map();
  }

  /** Replace a bucket by its rows, see `columns` of the snapshot. */
  load(bucket, rows, columns) {
    for (const person of this.byBucket.get(bucket) ?? []) {
      [...person.tickets, ...person.revoked].forEach((code) => this.byCode.delete(code));
    }
    const people = rows.map((row) => Object.fromEntries(columns.map((column, place) => [column, row[place]])));
    for (const person of people) {
      person.text = fold([person.name, person.name_latin, person.organisation].join(" "));
      person.tickets.forEach((code) => this.byCode.set(code, { person, revoked: false }));
      person.revoked.forEach((code) => this.byCode.set(code, { person, revoked: true }));
    }
    this.byBucket.set(bucket, people);
  }

  get all() {
    return [...this.byBucket.values()].flat();
  }

  get count() {
    let count = 0;
    this.byBucket.forEach((people) => (count += people.length));
    return count;
  }

  /** The ticket with this number: { person, revoked }, or undefined. */
  find(token) {
    return this.byCode.get(token.slice(0, NUMBER_LETTERS));
  }

  /** Where the holder of a token stands in an area at a moment (milliseconds): the last passage of that day, or null. */
  standing(token, area, at) {
    const known = this.passages(token)[area];
    return known && this.sameDay(known.last, at) ? known : null;
  }

  /** Note a passage. `counted` scans only. */
  pass(token, area, scan, at) {
    const passages = this.passages(token);
    const known = passages[area];
    if (known && known.last > at) {
      return; // an older one, replayed over a newer snapshot
    }
    const inside = known?.direction === "in" && this.sameDay(known.last, at);
    if (scan.direction === "in") {
      passages[area] = {
        first: known?.first ?? at,
        entered: inside ? known.entered : at,
        checkpoint: inside ? known.checkpoint : scan.checkpoint,
        direction: "in",
        last: at,
      };
    } else {
      passages[area] = { first: known?.first ?? null, entered: null, checkpoint: "", direction: "out", last: at };
    }
  }

  /** Put an area back as it was before a scan that is taken back. */
  restore(token, area, standing) {
    const passages = this.passages(token);
    if (standing) {
      passages[area] = standing;
    } else {
      delete passages[area];
    }
  }

  passages(token) {
    const found = this.find(token);
    if (found) {
      return this.places(found.person);
    }
    const number = token.slice(0, NUMBER_LETTERS);
    if (!this.strangers.has(number)) {
      this.strangers.set(number, {});
    }
    return this.strangers.get(number);
  }

  places(person) {
    person.places ??= Object.fromEntries(
      Object.entries(person.passages).map(([area, [first, entered, direction, last, checkpoint]]) => [
        area,
        { first, entered, direction, last, checkpoint },
      ]),
    );
    return person.places;
  }

  sameDay(a, b) {
    return this.day(a) === this.day(b);
  }

  /** The day of a moment where the event is. All zones differ by whole quarters of an hour, so few need formatting. */
  day(at) {
    const quarter = Math.floor(at / 900_000);
    if (!this.knownDays.has(quarter)) {
      this.knownDays.set(quarter, wallTime(at, this.clock).day);
    }
    return this.knownDays.get(quarter);
  }

  /** How many are inside an area, as far as this device knows. */
  inside(area, at) {
    const isIn = (places) => places?.[area]?.direction === "in" && this.sameDay(places[area].last, at);
    let count = 0;
    this.strangers.forEach((places) => (count += isIn(places)));
    this.byBucket.forEach((people) => people.forEach((person) => (count += isIn(this.places(person)))));
    return count;
  }
}
