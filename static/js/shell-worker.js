/**
 * What our service workers share, and so the first part of each: `web/workers.py` puts VERSION, SHELL, PREFIX and this
 * before the worker's own file. Keeps the files of SHELL, and forgets those of earlier versions.
 */
/* global VERSION, SHELL, PREFIX */
const CACHE = `${PREFIX}${VERSION}`;

self.addEventListener("install", (event) => {
  const kept = caches.open(CACHE).then((cache) => cache.addAll(SHELL));
  event.waitUntil(kept.then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => names.filter((name) => name.startsWith(PREFIX) && name !== CACHE));
  const cleared = old.then((names) => Promise.all(names.map((name) => caches.delete(name))));
  event.waitUntil(cleared.then(() => self.clients.claim()));
});

/** Let *answer*(request, address) answer what is read from this site; where it returns nothing, the browser does. */
function answerWith(answer) {
  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const address = new URL(request.url);
    const found = request.method === "GET" && address.origin === location.origin && answer(request, address);
    if (found) {
      event.respondWith(found);
    }
  });
}

/** Static files never change under one address. */
async function kept(request) {
  const found = await caches.match(request);
  if (found) {
    return found;
  }
  const answer = await fetch(request);
  if (answer.ok) {
    (await caches.open(CACHE)).put(request, answer.clone());
  }
  return answer;
}
