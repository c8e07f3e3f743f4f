/** Shows how work on the server gets on: fetches the page again every data-every milliseconds until it needs no more. */
export default function poll(element) {
  const pause = Number(element.dataset.every) || 2000;

  async function look() {
    // Not under somebody's hands: what they opened or stand on stays until they are done.
    const inUse = element.contains(document.activeElement) || element.querySelector("details[open]");
    if (document.hidden || inUse) {
      setTimeout(look, pause);
      return;
    }
    try {
      const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(element.id);
      if (!answer.ok || !fresh) {
        return;
      }
      element.replaceChildren(...fresh.childNodes);
      if (!fresh.dataset.module) {
        return;
      }
    } catch {
      // No network for a moment: the next look may find one.
    }
    setTimeout(look, pause);
  }

  setTimeout(look, pause);
}
