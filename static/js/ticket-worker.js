/**
 * Keeps the full-screen pages of tickets that were opened on this phone. Served at /tickets/sw.js with two lines in
 * front: VERSION and SHELL. Only addresses that end in /show are kept; a cancelled or replaced ticket is forgotten.
 */
/* global VERSION, SHELL */
const CACHE = `ticket-shell-${VERSION}`;
const TICKETS = "tickets";

self.addEventListener("install", (event) => {
  const kept = caches.open(CACHE).then((cache) => cache.addAll(SHELL));
  event.waitUntil(kept.then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => names.filter((name) => name.startsWith("ticket-shell-") && name !== CACHE));
  const cleared = old.then((names) => Promise.all(names.map((name) => caches.delete(name))));
  event.waitUntil(cleared.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) {
    return;
  }
  if (/^\/tickets\/[A-Za-z]{30}\/show$/.test(address.pathname)) {
    event.respondWith(ticket(request));
  } else if (address.pathname.startsWith("/static/v-")) {
    event.respondWith(caches.match(request).then((found) => found ?? fetch(request)));
  }
});

/** From the network, so that a cancellation shows at once; without one, as it was last seen. */
async function ticket(request) {
  const cache = await caches.open(TICKETS);
  let answer;
  try {
    answer = await fetch(request);
  } catch (error) {
    const found = await cache.match(request, { ignoreSearch: true });
    if (found) {
      return found;
    }
    throw error;
  }
  await cache.delete(request, { ignoreSearch: true });
  if (answer.ok) {
    const copy = answer.clone();
    const isCancelled = (await copy.clone().text()).includes("data-forget");
    if (!isCancelled) {
      await cache.put(request, copy);
    }
  }
  return answer;
}
