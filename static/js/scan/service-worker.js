/**
 * Keeps the scanner's shell, so that /scan opens without a network. Served at /scan/sw.js with two lines in front:
 * VERSION (changes with every static file) and SHELL (the addresses to keep). It never touches the API.
 */
/* global VERSION, SHELL */
const CACHE = `door-${VERSION}`;
const PAGE = "/scan/door";

self.addEventListener("install", (event) => {
  const kept = caches.open(CACHE).then((cache) => cache.addAll(SHELL));
  event.waitUntil(kept.then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => names.filter((name) => name.startsWith("door-") && name !== CACHE));
  const cleared = old.then((names) => Promise.all(names.map((name) => caches.delete(name))));
  event.waitUntil(cleared.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(page(request, address));
  } else if (address.pathname.startsWith("/static/v-")) {
    event.respondWith(kept(request));
  }
});

/** The page from the network; without one, the scanner in the language asked for. A thick wall often means a slow network, not none. */
async function page(request, address) {
  const cache = await caches.open(CACHE);
  const wanted = address.pathname === PAGE ? PAGE + address.search : PAGE;
  const shell = (await cache.match(wanted)) ?? (await cache.match(PAGE));
  if (address.pathname === PAGE && shell) {
    refresh(cache, wanted);
    return shell;
  }
  try {
    return await fetch(request);
  } catch (error) {
    if (shell) {
      return shell;
    }
    throw error;
  }
}

/** The shell is shown from the cache at once and renewed behind the scenes. */
function refresh(cache, wanted) {
  if (!SHELL.includes(wanted)) {
    return;
  }
  fetch(wanted)
    .then((answer) => (answer.ok ? cache.put(wanted, answer) : undefined))
    .catch(() => undefined);
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
