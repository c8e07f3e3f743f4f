/** Tabs that do not fit on a phone are a row that scrolls: each starts where the reader is. */
export default function tabsInView(content) {
  content.querySelectorAll(".tabs").forEach((row) => {
    const here = row.querySelector("[aria-current]");
    if (here && row.scrollWidth > row.clientWidth) {
      const box = here.getBoundingClientRect();
      const frame = row.getBoundingClientRect();
      row.scrollBy(box.left + box.width / 2 - (frame.left + frame.width / 2), 0);
    }
  });
}
