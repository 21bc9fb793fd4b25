// Sends files piece by piece and goes on after any cut: a lost line, a closed tab, a server started again.

import { Cut, Refused, SignedOut, create, offset, patch, terminate } from "./tus.js";
import { refresh } from "./regions.js";
import { Speed, bytes, left, taken } from "./uploader_words.js";

const AT_ONCE = 3;
const MIB = 1024 * 1024;
const SMALLEST = MIB;
const LARGEST = 64 * MIB;
const PIECE_SECONDS = 4; // a piece lasts about that long: on a slow line little is sent again
const LONGEST_WAIT = 30; // seconds

export const section = document.getElementById("joindre");
export const endpoint = new URL(section.dataset.tusEndpoint, location.href).pathname;
const list = document.getElementById("envois-liste");
/** Every file chosen on this page, whatever became of it. */
export const files = [];

class Sending {
  constructor(file, address = "") {
    Object.assign(this, { file, address, held: 0, onItsWay: 0, state: "waiting", piece: 2 * MIB, speed: new Speed() });
    this.key = `vae-envoi ${endpoint} ${file.name} ${file.size} ${file.lastModified}`;
    this.row = document.querySelector("#envoi > li").cloneNode(true);
    this.row.querySelector(".file-name").textContent = file.name;
    this.row.querySelector("[data-size]").textContent = bytes(file.size);
    this.bar = this.row.querySelector("progress");
    this.bar.setAttribute("aria-label", `Envoi de ${file.name}`);
    for (const button of this.row.querySelectorAll("button")) {
      const whose = document.createElement("span");
      whose.className = "visually-hidden";
      whose.textContent = ` : ${file.name}`;
      button.append(whose);
    }
    this.button("pause").onclick = () => this.pause("En pause.");
    this.button("again").onclick = () => this.resume();
    this.button("stop").onclick = () => this.giveUp();
    list.append(this.row);
    this.show(address ? "Reprise de l'envoi…" : "En attente.");
  }

  button(name) {
    return this.row.querySelector(`[data-${name}]`);
  }

  get done() {
    return Math.min(this.held + this.onItsWay, this.file.size);
  }

  show(said) {
    this.bar.value = this.file.size ? (100 * this.done) / this.file.size : 0;
    this.row.querySelector("[data-said]").textContent = said;
    const ended = ["received", "refused"].includes(this.state);
    this.button("pause").hidden = ended || this.state === "paused";
    this.button("again").hidden = this.state !== "paused";
    this.button("stop").hidden = this.state === "received";
    summarise();
  }

  pause(why) {
    this.state = "paused";
    this.stopper?.abort();
    this.show(why);
    next();
  }

  resume() {
    this.state = "waiting";
    this.show("En attente.");
    next();
  }

  async giveUp() {
    this.state = "stopped";
    this.stopper?.abort();
    localStorage.removeItem(this.key);
    this.row.remove();
    files.splice(files.indexOf(this), 1);
    if (this.address) await terminate(this.address).catch(() => {});
    summarise();
    refresh();
    next();
  }

  /** From beginning to end, whatever comes between; leaves this.state at what became of it. */
  async run() {
    this.state = "sending";
    this.stopper = new AbortController();
    for (let tries = 0; this.state === "sending"; ) {
      try {
        await this.begin();
        while (this.held < this.file.size) {
          await this.sendPiece();
          tries = 0;
        }
        this.received();
      } catch (failed) {
        if (this.state !== "sending") return;
        if (failed instanceof Cut) await this.wait(++tries, failed.seconds);
        else this.fail(failed);
      }
    }
  }

  async begin() {
    this.onItsWay = 0;
    this.address ||= localStorage.getItem(this.key) || "";
    const held = this.address ? await offset(this.address) : null;
    if (held === null) {
      this.address = await create(endpoint, this.file, document.getElementById("situation")?.value);
      remember(this.key, this.address);
    }
    this.held = held ?? 0;
    this.speed.start(this.held);
  }

  async sendPiece() {
    const piece = this.file.slice(this.held, this.held + this.piece);
    const began = performance.now();
    const before = this.held;
    this.held = await patch(this.address, piece, this.held, (sent) => this.moved(sent), this.stopper.signal);
    this.onItsWay = 0;
    const seconds = (performance.now() - began) / 1000;
    const wanted = ((this.held - before) / Math.max(seconds, 0.001)) * PIECE_SECONDS;
    this.piece = Math.round(Math.min(LARGEST, Math.max(SMALLEST, Math.min(wanted, this.piece * 2))));
    this.moved(0);
  }

  moved(sent) {
    this.onItsWay = sent;
    const pace = this.speed.at(this.done);
    const percent = Math.floor((100 * this.done) / this.file.size);
    this.show([`${percent} %`, pace && `${bytes(pace)}/s`, pace && left((this.file.size - this.done) / pace)].filter(Boolean).join(", "));
  }

  wait(tries, asked) {
    this.onItsWay = 0;
    const seconds = asked || Math.min(LONGEST_WAIT, 2 ** (tries - 1)) * (0.75 + Math.random() / 2);
    const offline = !navigator.onLine;
    this.show(offline ? "Connexion perdue : l'envoi reprendra seul." : `Interrompu : nouvel essai dans ${Math.ceil(seconds)} s. Rien n'est perdu.`);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      const now = () => {
        clearTimeout(timer);
        resolve();
      };
      addEventListener("online", now, { once: true });
      this.stopper.signal.addEventListener("abort", now, { once: true });
    });
  }

  fail(failed) {
    if (failed instanceof SignedOut) {
      this.pause("Vous n'êtes plus connecté. Connectez-vous dans un autre onglet, puis reprenez.");
      return;
    }
    this.state = "refused";
    localStorage.removeItem(this.key);
    this.row.classList.add("refused-file");
    this.row.querySelector(".bi").className = "bi bi-file-earmark-x";
    const unreadable = "L'envoi s'est arrêté : ce fichier ne se lit plus sur votre appareil. Choisissez-le de nouveau.";
    this.show(failed instanceof Refused ? failed.message : unreadable);
    if (!(failed instanceof Refused)) reportError(failed);
    this.button("stop").firstChild.textContent = "Effacer cette ligne";
  }

  received() {
    this.state = "received";
    localStorage.removeItem(this.key);
    this.show("Reçu en entier, en vérification.");
    document.dispatchEvent(new CustomEvent("received"));
    refresh().then(() => setTimeout(() => this.row.remove(), 4000));
  }
}

function remember(key, address) {
  try {
    localStorage.setItem(key, address);
  } catch {
    // A browser that keeps nothing sends all the same; only a closed tab then begins again.
  }
}

function next() {
  const sending = files.filter((one) => one.state === "sending").length;
  for (const one of files.filter((each) => each.state === "waiting").slice(0, Math.max(0, AT_ONCE - sending))) {
    one.run().finally(next);
  }
  summarise();
}

/** One more file, on its way as soon as its turn comes; `address` is that of an upload begun before. */
export function add(file, address = "") {
  const twice = files.some((one) => one.key.endsWith(`${file.name} ${file.size} ${file.lastModified}`) && !["received", "refused"].includes(one.state));
  if (twice) return;
  const sending = new Sending(file, address);
  if (!file.size) {
    sending.state = "refused";
    sending.show("Ce fichier est vide : il n'a pas été envoyé.");
  }
  files.push(sending);
  next();
}

// All together

let toldAt = 0;

function summarise() {
  const counted = files.filter((one) => one.state !== "refused");
  const busy = counted.filter((one) => ["waiting", "sending"].includes(one.state));
  document.getElementById("envois").hidden = !list.children.length;
  const total = counted.reduce((sum, one) => sum + one.file.size, 0);
  const done = counted.reduce((sum, one) => sum + one.done, 0);
  const bar = document.getElementById("envois-total");
  bar.max = total || 1;
  bar.value = done;
  bar.hidden = files.length < 2;
  // Read aloud by those who listen: every five seconds is enough, and each time something ends.
  const key = counted.map((one) => one.state).join();
  if (Date.now() - toldAt < 5000 && key === summarise.key) return;
  toldAt = Date.now();
  summarise.key = key;
  const pace = busy.reduce((sum, one) => sum + (one.state === "sending" ? one.speed.pace : 0), 0);
  document.getElementById("envois-resume").textContent = taken(counted, busy.length, done, total, pace, files.length - counted.length);
}

addEventListener("beforeunload", (event) => {
  if (files.some((one) => ["waiting", "sending"].includes(one.state))) event.preventDefault();
});
