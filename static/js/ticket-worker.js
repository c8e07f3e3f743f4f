/**
 * Keeps the full-screen pages of tickets that were opened on this phone. Served at /tickets/sw.js behind
 * shell-worker.js. Only addresses that end in /show are kept; a cancelled or replaced ticket is forgotten.
 */
/* global answerWith, kept */
const TICKETS = "tickets";

answerWith((request, address) => {
  if (/^\/tickets\/[A-Za-z]{30}\/show$/.test(address.pathname)) {
    return ticket(request);
  }
  return address.pathname.startsWith("/static/v-") && kept(request);
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
