/** Hides the bar at the foot of a phone while the same button is on screen higher up. */
export default function actionBar(bar) {
  const href = bar.querySelector("a").getAttribute("href");
  const first = document.querySelector(`main a[href="${href}"]`);
  if (!first) {
    return;
  }
  new IntersectionObserver(([entry]) => {
    bar.hidden = entry.isIntersecting;
  }).observe(first);
}
