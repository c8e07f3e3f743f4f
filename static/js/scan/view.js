/** What is on the screen. Reads nothing but what it is given; all words come from the page. */
import { wallTime } from "./clock.js";
import { grouped } from "./tokens.js";

const WRONG_CLOCK = 60_000;
const SAMPLE = 14; // letters of what a scanner garbled

export const TONES = {
  admitted: "good", left: "out", already_in: "warn", not_confirmed: "warn", wrong_mode: "warn", wrong_checkpoint: "warn",
  wrong_time: "warn", cancelled: "bad", revoked: "bad", unknown_ticket: "bad", conflict: "conflict",
};

export class View {
  constructor(root) {
    this.root = root;
    this.words = JSON.parse(root.dataset.words);
    this.language = document.documentElement.lang || "en";
  }

  part(name) {
    return this.root.querySelector(`[data-part="${name}"]`);
  }

  get directions() {
    return this.root.querySelectorAll('input[name="direction"]');
  }

  show(name, visible) {
    this.part(name).hidden = !visible;
  }

  /** Fill in the placeholders of a sentence: say("status.people", { count: 320 }). */
  say(key, values = {}) {
    return (this.words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  text(localized) {
    return localized?.[this.language] ?? localized?.en ?? Object.values(localized ?? {})[0] ?? "";
  }

  /** The large answer. `about`: { clock, doorName(id) }. */
  answer(answer, about) {
    const box = this.part("answer");
    const tone = answer.phase === "taken back" ? "out" : TONES[answer.outcome];
    box.dataset.tone = tone;
    box.dataset.phase = answer.phase;
    box.dataset.outcome = answer.phase === "taken back" ? "taken_back" : answer.outcome;
    this.part("symbol").replaceChildren(this.symbol(tone));
    // One region speaks for refusals at once, the other for admissions when there is time.
    const urgent = tone === "bad" || tone === "conflict" || tone === "warn";
    const [region, other] = urgent ? ["urgent", "calm"] : ["calm", "urgent"];
    this.part(other).replaceChildren();
    this.part(region).replaceChildren(...this.lines(answer, about));
    this.show("undo", answer.phase !== "taken back" && ["admitted", "left", "conflict"].includes(answer.outcome));
    this.show("anyway", Boolean(answer.mayOverride) && answer.phase !== "taken back");
    this.show("waiting-note", answer.phase === "shown" && !answer.sure);
    box.hidden = false;
  }

  /** The picture of whoever is on the screen; "" for none. */
  photo(address) {
    const picture = this.part("photo");
    picture.hidden = !address;
    address ? picture.setAttribute("src", address) : picture.removeAttribute("src");
  }

  tooLate() {
    this.part("calm").replaceChildren();
    this.part("urgent").replaceChildren(element("p", "answer__why", this.say("too_late")));
    this.show("undo", false);
  }

  lines(answer, about) {
    const person = answer.result?.registration ?? answer.person;
    const headline = answer.phase === "taken back" ? this.say("taken_back") : this.say(`outcome.${answer.outcome}`);
    const lines = [element("p", "answer__headline", headline)];
    if (person) {
      lines.push(named("p", "answer__name", person.name));
      const latin = person.name_latin && person.name_latin !== person.name ? person.name_latin : "";
      const details = [latin, person.organisation].filter(Boolean).join(" · ");
      lines.push(named("p", "answer__details", details));
      const category = this.words[`category.${person.category}`] ?? person.category;
      lines.push(element("p", "answer__tags", `${category} · ${this.say(`mode.${person.mode}`)}`));
    }
    const why = this.why(answer, about);
    if (why && answer.phase !== "taken back") {
      lines.push(element("p", "answer__why", why));
    }
    return lines;
  }

  /** The sentence under the answer: when and where, or what to do. */
  why(answer, { clock, doorName }) {
    const { previous, message } = answer.result ?? {};
    if (previous) {
      const place = doorName(previous.checkpoint) || previous.checkpoint_name;
      const values = { time: wallTime(Date.parse(previous.at), clock).time, place };
      return this.say(answer.outcome === "conflict" ? "why.conflict" : "why.since", values);
    }
    if (answer.earlier) {
      return this.say("why.since", { time: wallTime(answer.earlier.at, clock).time, place: doorName(answer.earlier.checkpoint) });
    }
    if (answer.outcome === "admitted" && !answer.person && !answer.result?.registration) {
      return this.say("why.new_ticket");
    }
    if (answer.garbled) {
      return this.say("why.garbled", { sample: (answer.readAs ?? "").slice(0, SAMPLE) });
    }
    return this.words[`why.${answer.detail}`] ?? this.words[`why.${answer.outcome}`] ?? message ?? "";
  }

  symbol(tone) {
    return this.root.querySelector(`template[data-symbol="${tone}"]`).content.cloneNode(true);
  }

  clearAnswer() {
    this.show("answer", false);
    this.part("calm").replaceChildren();
    this.part("urgent").replaceChildren();
  }

  /** The standing line: offline readiness, people, age of the snapshot, scans waiting, last contact. */
  status({ ready, lasting, people, age, waiting, lastContact, online, offset, clock }) {
    const parts = [
      ready ? this.say(lasting ? "status.ready" : "status.ready_while_open") : this.say("status.not_ready"),
      ready ? this.say("status.people", { count: people }) : "",
      ready ? this.say("status.age", { age: this.age(age) }) : "",
      this.say(waiting === 1 ? "status.waiting_one" : "status.waiting", { count: waiting }),
      lastContact ? this.say("status.contact", { time: wallTime(lastContact, clock).time }) : this.say("status.no_contact"),
      Math.abs(offset) > WRONG_CLOCK ? this.say("status.clock") : "",
    ].filter(Boolean);
    const line = this.part("status");
    const text = parts.join(" · ");
    if (line.textContent !== text) {
      line.textContent = text;
    }
    this.part("standing").dataset.state = !ready ? "bad" : online === false ? "alone" : "good";
  }

  /** What an earlier run left behind: how much it was, and when it has arrived. */
  leftovers(count, waiting) {
    this.show("leftovers", count > 0);
    if (count > 0) {
      const key = waiting ? "leftovers.waiting" : "leftovers.sent";
      const text = this.say(count === 1 ? `${key}_one` : key, { count });
      const line = this.part("leftovers");
      if (line.textContent !== text) {
        line.textContent = text;
      }
    }
  }

  /** How full it is behind the door. */
  filling(filling) {
    const line = this.part("filling");
    line.hidden = !filling;
    if (filling) {
      const { inside, capacity, light } = filling;
      line.dataset.light = light;
      const text = capacity ? this.say("filling.of", { count: inside, capacity }) : this.say("filling.inside", { count: inside });
      line.textContent = light ? `${text} · ${this.say(`filling.${light}`)}` : text;
    }
  }

  sound(on) {
    this.part("sound").setAttribute("aria-pressed", String(on));
  }

  frame(frame, door) {
    this.part("event").textContent = this.text(frame.event.name);
    this.part("device-name").textContent = frame.device?.name ?? "";
    this.doors(frame.checkpoints, door);
  }

  age(milliseconds) {
    const minutes = Math.floor(milliseconds / 60_000);
    if (minutes < 1) {
      return this.say("age.now");
    }
    return minutes < 120 ? this.say("age.minutes", { count: minutes }) : this.say("age.hours", { count: Math.floor(minutes / 60) });
  }

  camera({ camera, why }) {
    this.root.dataset.camera = camera;
    this.show("camera-start", camera === "off" || camera === "failed");
    this.part("camera-note").textContent = camera === "failed" ? this.say(`camera.${why}`) : this.say(`camera.${camera}`);
  }

  doors(checkpoints, chosen) {
    const select = this.part("door");
    const wanted = chosen ?? select.value;
    const shown = JSON.stringify([wanted, checkpoints.map(({ id, name }) => [id, this.text(name)])]);
    if (select.dataset.shown === shown) {
      return; // not under the hands of somebody who is choosing
    }
    select.dataset.shown = shown;
    select.replaceChildren(...checkpoints.map((door) => new Option(this.text(door.name), door.id, false, door.id === wanted)));
  }

  found(people, choose) {
    const list = this.part("found");
    list.replaceChildren(...people.map((person) => this.foundRow(person, choose)));
    list.hidden = !people.length;
  }

  foundRow(person, choose) {
    const button = element("button", "found__person", "", { type: "button" });
    const state = person.state === "confirmed" ? this.say(`mode.${person.mode}`) : (this.words[`state.${person.state}`] ?? person.state);
    button.append(
      named("span", "found__name", person.name),
      named("span", "found__details", [person.organisation, state].filter(Boolean).join(" · ")),
    );
    button.addEventListener("click", () => choose(person));
    const row = document.createElement("li");
    row.append(button);
    return row;
  }

  recent(answers, { clock, choose }) {
    const rows = answers.map((answer) => {
      const name = (answer.result?.registration ?? answer.person)?.name ?? grouped(answer.scan.ticket.slice(-30));
      const row = element("li", "recent__row", "");
      row.dataset.tone = answer.phase === "taken back" ? "out" : TONES[answer.outcome];
      const button = element("button", "recent__button", "", { type: "button" });
      button.append(
        element("span", "recent__time", wallTime(answer.at, clock).time),
        named("span", "recent__name", name),
        element("span", "recent__outcome", answer.phase === "taken back" ? this.say("taken_back") : this.say(`outcome.${answer.outcome}`)),
      );
      button.addEventListener("click", () => choose(answer));
      row.append(button);
      return row;
    });
    this.part("recent").replaceChildren(...rows);
    this.show("recent-box", rows.length > 0);
  }
}

/** Text of people: it reads in its own direction but stands where the page's own text stands. */
function named(name, className, text) {
  const made = element(name, className, "");
  made.append(element("bdi", "", text));
  return made;
}

export function element(name, className, text, attributes = {}) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  made.textContent = text;
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
}
