/** Shows the way back to the scanner where this browser is paired already. */
import { openStore } from "./scan/store.js";

export default async function (element) {
  const store = await openStore();
  if (!(await store.device())) {
    return;
  }
  const name = (await store.frame())?.event.name ?? {};
  element.querySelector("[data-event]").textContent = name[document.documentElement.lang] ?? Object.values(name)[0] ?? "";
  element.hidden = false;
}
