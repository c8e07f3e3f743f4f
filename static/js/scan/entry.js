/** Codes that come without a camera: a USB scanner anywhere on the page, a typed code, a person found by name. */
import { matching } from "./names.js";
import { findToken } from "./tokens.js";
import { Wedge } from "./wedge.js";

const SHORTEST_NAME = 2;

export class Entry {
  /** `people()` gives the present list; `read(text)` takes a code, `choose(person)` somebody found. */
  constructor(view, { people, read, choose }) {
    Object.assign(this, { view, people, read, choose });
    this.field = view.part("code");
    this.wedge = new Wedge((text) => this.scanned(text));
    document.addEventListener("keydown", (event) => this.pressed(event));
    view.part("entry").addEventListener("submit", (event) => this.submitted(event));
    this.field.addEventListener("input", () => this.typed());
    // A list that keeps the focus would take a USB scanner's letters for a choice.
    view.root.addEventListener("change", (event) => event.target.matches("select") && event.target.blur());
  }

  pressed(event) {
    const inField = event.target === this.field;
    if (!inField && event.target.matches('select, textarea, input:not([type="radio"])')) {
      return;
    }
    // In the field Enter may also end a name that somebody typed; only a whole code is taken away from it.
    if (inField && event.key === "Enter" && !this.wedge.code) {
      this.wedge.clear();
      return;
    }
    if (this.wedge.press(event)) {
      event.preventDefault();
    }
  }

  scanned(text) {
    if (document.activeElement === this.field) {
      this.clear();
    }
    this.read(text);
  }

  submitted(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (findToken(text) || !this.found(text).length) {
      this.clear();
      if (text) {
        this.read(text);
      }
    }
  }

  typed() {
    const text = this.field.value;
    this.view.found(findToken(text) ? [] : this.found(text), (person) => {
      this.clear();
      this.choose(person);
    });
  }

  found(text) {
    return text.trim().length < SHORTEST_NAME ? [] : matching(this.people(), text);
  }

  clear() {
    this.field.value = "";
    this.view.found([]);
  }
}
