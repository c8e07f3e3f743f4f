/** The scanner page: camera, USB scanner, typing and name search lead to one decision on the device. */
import { Engine } from "./scan/engine.js";
import { Eye } from "./scan/eye.js";
import { initial, next, takes } from "./scan/machine.js";
import { matching } from "./scan/names.js";
import { Server } from "./scan/server.js";
import { Sounds } from "./scan/sounds.js";
import { openStore } from "./scan/store.js";
import { Sync } from "./scan/sync.js";
import { findToken } from "./scan/tokens.js";
import { TONES, View } from "./scan/view.js";
import { Wedge } from "./scan/wedge.js";

const KEPT_ANSWERS = 30;
const OVERRIDABLE = ["not_confirmed", "wrong_mode", "wrong_checkpoint", "wrong_time"];

class Scanner {
  constructor(root) {
    this.view = new View(root);
    this.sounds = new Sounds();
    this.engine = new Engine();
    this.state = initial;
    this.answers = [];
  }

  async start() {
    this.store = await openStore();
    await this.pairFromAddress();
    this.device = await this.store.device();
    if (!this.device) {
      this.unpaired("none");
      return;
    }
    await this.engine.load(await this.store.frame(), await this.store.buckets(), await this.store.queue());
    this.sync = new Sync({
      store: this.store,
      engine: this.engine,
      server: new Server(this.device.token),
      on: {
        answered: (entry, result) => this.answered(result),
        changed: () => this.refreshStatus(),
        signedOff: (reason) => this.signedOff(reason),
      },
    });
    this.sync.waiting = (await this.store.queue()).length;
    this.wire();
    this.refreshStatus();
    this.view.show("paired", true);
    await this.sync.refresh();
    if (!this.device) {
      return; // signed off meanwhile
    }
    this.sync.upload();
    this.sync.start();
    this.eye.open();
  }

  /** The address after pairing is /scan/door#pair=<token>&door=<id>; the token must not stay in the history. */
  async pairFromAddress() {
    const given = new URLSearchParams(location.hash.slice(1));
    if (given.get("pair")) {
      history.replaceState(null, "", location.pathname + location.search);
      await this.store.forget();
      await this.store.saveDevice({ token: given.get("pair"), door: given.get("door") ?? "" });
    }
  }

  wire() {
    const { view } = this;
    this.wedge = new Wedge((text) => this.read(text));
    document.addEventListener("keydown", (event) => {
      this.sounds.wake();
      if (!event.target.matches("input, select, textarea") && this.wedge.press(event)) {
        event.preventDefault();
      }
    });
    document.addEventListener("pointerdown", () => this.sounds.wake());
    view.part("door").addEventListener("change", () => this.chooseDoor());
    view.part("entry").addEventListener("submit", (event) => this.submitted(event));
    view.part("code").addEventListener("input", () => this.typed());
    view.part("sound").addEventListener("click", (event) => this.toggleSound(event.currentTarget));
    view.part("undo").addEventListener("click", () => this.takeBack());
    view.part("anyway").addEventListener("click", () => view.part("reason-dialog").showModal());
    view.part("reason-form").addEventListener("submit", (event) => this.admitAnyway(event));
    view.part("next").addEventListener("click", () => this.clear());
    this.eye = new Eye(view, (text) => this.read(text));
  }

  get direction() {
    return this.view.root.querySelector('input[name="direction"]:checked').value;
  }

  get door() {
    return this.view.part("door").value;
  }

  get about() {
    return {
      timeZone: this.engine.frame?.event.time_zone,
      doorName: (id) => this.view.text(this.engine.door(id)?.name),
    };
  }

  /** A code was read, by whatever means. */
  async read(text, { reason = "" } = {}) {
    const at = Date.now();
    const key = findToken(text) ?? text;
    const taken = reason || takes(this.state, key, at);
    this.state = next(this.state, { type: "read", text: key, at });
    if (!taken || !this.engine.ready) {
      return;
    }
    const decision = await this.engine.read(text, { checkpoint: this.door, direction: this.direction, reason });
    const mayOverride = OVERRIDABLE.includes(decision.outcome) && this.engine.door(this.door)?.override === true;
    this.present({ ...decision, mayOverride, sure: !decision.unsure });
    await this.sync.record(decision);
  }

  present(decision) {
    this.state = next(this.state, { type: "decided", decision });
    this.answers = [this.state.answer, ...this.answers].slice(0, KEPT_ANSWERS);
    this.render();
    this.signal(decision.outcome);
  }

  signal(outcome) {
    this.sounds.play(TONES[outcome]);
    navigator.vibrate?.(TONES[outcome] === "good" || TONES[outcome] === "out" ? 60 : [120, 80, 120]);
  }

  render() {
    if (this.state.answer) {
      this.view.answer(this.state.answer, this.about);
    }
    this.view.recent(this.answers.slice(0, 8), { ...this.about, choose: (answer) => this.recall(answer) });
  }

  /** The server has answered one of our scans; when it says otherwise, that is said aloud. */
  answered(result) {
    const before = this.state.answer;
    this.state = next(this.state, { type: "confirmed", result });
    const place = this.answers.findIndex((answer) => answer.scan.id === result?.id);
    if (place >= 0 && result.outcome) {
      const changed = result.outcome !== this.answers[place].outcome;
      const kept = this.answers[place].phase === "taken back" ? "taken back" : "confirmed";
      this.answers[place] = { ...this.answers[place], outcome: result.outcome, result, phase: kept };
      this.state = this.state.answer?.scan.id === result.id ? { ...this.state, answer: this.answers[place] } : this.state;
      if (changed) {
        this.signal(result.outcome);
      }
    }
    if (this.state.answer !== before || place >= 0) {
      this.render();
    }
  }

  async takeBack() {
    const { answer } = this.state;
    const undone = answer && this.engine.takeBack(answer);
    if (!undone) {
      this.view.part("urgent").append(this.view.say("too_late"));
      return;
    }
    this.state = next(this.state, { type: "taken back", id: answer.scan.id });
    this.answers = this.answers.map((old) => (old.scan.id === answer.scan.id ? this.state.answer : old));
    this.state = { ...this.state, last: null };
    this.render();
    this.sounds.play("out");
    await this.sync.record(undone);
  }

  admitAnyway({ submitter }) {
    const reason = this.view.part("reason").value.trim();
    if (reason && submitter?.value !== "cancel" && this.state.answer) {
      this.read(this.state.answer.scan.ticket, { reason });
    }
  }

  recall(answer) {
    this.state = { ...this.state, answer };
    this.render();
  }

  clear() {
    this.state = next(this.state, { type: "cleared" });
    this.view.clearAnswer();
    this.view.part("code").value = "";
    this.view.found([]);
  }

  submitted(event) {
    event.preventDefault();
    const field = this.view.part("code");
    const text = field.value.trim();
    if (findToken(text) || !this.found(text).length) {
      if (text) {
        this.read(text);
      }
      field.value = "";
      this.view.found([]);
    }
  }

  typed() {
    const text = this.view.part("code").value;
    this.view.found(findToken(text) ? [] : this.found(text), (person) => this.choosePerson(person));
  }

  found(text) {
    return text.trim().length < 2 ? [] : matching(this.engine.people.all, text);
  }

  /** Somebody without a badge was found by name: their ticket is read for them. */
  async choosePerson(person) {
    this.view.part("code").value = "";
    this.view.found([]);
    const code = await this.engine.codeOf(person);
    if (code) {
      this.read(code);
    }
  }

  async chooseDoor() {
    this.device = { ...this.device, door: this.door };
    await this.store.saveDevice(this.device);
    this.state = { ...this.state, last: null };
  }

  toggleSound(button) {
    this.sounds.on = !this.sounds.on;
    button.setAttribute("aria-pressed", String(this.sounds.on));
  }

  refreshStatus() {
    const { frame } = this.engine;
    if (frame) {
      this.view.part("event").textContent = this.view.text(frame.event.name);
      this.view.part("device-name").textContent = frame.device?.name ?? "";
      this.view.doors(frame.checkpoints, this.device?.door);
    }
    this.view.status({
      ready: this.engine.ready,
      lasting: this.store.lasting,
      people: this.engine.people.count,
      age: frame ? Date.now() - frame.fetched_at : 0,
      waiting: this.sync?.waiting ?? 0,
      lastContact: this.sync?.lastContact,
      online: this.sync?.online,
      timeZone: undefined,
    });
  }

  /** Signed off by the organisers: names and key go at once. Expired: the scans that wait can still be sent later. */
  async signedOff(reason) {
    this.sync.stop();
    this.eye.close();
    const lost = (await this.store.queue()).length;
    await this.store.forget({ scans: reason !== "expired" });
    this.device = null;
    this.engine = new Engine();
    this.unpaired(reason, reason === "expired" ? 0 : lost);
  }

  unpaired(reason, lost = 0) {
    this.view.show("paired", false);
    this.view.show("unpaired", true);
    const loss = lost ? ` ${this.view.say("unpaired.lost", { count: lost })}` : "";
    this.view.part("unpaired-why").textContent = this.view.say(`unpaired.${reason}`) + loss;
  }
}

export default function (root) {
  navigator.serviceWorker?.register("/scan/sw.js", { scope: "/scan" }).catch((error) => console.warn("offline shell", error));
  new Scanner(root).start();
}
