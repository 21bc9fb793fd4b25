// A form is saved as it is typed; what cannot be sent stays on this device and is offered back.

import "./sent.js";

const PAUSE = 1500; // milliseconds without typing before a save
const AGAIN = 15000; // before another try when the server is away

const marks = document.querySelector("[data-typing]");
const form = marks.form;
const said = document.getElementById("enregistrement");
const stopped = document.getElementById("arret");
const found = document.getElementById("retrouve");
const settings = marks.dataset;
const revision = form.elements.namedItem("revision");
const button = form.querySelector(".btn-primary").textContent.trim();
let typing = settings.typing; // where it is saved
let draft = settings.draft; // under which name it is kept here
let halted = "stopped" in settings; // another text stands on the server: nothing is sent until the person has chosen
let kept = "unsaved" in settings ? "" : snapshot(); // as the server has it
let sending = null; // the save under way
let failing = false;
let leavingByHand = false; // the form is about to go
let lost = null; // the first words of a new situation, whose answer never came
let timer = 0;
let unfinished = ""; // a text of which the server said that a part is not complete: not sent again until it changes

function snapshot() {
  const data = new FormData(form);
  data.delete("csrf_token");
  data.delete("revision");
  return JSON.stringify([...data.entries()]);
}

function body(text) {
  const data = new FormData();
  const entries = JSON.parse(text);
  for (const [name, value] of entries) data.append(name, value);
  data.set("revision", revision.value);
  // A form of many parts says which it changed: what another device wrote in the others stays.
  if ("parts" in settings) changed(entries).forEach((name) => data.append("touched", name));
  return data;
}

function changed(entries) {
  const before = kept ? JSON.parse(kept) : [];
  const told = (list, name) => JSON.stringify(list.filter(([each]) => each === name));
  const names = new Set([...entries, ...before].map(([name]) => name));
  return [...names].filter((name) => told(entries, name) !== told(before, name));
}

const isNew = () => typing.endsWith("/situations/saisie");
const plainly = (text) => JSON.stringify(JSON.parse(text).map(([name, value]) => [name, value.replaceAll("\r\n", "\n").trim()]));
const hasWords = (text) => !isNew() || JSON.parse(text).some(([name, value]) => !["shown", "capabilities"].includes(name) && value.trim());

// Saving

function save(leaving = false) {
  clearTimeout(timer);
  const text = lost ?? snapshot();
  if (halted || sending || text === kept || text === unfinished || !hasWords(text)) return sending ?? Promise.resolve();
  say("Enregistrement…");
  sending = send(text, leaving).finally(() => {
    sending = null;
    if (!halted && ![kept, unfinished].includes(snapshot())) timer = setTimeout(save, failing ? AGAIN : PAUSE);
  });
  return sending;
}

async function send(text, leaving) {
  const headers = { Accept: "application/json", "X-CSRF-Token": form.elements.namedItem("csrf_token").value };
  const keepalive = leaving && text.length < 60000; // a browser lets no more out of a page that closes
  try {
    const answer = await fetch(typing, { method: "POST", body: body(text), headers, redirect: "manual", keepalive });
    await heard(answer, text);
  } catch {
    if (isNew()) lost = text; // the same words again: the server then makes one situation, not two
    keepHere("Pas de connexion : votre texte est gardé sur cet appareil.");
  }
}

async function heard(answer, text) {
  const told = await answer.json().catch(() => ({}));
  if (answer.ok && told.revision) return accept(told, text);
  if (told.kind === "stale") return halt(told.why, `L'enregistrement automatique est arrêté. Votre texte est dans le formulaire et gardé sur cet appareil : comparez, reprenez ce qu'il faut, puis « ${button} ».`, told.table);
  if (told.kind === "refused") return keepHere(`Non enregistré. ${told.why}`);
  if ([0, 400, 401, 403].includes(answer.status)) return keepHere("Non enregistré : vous n'êtes plus connecté. Votre texte est gardé sur cet appareil ; connectez-vous dans un autre onglet, puis rechargez cette page.");
  return keepHere("Non enregistré : le portail ne répond pas. Votre texte est gardé sur cet appareil.");
}

function accept(told, text) {
  failing = false;
  lost = null;
  const waits = told.waiting?.length > 0;
  unfinished = waits ? text : "";
  kept = waits ? without(text, told.waiting) : text;
  revision.value = told.revision;
  if (told.typing && typing !== told.typing) {
    // A new situation now has its address: the page becomes that of the situation, for a reload and for the button.
    forget();
    typing = told.typing;
    draft = draft.replace(/nouvelle$/, told.id);
    form.action = told.address;
    if (!leavingByHand) history.replaceState(null, "", told.address);
  }
  if (snapshot() === kept) forget();
  if (waits) keepHere(`${told.said}, sauf une partie, gardée sur cet appareil. ${told.why}`);
  else say(told.said, "cloud-check");
}

// What the server has of a text of which it did not keep some fields: those as they were.
function without(text, names) {
  const before = kept ? JSON.parse(kept) : [];
  const others = JSON.parse(text).filter(([name]) => !names.includes(name));
  return JSON.stringify([...others, ...before.filter(([name]) => names.includes(name))]);
}

function keepHere(why) {
  failing = true;
  try {
    localStorage.setItem(draft, JSON.stringify({ text: snapshot(), revision: revision.value, at: Date.now(), page: location.pathname + location.search }));
  } catch {
    why = "Non enregistré, et cet appareil ne garde rien : copiez votre texte avant de quitter la page.";
  }
  say(why, "cloud-slash");
}

function forget() {
  localStorage.removeItem(draft);
}

function halt(why, then, table) {
  keepHere("Non enregistré.");
  halted = true;
  stopped.hidden = false;
  stopped.querySelector("[data-why]").textContent = why;
  stopped.querySelector("[data-then]").textContent = then;
  stopped.querySelector("[data-table]").innerHTML = table || "";
  stopped.focus();
}

function say(words, icon = "cloud-arrow-up") {
  said.hidden = false;
  if (said.textContent.trim() === words) return;
  const drawn = document.createElement("i");
  drawn.className = `bi bi-${icon}`;
  drawn.setAttribute("aria-hidden", "true");
  said.replaceChildren(drawn, document.createTextNode(` ${words}`));
}

form.addEventListener("input", () => {
  if (halted) {
    keepHere("Non enregistré : deux textes diffèrent.");
    return;
  }
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
});
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  leavingByHand = true;
  if (sending || lost) {
    // What is on its way changes the revision, or makes the situation: the form goes after it, by the same button.
    const { submitter } = event;
    event.preventDefault();
    await (sending ?? save());
    lost = null;
    form.requestSubmit(submitter);
    return;
  }
  if (snapshot() !== kept) keepHere("Enregistrement…");
  sessionStorage.setItem("vae-envoye", draft); // the next page forgets it, once it says that all is saved
  kept = snapshot();
});
document.addEventListener("visibilitychange", () => document.hidden && save(true));
addEventListener("online", () => save());
addEventListener("beforeunload", (event) => {
  if (!halted && snapshot() !== kept && hasWords(snapshot()) && localStorage.getItem(draft) === null) {
    keepHere("Enregistrement…");
    event.preventDefault();
  }
});

// What was not sent the last time

function offer() {
  let left;
  try {
    left = JSON.parse(localStorage.getItem(draft));
  } catch {
    left = null;
  }
  if (!left || (kept && plainly(left.text) === plainly(kept))) return forget();
  found.hidden = false;
  // The hour of Paris wherever the device is, as the server says when it saved.
  const at = new Intl.DateTimeFormat("fr", { dateStyle: "long", timeStyle: "short", timeZone: "Europe/Paris" }).format(left.at);
  found.querySelector("[data-when]").textContent = `(${at})`;
  found.querySelector("[data-take]").onclick = () => {
    const here = location.pathname + location.search;
    if (left.page && left.page !== here && JSON.parse(left.text).some(([name]) => !form.elements.namedItem(name))) {
      location.assign(left.page); // with the fields that are not on this page, a line that was added for instance
      return;
    }
    found.hidden = true;
    fill(JSON.parse(left.text));
    revision.value = left.revision; // the server says so if the situation changed since
    save();
  };
  found.querySelector("[data-forget]").onclick = () => {
    found.hidden = true;
    forget();
  };
}

function fill(entries) {
  const chosen = (field) => entries.some(([name, text]) => name === field.name && text === field.value);
  for (const field of form.elements) {
    if (["checkbox", "radio"].includes(field.type)) field.checked = chosen(field);
  }
  for (const [name, text] of entries) {
    const field = form.elements.namedItem(name);
    const typed = field instanceof HTMLElement && !["checkbox", "radio"].includes(field.type);
    if (typed && name !== "shown") field.value = text;
  }
  form.querySelectorAll("[data-most]").forEach(count);
}

// How much room is left

const plain = new Intl.NumberFormat("fr");

function count(field) {
  const room = Number(field.dataset.most) - [...field.value.trim()].length;
  const counter = document.getElementById(`${field.id}-reste`);
  const many = Math.abs(room) > 1 ? "s" : "";
  counter.textContent = room < 0 ? `${plain.format(-room)} caractère${many} de trop : ce champ ne sera pas enregistré` : `encore ${plain.format(room)} caractère${many}`;
  counter.classList.toggle("error", room < 0);
}

for (const field of form.querySelectorAll("[data-most]")) {
  count(field);
  field.addEventListener("input", () => count(field));
}
if (!halted) offer();
