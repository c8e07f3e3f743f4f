/** On a phone the side navigation is a row that scrolls: start it where the reader is. */
export default function sideNav(nav) {
  const list = nav.querySelector("ul");
  const here = nav.querySelector("[aria-current]");
  if (here && list.scrollWidth > list.clientWidth) {
    const box = here.getBoundingClientRect();
    const frame = list.getBoundingClientRect();
    list.scrollBy(box.left + box.width / 2 - (frame.left + frame.width / 2), 0);
  }
}
