/** The camera's part of the page: starting, failing in plain words, choosing another one, the torch. */
import { Camera, whyNot } from "./camera.js";

export class Eye {
  /** `settings`: what this device remembers, see `settings.js`. */
  constructor(view, onCode, settings) {
    this.settings = settings;
    this.view = view;
    this.camera = new Camera(view.part("video"), onCode);
    view.part("camera-start").addEventListener("click", () => this.open());
    view.part("cameras").addEventListener("change", (event) => this.choose(event.target.value));
    view.part("torch").addEventListener("click", (event) => this.toggleTorch(event.currentTarget));
  }

  choose(deviceId) {
    this.settings.camera = deviceId;
    return this.open(deviceId);
  }

  /** The camera of last time, which may not be plugged in any more. */
  async resume() {
    const { camera } = this.settings;
    await this.open(camera);
    if (camera && !this.camera.stream) {
      this.settings.camera = "";
      await this.open();
    }
  }

  /** A camera that fails takes nothing else with it: typing, USB scanners and name search go on. */
  async open(deviceId) {
    this.view.camera({ camera: "starting" });
    try {
      await this.camera.start(deviceId);
      await this.offerCameras();
      this.view.camera({ camera: "running" });
    } catch (error) {
      this.camera.stop();
      this.view.camera({ camera: "failed", why: whyNot(error) });
    }
  }

  close() {
    this.camera.stop();
    this.view.camera({ camera: "off" });
  }

  async offerCameras() {
    const choices = await this.camera.choices();
    const options = choices.map(({ id, label, chosen }, n) => new Option(label || `${n + 1}`, id, chosen, chosen));
    this.view.part("cameras").replaceChildren(...options);
    this.view.show("cameras-box", choices.length > 1);
    this.view.part("torch").setAttribute("aria-pressed", "false");
    this.view.show("torch", this.camera.hasTorch);
  }

  async toggleTorch(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    try {
      await this.camera.setTorch(on);
      button.setAttribute("aria-pressed", String(on));
    } catch {
      this.view.show("torch", false); // some phones promise a light that they do not have
    }
  }
}
