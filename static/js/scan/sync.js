/**
 * Scans go up, the snapshot comes down, in the background. Nothing is taken out of the queue before the server has
 * answered for it; whatever went wrong, the next round tries again.
 */
import { Offline, SignedOff } from "./server.js";

const BATCH = 200;
const AT_ONCE = 4_000;
const ROUND = 15_000;
const SIGN_OF_LIFE = 60_000;
const GOOD_CLOCK = 5_000;

export class Sync {
  /** `on`: { answered(entry, result), changed(), refreshed(), signedOff(reason) }. */
  constructor({ store, engine, server, on, clock = () => Date.now() }) {
    Object.assign(this, { store, engine, server, on, clock });
    this.lastContact = null;
    this.online = null;
    this.pending = []; // what the store's queue holds, oldest first: a day without a network is not read again and again
    this.nextSnapshot = 0;
    this.order = 0;
    this.busy = null;
  }

  get waiting() {
    return this.pending.length;
  }

  /** Take up what an earlier run has left in the queue. */
  async load() {
    this.pending = await this.store.queue();
    return this.waiting;
  }

  /** Keep a decision and try to tell the server at once. Resolves when it is safely kept. */
  async record(decision) {
    const entry = {
      scan: { ...decision.scan, shown: decision.outcome, offline: this.online === false },
      outcome: decision.outcome,
      at: decision.at,
      order: this.clock() * 1000 + (this.order++ % 1000),
    };
    await this.store.enqueue(entry);
    this.pending.push(entry);
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
    let batch;
    try {
      do {
        batch = this.pending.slice(0, BATCH);
        const sent = this.clock();
        const waiting = this.waiting - batch.length;
        const answer = await this.server.upload(batch.map((entry) => entry.scan), { waiting, patience, sentAt: new Date(sent) });
        await this.settle(batch, answer.results);
        await this.measure(answer.server_time, sent);
        this.contact(true);
        this.on.changed();
      } while (this.waiting);
    } catch (error) {
      await this.failed(error);
    }
    this.on.changed();
  }

  async settle(batch, results) {
    await this.store.dequeue(batch.map((entry) => entry.scan.id));
    this.pending = this.pending.filter((entry) => !batch.includes(entry));
    batch.forEach((entry, place) => this.on.answered(entry, results[place]));
  }

  /** The door has acted on the device's own decisions by now: say so when they are sent again. */
  async failed(error) {
    if (error instanceof SignedOff) {
      this.contact(true);
      this.on.signedOff(error.reason);
      return;
    }
    this.contact(false);
    const alone = this.pending.filter((entry) => !entry.scan.offline);
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
    const sent = this.clock();
    try {
      const fresh = await this.server.snapshot(known?.marker, known?.etag);
      const { buckets, ...frame } = fresh ?? { buckets: {}, ...known };
      frame.fetched_at = this.clock();
      frame.offset = fresh ? this.offsetFrom(fresh.server_time, sent) : this.engine.offset;
      await this.store.saveSnapshot(frame, Object.fromEntries(Object.entries(buckets).map(([name, rows]) => [name, [name, rows]])));
      await this.engine.useFrame(frame);
      Object.entries(buckets).forEach(([name, rows]) => this.engine.people.load(name, rows, frame.columns));
      this.engine.replay(this.pending);
      this.contact(true);
      this.nextSnapshot = this.clock() + frame.refresh_seconds * 1000;
      this.on.changed();
      this.on.refreshed?.();
    } catch (error) {
      await this.failed(error);
      this.nextSnapshot = this.clock() + ROUND;
      this.on.changed();
    }
  }

  /** Note how far this device's clock is off, so that it decides by the right one also while it is alone. */
  async measure(serverTime, sent) {
    const offset = this.offsetFrom(serverTime, sent);
    const { frame } = this.engine;
    if (Math.abs(offset - this.engine.offset) > GOOD_CLOCK) {
      this.engine.offset = offset;
      if (frame) {
        frame.offset = offset;
        await this.store.saveSnapshot(frame, {});
      }
    }
  }

  /** Milliseconds that the server is ahead; nothing when that is no more than the network lets us measure. */
  offsetFrom(serverTime, sent) {
    const offset = Date.parse(serverTime) - (sent + this.clock()) / 2;
    return Math.abs(offset) > GOOD_CLOCK ? Math.round(offset) : 0;
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
