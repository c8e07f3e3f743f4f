/**
 * What the device keeps: its pairing, the snapshot, the scans that wait. IndexedDB, so that it outlives a closed page.
 * When the browser has none (private windows of some), everything still works until the page is closed.
 */
import { openDB } from "../../vendor/idb/index.js";

const NAME = "inser-door";
const TABLES = ["device", "frame", "buckets", "queue", "photos"];
const VERSION = 2;

export async function openStore() {
  try {
    const db = await openDB(NAME, VERSION, {
      upgrade(database) {
        const missing = TABLES.filter((table) => !database.objectStoreNames.contains(table));
        missing.forEach((table) => database.createObjectStore(table));
      },
      blocking(_current, _blocked, event) {
        event.target.close(); // a newer scanner in another tab may go on; this one reads the store anew when reloaded
      },
    });
    // Ask the browser not to clear it when space runs short; a refusal changes nothing.
    navigator.storage?.persist?.().catch(() => false);
    return new Store(new Database(db));
  } catch {
    return new Store(new Memory());
  }
}

class Database {
  constructor(db) {
    this.db = db;
    this.lasting = true;
  }

  get(table, key) {
    return this.db.get(table, key);
  }

  entries(table) {
    return this.db.getAll(table);
  }

  keys(table) {
    return this.db.getAllKeys(table);
  }

  /** Several changes at once: all of them or none. [table, key, value]; value undefined deletes. */
  async change(changes) {
    const transaction = this.db.transaction([...new Set(changes.map(([table]) => table))], "readwrite", {
      durability: "strict",
    });
    for (const [table, key, value] of changes) {
      const target = transaction.objectStore(table);
      value === undefined ? target.delete(key) : target.put(value, key);
    }
    await transaction.done;
  }

  async clear(tables) {
    const transaction = this.db.transaction(tables, "readwrite");
    tables.forEach((table) => transaction.objectStore(table).clear());
    await transaction.done;
  }
}

class Memory {
  constructor() {
    this.lasting = false;
    this.tables = Object.fromEntries(TABLES.map((table) => [table, new Map()]));
  }

  async get(table, key) {
    return this.tables[table].get(key);
  }

  async entries(table) {
    return [...this.tables[table].values()];
  }

  async keys(table) {
    return [...this.tables[table].keys()];
  }

  async change(changes) {
    for (const [table, key, value] of changes) {
      value === undefined ? this.tables[table].delete(key) : this.tables[table].set(key, structuredClone(value));
    }
  }

  async clear(tables) {
    tables.forEach((table) => this.tables[table].clear());
  }
}

export class Store {
  constructor(backend) {
    this.backend = backend;
  }

  get lasting() {
    return this.backend.lasting;
  }

  device() {
    return this.backend.get("device", "device");
  }

  saveDevice(device) {
    return this.backend.change([["device", "device", device]]);
  }

  frame() {
    return this.backend.get("frame", "frame");
  }

  buckets() {
    return this.backend.entries("buckets");
  }

  /** A snapshot and the buckets that changed with it. */
  saveSnapshot(frame, buckets) {
    const changes = Object.entries(buckets).map(([name, rows]) => ["buckets", name, rows]);
    return this.backend.change([...changes, ["frame", "frame", frame]]);
  }

  photo(name) {
    return this.backend.get("photos", name);
  }

  photoNames() {
    return this.backend.keys("photos");
  }

  /** Keep a picture (a Blob); undefined forgets it. */
  savePhoto(name, picture) {
    return this.backend.change([["photos", name, picture]]);
  }

  async queue() {
    const waiting = await this.backend.entries("queue");
    return waiting.sort((a, b) => a.order - b.order);
  }

  enqueue(...entries) {
    return this.backend.change(entries.map((entry) => ["queue", entry.scan.id, entry]));
  }

  dequeue(ids) {
    return ids.length ? this.backend.change(ids.map((id) => ["queue", id])) : undefined;
  }

  /** Forget names, key and pairing. The scans that wait hold no names: they stay until told otherwise. */
  async forget({ scans = false } = {}) {
    await this.backend.clear(scans ? TABLES : TABLES.filter((table) => table !== "queue"));
  }
}
