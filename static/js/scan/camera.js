/** The camera: rear one first, torch and choice where there are any, decoding as fast as the phone can. */
import { prepareZXingModule, readBarcodes } from "../../vendor/zxing-wasm/es/reader/index.js";

const WASM = new URL("../../vendor/zxing-wasm/reader/zxing_reader.wasm", import.meta.url).href;
const LARGEST = 720;
const BREATH = 60;
const MOST_AT_ONCE = 4; // badges in one picture
const OPTIONS = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: MOST_AT_ONCE, textMode: "Plain" };

prepareZXingModule({ overrides: { locateFile: () => WASM } });

/** Why a camera cannot be used, in our own words: insecure, none, refused, missing, busy, failed. */
export function whyNot(error) {
  if (!globalThis.isSecureContext) {
    return "insecure";
  }
  if (!navigator.mediaDevices?.getUserMedia) {
    return "none";
  }
  const reasons = {
    NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "missing", OverconstrainedError: "missing",
    NotReadableError: "busy", AbortError: "busy",
  };
  return reasons[error?.name] ?? "failed";
}

export class Camera {
  constructor(video, onCode) {
    Object.assign(this, { video, onCode });
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.stream = null;
  }

  /** Raises what getUserMedia raises; see `whyNot`. */
  async start(deviceId) {
    this.stop();
    if (whyNot() === "insecure" || whyNot() === "none") {
      throw new Error("no camera here");
    }
    const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
    const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: "environment" } };
    const stream = await navigator.mediaDevices.getUserMedia({ video: { ...which, ...size }, audio: false });
    this.stream = stream;
    this.video.srcObject = stream;
    await this.video.play();
    this.native = await nativeDetector();
    this.loop(stream);
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  get track() {
    return this.stream?.getVideoTracks()[0];
  }

  /** [{ id, label, chosen }] */
  async choices() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const chosen = this.track?.getSettings().deviceId;
    return devices
      .filter((device) => device.kind === "videoinput")
      .map(({ deviceId, label }) => ({ id: deviceId, label, chosen: deviceId === chosen }));
  }

  get hasTorch() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  async setTorch(on) {
    await this.track?.applyConstraints({ advanced: [{ torch: on }] });
  }

  async loop(stream) {
    while (this.stream === stream) {
      if (!document.hidden && this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
        try {
          const texts = await this.decode();
          if (this.stream === stream) {
            texts.forEach((text) => this.onCode(text));
          }
        } catch (error) {
          console.error("decode", error); // one bad frame; the next may be better
        }
      }
      await new Promise((resolve) => setTimeout(resolve, BREATH));
    }
  }

  /** The texts of the codes in the middle of the picture. */
  async decode() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width || !height) {
      return [];
    }
    const side = Math.min(width, height);
    const scaled = Math.min(side, LARGEST);
    this.canvas.width = this.canvas.height = scaled;
    this.context.drawImage(this.video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, scaled, scaled);
    if (this.native) {
      const found = await this.native.detect(this.canvas);
      return found.map((one) => one.rawValue).filter(Boolean);
    }
    const found = await readBarcodes(this.context.getImageData(0, 0, scaled, scaled), OPTIONS);
    return found.filter((one) => one.isValid !== false && one.text).map((one) => one.text);
  }
}

/** The browser's own decoder, where it has one for QR codes; the bundled one reads the same. */
async function nativeDetector() {
  try {
    const formats = await globalThis.BarcodeDetector?.getSupportedFormats();
    return formats?.includes("qr_code") ? new globalThis.BarcodeDetector({ formats: ["qr_code"] }) : null;
  } catch {
    return null;
  }
}
