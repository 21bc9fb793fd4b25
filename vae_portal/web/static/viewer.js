// Opens evidence beside what is being read, on a screen wide enough; elsewhere its link is followed as it is.
const wide = window.matchMedia("(min-width: 1100px)");
const address = /^\/preuves\/(\d+)\/voir$/;
let panel, opener;

function placeOf(link) {
  const url = new URL(link.href, location.href);
  const found = url.origin === location.origin && address.exec(url.pathname);
  return found ? { id: found[1], query: url.search, hash: url.hash } : null;
}

function build() {
  panel = document.createElement("dialog");
  panel.className = "beside";
  panel.setAttribute("aria-label", "Fichier ouvert à côté");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-outline-secondary";
  close.textContent = "Fermer le volet";
  close.addEventListener("click", shut);
  const body = document.createElement("div");
  body.className = "beside-body";
  panel.append(close, body);
  document.body.append(panel);
  // Shown beside the page and not over it, the panel gets no Escape of its own.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.open) shut();
  });
}

function shut() {
  panel.close();
  panel.querySelector(".beside-body").replaceChildren(); // a film goes silent
  makeRoom(false);
  opener?.focus({ preventScroll: true });
}

// The page gets narrower or wider: what was clicked stays where the eye is.
function makeRoom(wanted) {
  const before = opener?.getBoundingClientRect().top;
  document.body.classList.toggle("has-beside", wanted);
  if (opener) window.scrollBy(0, opener.getBoundingClientRect().top - before);
}

async function open(place, link) {
  const answer = await fetch(`/preuves/${place.id}/volet${place.query}`, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status)); // the page itself says why
  const read = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!panel) build();
  if (link && !panel.contains(link)) opener = link;
  panel.querySelector(".beside-body").replaceChildren(...read.body.childNodes);
  if (!panel.open) panel.show();
  makeRoom(true);
  panel.scrollTop = 0;
  panel.querySelector("h2")?.focus({ preventScroll: true });
  go(place.hash, panel);
}

function go(hash, within) {
  const moment = /^#t=(\d+(?:\.\d+)?)$/.exec(hash);
  const played = within.querySelector("video, audio");
  if (moment && played) played.src = `${played.getAttribute("src").split("#")[0]}#t=${moment[1]}`;
  else if (/^#page-\d+$/.test(hash)) within.querySelector(hash)?.scrollIntoView();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (panel?.contains(link) && link.getAttribute("href").startsWith("#page-")) {
    event.preventDefault(); // the page itself may have the same anchor
    go(link.getAttribute("href"), panel);
    return;
  }
  const place = placeOf(link);
  const alone = "alone" in link.dataset || address.test(location.pathname);
  if (!place || alone || link.target || !wide.matches) return;
  event.preventDefault();
  open(place, link).catch(() => location.assign(link.href));
});

if (address.test(location.pathname)) {
  go(location.hash, document);
  addEventListener("hashchange", () => go(location.hash, document));
}
