/** The scanner page: camera, USB scanner, typing and name search lead to one decision on the device. */
import { Engine } from "./scan/engine.js";
import { Entry } from "./scan/entry.js";
import { Eye } from "./scan/eye.js";
import { initial, next, takes } from "./scan/machine.js";
import { forgetPairing, pairFromAddress } from "./scan/pairing.js";
import { Photos } from "./scan/photos.js";
import { Server } from "./scan/server.js";
import { otherLanguage, Settings } from "./scan/settings.js";
import { Sounds } from "./scan/sounds.js";
import { openStore } from "./scan/store.js";
import { Sync } from "./scan/sync.js";
import { findToken } from "./scan/tokens.js";
import { TONES, View } from "./scan/view.js";

const KEPT_ANSWERS = 30;
const SHOWN_ANSWERS = 8;
const OVERRIDABLE = ["not_confirmed", "wrong_mode", "wrong_checkpoint", "wrong_time"];
const UNOPENABLE = ["no_door", "exit_only", "entrance_only"]; // no reason opens these

class Scanner {
  constructor(root, settings) {
    this.view = new View(root);
    this.settings = settings;
    this.sounds = new Sounds(settings.sound !== "off");
    this.engine = new Engine();
    this.state = initial;
    this.answers = [];
    this.left = 0; // scans an earlier run had not sent
  }

  async start() {
    this.store = await openStore();
    await pairFromAddress(this.store);
    this.device = await this.store.device();
    if (!this.device) {
      this.unpaired("none");
      return;
    }
    await this.engine.load(await this.store.frame(), await this.store.buckets(), await this.store.queue());
    const server = new Server(this.device.token);
    this.photos = new Photos(this.store, server);
    this.sync = new Sync({
      store: this.store,
      engine: this.engine,
      server,
      on: {
        answered: (entry, result) => this.answered(result),
        changed: () => this.refreshStatus(),
        refreshed: () => this.photos.renew(this.engine.people.all),
        signedOff: (reason) => this.signedOff(reason),
      },
    });
    this.left = await this.sync.load();
    this.wire();
    this.refreshStatus();
    this.view.show("paired", true);
    await this.sync.refresh();
    if (!this.device) {
      return; // signed off meanwhile
    }
    this.sync.upload();
    this.sync.start();
    this.eye.resume();
  }

  wire() {
    const { view } = this;
    document.addEventListener("keydown", () => this.sounds.wake());
    document.addEventListener("pointerdown", () => this.sounds.wake());
    view.part("door").addEventListener("change", () => this.chooseDoor());
    view.directions.forEach((choice) => choice.addEventListener("change", () => this.startAnew()));
    view.sound(this.sounds.on);
    view.part("sound").addEventListener("click", () => this.toggleSound());
    view.part("undo").addEventListener("click", () => this.takeBack());
    view.part("anyway").addEventListener("click", () => this.askReason());
    view.part("reason-form").addEventListener("submit", (event) => this.admitAnyway(event));
    view.part("next").addEventListener("click", () => this.clear());
    this.entry = new Entry(view, {
      people: () => this.engine.people.all,
      read: (text) => this.read(text),
      choose: (person) => this.choosePerson(person),
    });
    this.eye = new Eye(view, (text) => this.read(text), this.settings);
    // Where the browser keeps nothing, closing the page would lose what waits.
    globalThis.addEventListener("beforeunload", (event) => {
      if (!this.store.lasting && this.sync.waiting) {
        event.preventDefault();
      }
    });
  }

  get direction() {
    return this.view.root.querySelector('input[name="direction"]:checked').value;
  }

  get door() {
    return this.view.part("door").value;
  }

  get about() {
    return {
      clock: this.engine.wall,
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
    const allowed = this.engine.door(this.door)?.override === true && !UNOPENABLE.includes(decision.detail);
    const mayOverride = allowed && OVERRIDABLE.includes(decision.outcome);
    this.present({ ...decision, mayOverride, sure: !decision.unsure, readAs: text.trim() });
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
    const { answer } = this.state;
    if (answer) {
      this.view.answer(answer, this.about);
      this.photos.address(answer.person).then((address) => this.view.photo(address));
    }
    this.view.recent(this.answers.slice(0, SHOWN_ANSWERS), { ...this.about, choose: (chosen) => this.recall(chosen) });
  }

  /** The server has answered one of our scans; when it says otherwise, that is said aloud. */
  answered(result) {
    const before = this.state.answer;
    this.state = next(this.state, { type: "confirmed", result });
    const place = this.answers.findIndex((answer) => answer.scan.id === result?.id);
    if (place >= 0 && result.outcome) {
      const changed = result.outcome !== this.answers[place].outcome;
      const kept = this.answers[place].phase === "taken back" ? "taken back" : "confirmed";
      this.answers[place] = { ...this.answers[place], outcome: result.outcome, detail: result.detail, result, phase: kept };
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
      this.view.tooLate();
      return;
    }
    this.state = next(this.state, { type: "taken back", id: answer.scan.id });
    this.answers = this.answers.map((old) => (old.scan.id === answer.scan.id ? this.state.answer : old));
    this.state = next(this.state, { type: "again" });
    this.render();
    this.sounds.play("out");
    await this.sync.record(undone);
  }

  askReason() {
    this.view.part("reason").value = "";
    this.view.part("reason-dialog").showModal();
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
    this.entry.clear();
  }

  /** Somebody without a badge was found by name: their ticket is read for them. */
  async choosePerson(person) {
    const code = await this.engine.codeOf(person);
    if (code) {
      this.state = next(this.state, { type: "again" }); // chosen by hand: never by mistake twice
      this.read(code);
    }
  }

  async chooseDoor() {
    this.device = { ...this.device, door: this.door };
    await this.store.saveDevice(this.device);
    this.startAnew();
    this.refreshStatus();
  }

  /** Another door or direction: the badge that was just read may be meant again. */
  startAnew() {
    this.state = next(this.state, { type: "again" });
  }

  toggleSound() {
    this.sounds.on = !this.sounds.on;
    this.settings.sound = this.sounds.on ? "on" : "off";
    this.view.sound(this.sounds.on);
  }

  refreshStatus() {
    const { frame } = this.engine;
    if (frame) {
      this.view.frame(frame, this.device?.door);
      this.view.filling(this.engine.filling(this.door));
    }
    this.view.leftovers(this.left, this.sync?.waiting ?? 0);
    this.view.status({
      ready: this.engine.ready,
      lasting: this.store.lasting,
      people: this.engine.people.count,
      age: frame ? Date.now() - frame.fetched_at : 0,
      waiting: this.sync?.waiting ?? 0,
      lastContact: this.sync?.lastContact && this.sync.lastContact + this.engine.offset,
      online: this.sync?.online,
      offset: this.engine.offset,
      clock: this.engine.wall,
    });
  }

  async signedOff(reason) {
    if (!this.device) {
      return; // an upload and a snapshot may both be told
    }
    this.device = null;
    this.sync.stop();
    this.eye.close();
    const lost = await forgetPairing(this.store, reason);
    this.engine = new Engine();
    this.clear();
    this.view.recent([], {});
    this.unpaired(reason, lost);
  }

  unpaired(reason, lost = 0) {
    this.view.show("paired", false);
    this.view.show("standing", false);
    this.view.show("unpaired", true);
    const loss = lost ? ` ${this.view.say(lost === 1 ? "unpaired.lost_one" : "unpaired.lost", { count: lost })}` : "";
    this.view.part("unpaired-why").textContent = this.view.say(`unpaired.${reason}`) + loss;
  }
}

/** Go to the page in the language of this device; true when the page is being left. */
function speaks(settings, select) {
  const other = otherLanguage({
    asked: new URLSearchParams(location.search).get("lang") ?? "",
    shown: document.documentElement.lang,
    offered: [...select.options].map((option) => option.value),
    spoken: navigator.languages ?? [],
    settings,
  });
  const open = (code) => location.replace(`${location.pathname}?lang=${code}${location.hash}`);
  select.addEventListener("change", () => open(select.value));
  if (other) {
    open(other);
  }
  return Boolean(other);
}

export default function (root) {
  navigator.serviceWorker?.register("/scan/sw.js", { scope: "/scan" }).catch((error) => console.warn("offline shell", error));
  const settings = new Settings();
  if (!speaks(settings, root.querySelector('[data-part="language"]'))) {
    new Scanner(root, settings).start();
  }
}
