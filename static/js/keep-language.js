/** A language chosen in the address stays while one goes from page to page. */

const chosen = new URL(location.href).searchParams.get("lang");

/** The address with the chosen language, unless it names one itself or leaves this site. */
function inLanguage(address) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin || url.searchParams.has("lang") || url.protocol !== location.protocol) {
    return null;
  }
  url.searchParams.set("lang", chosen);
  return url.pathname + url.search + url.hash;
}

export default function keepLanguage() {
  if (!chosen) {
    return;
  }
  for (const link of document.querySelectorAll('a[href^="/"]')) {
    link.setAttribute("href", inLanguage(link.getAttribute("href")) ?? link.getAttribute("href"));
  }
  for (const form of document.querySelectorAll('form[method="post"]')) {
    form.action = inLanguage(form.getAttribute("action") || location.href) ?? form.action;
  }
}
