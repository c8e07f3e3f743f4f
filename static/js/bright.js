/** Keeps the screen awake while the ticket's code fills it, so that it does not dim in the queue. */
export default function bright(opener) {
  const full = document.getElementById(opener.getAttribute("popovertarget"));
  let lock = null;

  async function hold() {
    try {
      lock = await navigator.wakeLock?.request("screen");
    } catch {
      // Refused on low battery: the code still shows.
    }
  }

  full.addEventListener("toggle", (event) => {
    if (event.newState === "open") {
      hold();
      full.querySelector("button").focus();
    } else {
      lock?.release();
      lock = null;
    }
  });
}
