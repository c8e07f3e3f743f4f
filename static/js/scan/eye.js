/** The camera's part of the page: starting, failing in plain words, choosing another one, the torch. */
import { Camera, whyNot } from "./camera.js";

export class Eye {
  constructor(view, onCode) {
    this.view = view;
    this.camera = new Camera(view.part("video"), onCode);
    view.part("camera-start").addEventListener("click", () => this.open());
    view.part("cameras").addEventListener("change", (event) => this.open(event.target.value));
    view.part("torch").addEventListener("click", (event) => this.toggleTorch(event.currentTarget));
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
    this.view.show("torch", this.camera.hasTorch);
  }

  async toggleTorch(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    await this.camera.setTorch(on);
    button.setAttribute("aria-pressed", String(on));
  }
}
