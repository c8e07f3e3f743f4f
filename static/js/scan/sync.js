/**
 * Scans go up, the snapshot comes down, in the background. Nothing is taken out of the queue before the server has
 * answered for it; whatever went wrong, the next round tries again.
 */
import { Offline, SignedOff } from "./server.js";

const BATCH = 200;
const AT_ONCE = 4_000;
const ROUND = 15_000;
const SIGN_OF_LIFE = 60_000;

export class Sync {
  /** `on`: { answered(entry, result), changed(), signedOff(reason) }. */
  constructor({ store, engine, server, on, clock = () => Date.now() }) {
    Object.assign(this, { store, engine, server, on, clock });
    this.lastContact = null;
    this.online = null;
    this.waiting = 0;
    this.nextSnapshot = 0;
    this.order = 0;
    this.busy = null;
  }

  /** Keep a decision and try to tell the server at once. Resolves when it is safely kept. */
  async record(decision) {
    const entry = {
      scan: { ...decision.scan, shown: decision.outcome, offline: false },
      outcome: decision.outcome,
      order: this.clock() * 1000 + (this.order++ % 1000),
    };
    await this.store.enqueue(entry);
    this.waiting += 1;
    this.on.changed();
    this.upload({ patience: AT_ONCE });
  }

  /** Send what waits, oldest first. One upload at a time; those that come meanwhile wait for the next. */
  upload(options = {}) {
    this.again = Boolean(this.busy);
    this.busy ??= this.sendAll(options).finally(() => {
      this.busy = null;
      if (this.again) {
        this.upload(options);
      }
    });
    return this.busy;
  }

  async sendAll({ patience }) {
    let batch = [];
    try {
      let queue = await this.store.queue();
      do {
        batch = queue.slice(0, BATCH);
        queue = queue.slice(BATCH);
        const answer = await this.server.upload(batch.map((entry) => entry.scan), { waiting: queue.length, patience });
        await this.settle(batch, answer.results);
        this.contact(true);
      } while (queue.length);
    } catch (error) {
      await this.failed(error, batch);
    }
    this.waiting = (await this.store.queue()).length;
    this.on.changed();
  }

  async settle(batch, results) {
    await this.store.dequeue(batch.map((entry) => entry.scan.id));
    batch.forEach((entry, place) => this.on.answered(entry, results[place]));
  }

  /** The door has acted on the device's own decisions by now: say so when they are sent again. */
  async failed(error, batch) {
    if (error instanceof SignedOff) {
      this.contact(true);
      this.on.signedOff(error.reason);
      return;
    }
    this.contact(false);
    const alone = batch.filter((entry) => !entry.scan.offline);
    alone.forEach((entry) => (entry.scan.offline = true));
    if (alone.length) {
      await this.store.enqueue(...alone);
    }
    if (!(error instanceof Offline)) {
      console.error("upload", error);
    }
  }

  /** Fetch what changed. */
  async refresh() {
    const known = this.engine.frame;
    try {
      const { buckets, ...frame } = (await this.server.snapshot(known?.marker, known?.etag)) ?? { buckets: {}, ...known };
      frame.fetched_at = this.clock();
      const everything = known?.event.ticket_key !== frame.event.ticket_key;
      await this.store.saveSnapshot(frame, Object.fromEntries(Object.entries(buckets).map(([name, rows]) => [name, [name, rows]])));
      await this.engine.useFrame(frame);
      Object.entries(buckets).forEach(([name, rows]) => this.engine.people.load(name, rows, frame.columns));
      this.engine.replay(await this.store.queue());
      this.contact(true);
      this.nextSnapshot = this.clock() + frame.refresh_seconds * 1000;
      this.on.changed({ everything });
    } catch (error) {
      await this.failed(error, []);
      this.nextSnapshot = this.clock() + ROUND;
      this.on.changed();
    }
  }

  contact(reached) {
    this.online = reached;
    if (reached) {
      this.lastContact = this.clock();
    }
  }

  /** Every few seconds, and whenever the network comes back. */
  start() {
    const round = () => {
      const quiet = this.clock() - (this.lastContact ?? 0) > SIGN_OF_LIFE;
      if (this.waiting || quiet) {
        this.upload();
      }
      if (this.clock() >= this.nextSnapshot) {
        this.refresh();
      }
      this.on.changed();
    };
    this.timer = setInterval(round, ROUND);
    globalThis.addEventListener?.("online", () => {
      this.nextSnapshot = 0;
      this.upload().then(round);
    });
    globalThis.addEventListener?.("offline", () => {
      this.online = false;
      this.on.changed();
    });
  }

  stop() {
    clearInterval(this.timer);
  }
}
