/** Fetches the page every few seconds and puts its [data-live] part in place of this one. data-every: seconds. */
export default function (element) {
  const every = Number(element.dataset.every || 10) * 1000;
  setInterval(() => refresh(element), every);
}

async function refresh(element) {
  // Not while nobody looks, and not under the hands of somebody who is about to press a button in it.
  if (document.hidden || element.contains(document.activeElement)) {
    return;
  }
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) {
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-live]");
  const shown = element.querySelector("[data-live]");
  if (fresh && shown && fresh.innerHTML !== shown.innerHTML) {
    // What somebody has unfolded stays so.
    const unfolded = [...shown.querySelectorAll("details")].map((part) => part.open);
    fresh.querySelectorAll("details").forEach((part, place) => (part.open = unfolded[place] ?? false));
    shown.replaceWith(document.adoptNode(fresh));
  }
}
