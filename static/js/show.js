/** The full-screen code: the screen stays awake, and the page is kept for a place without a network. */
export default async function show(root) {
  if (root.hasAttribute("data-forget")) {
    // The last page of this ticket: nothing of it stays on the phone.
    const cache = await globalThis.caches?.open("tickets");
    await cache?.delete(window.location.href, { ignoreSearch: true });
    return;
  }
  awake();
  document.addEventListener("visibilitychange", awake);
  await keep(root);
}

async function awake() {
  if (!document.hidden) {
    // Refused on low battery: the code still shows.
    await navigator.wakeLock?.request("screen").catch(() => null);
  }
}

async function keep(root) {
  try {
    await navigator.serviceWorker.register("/tickets/sw.js", { scope: "/tickets/" });
    await navigator.serviceWorker.ready;
    // The page that installs the worker did not pass through it: fetch it once more.
    const cache = await caches.open("tickets");
    await cache.add(new Request(window.location.href, { cache: "no-cache" }));
    root.querySelector("[data-kept]").hidden = false;
  } catch {
    // A private window, an old browser, no certificate: the page works, only not without a network.
  }
}
