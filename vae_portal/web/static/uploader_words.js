// What the uploader says: sizes, speeds and times in French, and the speed of one file over its last seconds.

const number = new Intl.NumberFormat("fr", { maximumSignificantDigits: 2 });
const whole = new Intl.NumberFormat("fr", { maximumFractionDigits: 0 });
const WINDOW = 8000; // milliseconds that count for a speed

/** "2,4 Mo". */
export function bytes(size) {
  const units = [size < 2 ? "octet" : "octets", "Ko", "Mo", "Go"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(size || 1) / 3)));
  const value = size / 1000 ** power;
  return `${value < 10 ? number.format(value) : whole.format(value)}\u00a0${units[power]}`;
}

/** "encore 21 s", "encore 4 minutes". */
export function left(seconds) {
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 1) return "encore un instant";
  if (seconds < 60) return `encore ${Math.ceil(seconds)}\u00a0s`;
  if (seconds < 5400) return `encore ${Math.round(seconds / 60)}\u00a0minute${seconds < 90 ? "" : "s"}`;
  return `encore ${Math.round(seconds / 3600)}\u00a0heures`;
}

/** Where all the files stand, in one sentence. */
export function taken(files, busy, done, total, pace, refused) {
  const received = files.filter((one) => one.state === "received").length;
  const parts = [`${received} fichier${received < 2 ? "" : "s"} reçu${received < 2 ? "" : "s"} sur ${files.length}`];
  if (busy) parts.push(`${bytes(done)} sur ${bytes(total)}`);
  if (busy && pace) parts.push(`${bytes(pace)}/s`, left((total - done) / pace));
  if (refused) parts.push(`${refused} refusé${refused < 2 ? "" : "s"}`);
  return `${parts.filter(Boolean).join(", ")}.`;
}

/** Bytes a second over the last seconds. */
export class Speed {
  constructor() {
    this.marks = [];
    this.pace = 0;
  }

  start(done) {
    this.marks = [[performance.now(), done]];
    this.pace = 0;
  }

  at(done) {
    const now = performance.now();
    this.marks.push([now, done]);
    while (this.marks.length > 2 && now - this.marks[0][0] > WINDOW) this.marks.shift();
    const [then, before] = this.marks[0];
    if (now - then > 500) this.pace = Math.max(0, ((done - before) * 1000) / (now - then));
    return this.pace;
  }
}
