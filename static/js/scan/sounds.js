/** Sounds that differ in melody, not only in pitch: heard through a crowd, told apart without looking. */
const MELODIES = {
  good: [[660, 0, 0.09], [990, 0.1, 0.16]],
  out: [[880, 0, 0.09], [587, 0.1, 0.16]],
  warn: [[520, 0, 0.12], [520, 0.18, 0.12]],
  bad: [[196, 0, 0.22], [156, 0.24, 0.3]],
  conflict: [[196, 0, 0.14], [392, 0.16, 0.14], [196, 0.32, 0.24]],
};

export class Sounds {
  constructor(on = true) {
    this.on = on;
    this.context = null;
  }

  /** Browsers allow sound only after a touch or a key. */
  wake() {
    const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
    this.context ??= Context ? new Context() : null;
    if (this.context?.state === "suspended") {
      this.context.resume().catch(() => undefined);
    }
  }

  play(tone) {
    if (!this.on || this.context?.state !== "running") {
      return;
    }
    const begin = this.context.currentTime + 0.01;
    for (const [pitch, start, length] of MELODIES[tone] ?? MELODIES.warn) {
      const voice = this.context.createOscillator();
      const volume = this.context.createGain();
      voice.type = tone === "bad" || tone === "conflict" ? "sawtooth" : "triangle";
      voice.frequency.value = pitch;
      volume.gain.setValueAtTime(0, begin + start);
      volume.gain.linearRampToValueAtTime(0.35, begin + start + 0.01);
      volume.gain.linearRampToValueAtTime(0, begin + start + length);
      voice.connect(volume).connect(this.context.destination);
      voice.start(begin + start);
      voice.stop(begin + start + length + 0.02);
    }
  }
}
