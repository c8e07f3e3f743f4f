/**
 * Keeps the scanner's shell, so that /scan opens without a network. Served at /scan/sw.js behind shell-worker.js; its
 * VERSION changes with every static file. It never touches the API.
 */
/* global CACHE, SHELL, answerWith, kept */
const PAGE = "/scan/door";

answerWith((request, address) => {
  if (request.mode === "navigate") {
    return page(request, address);
  }
  return address.pathname.startsWith("/static/v-") && kept(request);
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
