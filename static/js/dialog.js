/** Turns a <dialog popover> into a modal one: focus stays inside, the page behind is inert. */
export default function dialog(element) {
  element.removeAttribute("popover");
  for (const opener of document.querySelectorAll(`[popovertarget="${element.id}"]`)) {
    const hides = opener.getAttribute("popovertargetaction") === "hide";
    opener.removeAttribute("popovertarget");
    opener.addEventListener("click", () => (hides ? element.close() : element.showModal()));
  }
  element.addEventListener("click", (event) => {
    // A click on the dialog itself, not on anything in it, is a click on the backdrop.
    if (event.target === element && !insideBox(element, event)) {
      element.close();
    }
  });
}

function insideBox(element, { clientX, clientY }) {
  const box = element.getBoundingClientRect();
  return clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
}
