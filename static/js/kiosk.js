/** A kiosk: a code is read by camera, USB scanner or keyboard; who holds it sees the name and prints the badge. */
import { Camera } from "./scan/camera.js";
import { findToken } from "./scan/tokens.js";
import { Wedge } from "./scan/wedge.js";

const PATIENCE = 30_000;
const IDLE = { ready: 30_000, refused: 12_000, printing: 9_000 };

class Kiosk {
  constructor(root) {
    this.root = root;
    this.sheet = document.querySelector("[data-kiosk-sheet]");
    this.code = "";
    this.timer = null;
  }

  part(name) {
    return this.root.querySelector(`[data-part="${name}"]`);
  }

  start() {
    this.wedge = new Wedge((text) => this.read(text));
    document.addEventListener("keydown", (event) => this.wedge.press(event) && event.preventDefault());
    this.part("print").addEventListener("click", () => this.print());
    this.root.querySelectorAll('[data-part="again"]').forEach((button) => button.addEventListener("click", () => this.show("start")));
    globalThis.addEventListener("afterprint", () => this.clear());
    this.camera = new Camera(this.part("video"), (text) => this.read(text));
    this.camera.start().catch(() => {
      this.root.dataset.camera = "none";
      this.part("note").hidden = false;
    });
  }

  /** One step at a time; every other one goes back to the start by itself. */
  show(step) {
    clearTimeout(this.timer);
    this.root.dataset.state = step;
    this.root.querySelectorAll("[data-step]").forEach((section) => { section.hidden = section.dataset.step !== step; });
    if (step === "start") {
      this.code = "";
      this.part("name").textContent = this.part("about").textContent = "";
    } else {
      this.timer = setTimeout(() => this.show("start"), IDLE[step]);
    }
    if (step === "ready") {
      this.part("print").focus();
    }
  }

  refuse(message) {
    this.part("message").textContent = message;
    this.show("refused");
  }

  async read(text) {
    if (this.root.dataset.state !== "start" || this.busy) {
      return;
    }
    const code = findToken(text);
    const found = await this.ask("/kiosk/scan", code ?? text);
    if (found?.state === "ready") {
      this.code = code;
      this.part("name").textContent = found.name;
      this.part("about").textContent = found.about;
      this.show("ready");
    }
  }

  async print() {
    const picture = await this.ask("/kiosk/print", this.code);
    if (!(picture instanceof Blob)) {
      return;
    }
    this.clear();
    this.sheet.src = URL.createObjectURL(picture);
    await this.sheet.decode();
    this.sheet.hidden = false;
    this.show("printing");
    globalThis.print();
  }

  /** The badge must not stay in the machine. */
  clear() {
    if (this.sheet.src) {
      URL.revokeObjectURL(this.sheet.src);
      this.sheet.removeAttribute("src");
      this.sheet.hidden = true;
    }
  }

  /** The answer: JSON, or a picture; undefined when there was none, which is said already. */
  async ask(address, code) {
    this.busy = true;
    try {
      const answer = await fetch(`${address}?lang=${document.documentElement.lang}`, { method: "POST", body: new URLSearchParams({ code }), signal: AbortSignal.timeout(PATIENCE) });
      if (answer.status === 401) {
        window.location.reload();
        return undefined;
      }
      if (!answer.ok) {
        this.refuse(this.root.dataset.failed);
        return undefined;
      }
      if (answer.headers.get("Content-Type") === "image/png") {
        return await answer.blob();
      }
      const found = await answer.json();
      if (found.state === "refused") {
        this.refuse(found.message);
      }
      return found;
    } catch {
      this.refuse(this.root.dataset.offline);
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}

export default function kiosk(root) {
  new Kiosk(root).start();
}
