/**
 * USB and Bluetooth scanners type like a keyboard, very fast, and end with Enter. They work anywhere on the page.
 *
 * Two readings are kept: the letters that the keyboard layout made, and the keys that were pressed. On an Arabic layout
 * the first is garbled and the second is right; with a scanner set to the host's own layout it is the other way round.
 */
import { findToken, LENGTH } from "./tokens.js";

const GAP = 1_200; // milliseconds between two keys of one code, on a computer that is busy with other things
const SILENCE = 200; // after which a whole code counts as ended; some scanners send no Enter

export class Wedge {
  /** `onCode(text)` gets what was scanned: the reading with a code in it, else the letters, for a diagnosis. */
  constructor(onCode) {
    this.onCode = onCode;
    this.clear();
  }

  clear() {
    this.letters = "";
    this.keys = "";
    this.last = 0;
    clearTimeout(this.timer);
  }

  /** Returns true when the key belonged to a scanner's code and should do nothing else. */
  press({ key, code, timeStamp, ctrlKey = false, metaKey = false, altKey = false }) {
    if (ctrlKey || metaKey || altKey) {
      this.clear();
      return false;
    }
    if (key === "Enter" || key === "Tab") {
      return this.end();
    }
    if (timeStamp - this.last > GAP) {
      this.clear();
    }
    if (key.length !== 1 && !code?.startsWith("Key")) {
      return false; // Shift, arrows
    }
    this.letters += key.length === 1 ? key : "";
    this.keys += code?.startsWith("Key") ? code.slice(3) : " ";
    this.last = timeStamp;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.code && this.end(), SILENCE);
    return false;
  }

  /** The reading with a code in it; null while there is none. */
  get code() {
    const { letters, keys } = this;
    return findToken(letters) ? letters : (findToken(keys) ?? findToken(keys.replaceAll(" ", "")));
  }

  end() {
    const { letters, keys, code } = this;
    this.clear();
    if (letters.length < LENGTH && keys.length < LENGTH) {
      return false;
    }
    this.onCode(code ?? letters);
    return true;
  }
}
