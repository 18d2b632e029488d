/** One audio context a page: browsers limit them, and each waits for a first click. */
let context: AudioContext | null = null;

export function audioContext(): AudioContext {
  context ??= new AudioContext();
  return context;
}

/** To be called from a click: from then on the page may make sounds. */
export async function unlockSound(): Promise<void> {
  await audioContext().resume();
}

export interface Tone {
  frequency: number;
  seconds: number;
  /** 0 to 1. */
  volume?: number;
  /** Seconds from now. */
  delay?: number;
}

/** Plays one tone with soft edges, so that nothing clicks. */
export function playTone(tone: Tone, to?: AudioNode): void {
  const audio = audioContext();
  const start = audio.currentTime + (tone.delay ?? 0);
  const end = start + tone.seconds;
  const oscillator = new OscillatorNode(audio, { frequency: tone.frequency });
  const gain = new GainNode(audio, { gain: 0 });
  const volume = tone.volume ?? 0.25;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(volume, start + 0.01);
  gain.gain.setValueAtTime(volume, Math.max(start + 0.01, end - 0.02));
  gain.gain.linearRampToValueAtTime(0, end);
  oscillator.connect(gain).connect(to ?? audio.destination);
  oscillator.start(start);
  oscillator.stop(end);
}

/** A tune of tones, repeated until the returned function is called. */
export function ring(tones: readonly Tone[], everyMs: number): () => void {
  const once = () => tones.forEach((tone) => playTone(tone));
  once();
  const timer = setInterval(once, everyMs);
  return () => clearInterval(timer);
}

/** How loud a track is, 0 to 1, told about 15 times a second until the returned function is called. */
export function meter(track: MediaStreamTrack, tell: (level: number) => void): () => void {
  const audio = audioContext();
  const source = audio.createMediaStreamSource(new MediaStream([track]));
  const analyser = new AnalyserNode(audio, { fftSize: 1024 });
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    // From -60 dB (quiet room) to -10 dB (loud voice).
    tell(Math.min(1, Math.max(0, (10 * Math.log10(power + 1e-9) + 60) / 50)));
  }, 66);
  return () => {
    clearInterval(timer);
    source.disconnect();
  };
}
