// The dossier page: a file is linked to a cell by drag or by two choices, and states follow the checks as they end.

import { refresh } from "./regions.js";
import "./sent.js";

document.documentElement.classList.add("js");
const told = document.getElementById("lier");
const token = document.querySelector("input[name=csrf_token]").value;
let chosen = null; // the file waiting for its cell: {id, name}

// Linking

async function link(file, cell, more = {}) {
  const { situation, capability } = cell.dataset;
  const form = new FormData();
  for (const [name, text] of Object.entries({ situation, capability, ...more })) form.set(name, text);
  const address = `${location.pathname.replace(/\/$/, "")}/fichiers/${file.id}/montrer`;
  let why = "Le lien n'est pas enregistré : la connexion est perdue. Réessayez.";
  try {
    const headers = { Accept: "application/json", "X-CSRF-Token": token };
    const answer = await fetch(address, { method: "POST", body: form, headers, redirect: "manual" });
    if (answer.ok) {
      await refresh();
      offerWords(file, cell);
      return;
    }
    const said = await answer.json().catch(() => ({}));
    why = said.why || "Le lien n'est pas enregistré. Rechargez la page, puis réessayez.";
  } catch {
    // `why` says it
  }
  say(why);
}

/** Linked: what it shows and where may be said at once, without leaving the page. */
function offerWords(file, cell) {
  const place = document.querySelector(cellOf(cell));
  const { situation, capability } = cell.dataset;
  const words = ["« ", file.name, " » montre maintenant ", capability, "."];
  const more = document.createElement("a");
  Object.assign(more, { href: place?.href ?? "#", textContent: "Dire ce qu'il en montre, et à quelle page" });
  say(words.join(""), more);
  document.querySelector(`[data-situation="${situation}"][data-capability="${capability}"]`)?.focus({ preventScroll: true });
}

const cellOf = (cell) => `[data-situation="${cell.dataset.situation}"][data-capability="${cell.dataset.capability}"]`;

function say(words, ...more) {
  told.hidden = false;
  told.replaceChildren(document.createTextNode(`${words} `), ...more);
}

function choose(file) {
  chosen = file;
  document.body.classList.toggle("linking", Boolean(file));
  if (!file) return;
  const cancel = document.createElement("button");
  Object.assign(cancel, { type: "button", className: "btn btn-link", textContent: "Annuler" });
  cancel.onclick = () => {
    choose(null);
    told.hidden = true;
  };
  say(`Choisissez la case que « ${file.name} » prouve : une capacité, dans une situation.`, cancel);
  const first = document.querySelector("[data-capability]");
  document.getElementById("couverture").scrollIntoView({ block: "nearest" });
  first?.focus({ preventScroll: true });
  if (!first) say("Décrivez d'abord une situation : le fichier s'y liera.");
}

function fileOf(element) {
  const row = element.closest("[data-evidence]");
  return row && { id: row.dataset.evidence, name: row.dataset.name };
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-link]");
  if (button) choose(fileOf(button));
  const cell = event.target.closest("[data-capability]");
  if (!cell || !chosen) return;
  event.preventDefault();
  const file = chosen;
  choose(null);
  link(file, cell);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !chosen) return;
  const back = document.querySelector(`[data-evidence="${chosen.id}"] [data-link]`);
  choose(null);
  told.hidden = true;
  back?.focus();
});

// Dragging: mouse, pen and finger alike. A row is dragged by its name and icon; a finger holds for a moment first.

let drag = null;

document.addEventListener("pointerdown", (event) => {
  const row = event.target.closest("[data-evidence]");
  const free = !event.target.closest("a, button, input, summary, progress");
  if (!row || !free || event.button || event.pointerType === "touch" || !row.querySelector("[data-link]")) return;
  drag = { file: fileOf(row), x: event.clientX, y: event.clientY, ghost: null };
});
document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.ghost) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 8) return;
    drag.ghost = document.createElement("div");
    drag.ghost.className = "ghost";
    drag.ghost.textContent = drag.file.name;
    document.body.append(drag.ghost);
    document.body.classList.add("linking", "dragging");
    getSelection().removeAllRanges();
  }
  event.preventDefault();
  drag.ghost.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 12}px)`;
  const edge = event.clientY < 60 ? -12 : event.clientY > innerHeight - 60 ? 12 : 0;
  if (edge) scrollBy(0, edge);
  document.querySelector(".over[data-capability]")?.classList.remove("over");
  under(event)?.classList.add("over");
});
document.addEventListener("pointerup", (event) => {
  const cell = drag?.ghost && under(event);
  const file = drag?.file;
  drop();
  if (cell) link(file, cell);
});
document.addEventListener("pointercancel", drop);
document.addEventListener("selectstart", (event) => {
  if (drag?.ghost) event.preventDefault();
});

function under(event) {
  const inside = document.elementFromPoint(event.clientX, event.clientY);
  return inside?.closest("[data-capability]") ?? inside?.closest(".matrix td")?.querySelector("[data-capability]");
}

function drop() {
  document.querySelector(".over[data-capability]")?.classList.remove("over");
  drag?.ghost?.remove();
  if (drag?.ghost && !chosen) document.body.classList.remove("linking");
  document.body.classList.remove("dragging");
  drag = null;
}

// States: asked again while something is on its way, more and more seldom while nothing moves

const state = document.getElementById("joindre").dataset.state;
let mark = null;
let wait = 2000;
let timer = 0;

async function poll() {
  clearTimeout(timer);
  let waiting = 1;
  try {
    const answer = await fetch(state, { headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store" });
    if (answer.ok) {
      const now = await answer.json();
      waiting = now.waiting;
      if (mark !== null && now.mark !== mark) {
        wait = 2000;
        await refresh();
      }
      mark = now.mark;
    }
  } catch {
    // the line is cut: asked again later
  }
  wait = Math.min(wait * 1.5, 20000);
  if (waiting && !document.hidden) timer = setTimeout(poll, wait);
}

function pollSoon() {
  wait = 2000;
  clearTimeout(timer);
  timer = setTimeout(poll, 500);
}

document.addEventListener("received", pollSoon);
document.addEventListener("visibilitychange", () => document.hidden || pollSoon());
poll();
