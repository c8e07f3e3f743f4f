/** Sets the type of a screen smaller, step by step, until all of it is in sight: nobody scrolls a screen on a wall. */
const WIDE = matchMedia("(min-width: 60rem)");
const STEP = 0.94;
const SMALLEST = 0.4;

export default function liveFit(element) {
  const page = document.documentElement;

  function fit() {
    let size = 1;
    element.style.setProperty("--fit", size);
    while (WIDE.matches && page.scrollHeight > window.innerHeight && size > SMALLEST) {
      size *= STEP;
      element.style.setProperty("--fit", size.toFixed(3));
    }
  }

  // A new frame brings elements; the clock that ticks brings only text.
  const isFrame = ({ addedNodes }) => [...addedNodes].some((node) => node.nodeType === Node.ELEMENT_NODE);
  new MutationObserver((changes) => changes.some(isFrame) && fit()).observe(element, { childList: true, subtree: true });
  window.addEventListener("resize", fit);
  document.fonts.ready.then(fit);
  fit();
}
