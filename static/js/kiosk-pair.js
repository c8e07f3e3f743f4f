/** The address a kiosk is opened with is /kiosk#<token>: the token is sent once and must not stay in the history. */
export default function kioskPair(element) {
  const token = window.location.hash.slice(1);
  if (token) {
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
    const form = element.querySelector("form");
    form.elements.token.value = token;
    form.submit();
  }
}
