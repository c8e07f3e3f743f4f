/** What a device remembers of how it is used; nothing of whom it saw. Without storage: until the page is closed. */
const NAMES = ["language", "camera", "sound"];

export class Settings {
  constructor(storage = safe(() => globalThis.localStorage)) {
    for (const name of NAMES) {
      const key = `inser-scan-${name}`;
      let value = safe(() => storage.getItem(key)) ?? "";
      Object.defineProperty(this, name, {
        get: () => value,
        set(chosen) {
          value = chosen;
          safe(() => storage.setItem(key, chosen));
        },
      });
    }
  }
}

function safe(act) {
  try {
    return act();
  } catch {
    return null; // forbidden by the browser
  }
}

/**
 * The language the scanner should open in, or "" when it is the page's. The address decides and is remembered; else
 * what was chosen on this device; else what the phone speaks.
 */
export function otherLanguage({ asked, shown, offered, spoken, settings }) {
  if (offered.includes(asked)) {
    settings.language = asked;
    return "";
  }
  const own = spoken.map((tag) => tag.slice(0, 2).toLowerCase()).find((code) => offered.includes(code));
  const wanted = settings.language || own || shown;
  return wanted === shown || !offered.includes(wanted) ? "" : wanted;
}
