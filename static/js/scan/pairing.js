/** Being paired, and ceasing to be. */
import { Server } from "./server.js";
import { Sync } from "./sync.js";

/**
 * The address after pairing is /scan/door#pair=<token>&door=<id>; the token must not stay in the history. Scans that
 * still wait are sent under the pairing they were made with, as far as it reaches.
 */
export async function pairFromAddress(store) {
  const given = new URLSearchParams(location.hash.slice(1));
  if (!given.get("pair")) {
    return;
  }
  history.replaceState(null, "", location.pathname + location.search);
  const before = await store.device();
  if (before && before.token !== given.get("pair")) {
    await handIn(store, before.token);
  }
  await store.forget();
  await store.saveDevice({ token: given.get("pair"), door: given.get("door") ?? "" });
}

async function handIn(store, token) {
  const engine = { offset: 0, frame: null };
  const on = { answered() {}, changed() {}, signedOff() {} };
  const sync = new Sync({ store, engine, server: new Server(token), on });
  if (await sync.load()) {
    await sync.upload();
  }
}

/**
 * The pairing is over. Names and key go at once, and the scans that nobody will take any more: returns how many. When
 * the pairing has merely run out they stay, and are sent after the next one.
 */
export async function forgetPairing(store, reason) {
  const waiting = (await store.queue()).length;
  const lost = reason === "expired" ? 0 : waiting;
  await store.forget({ scans: reason !== "expired" });
  return lost;
}
