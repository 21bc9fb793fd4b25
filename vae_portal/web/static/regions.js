// Parts of the page that follow the dossier ([data-region]): read again from the server, without leaving the page.

const APART = 1000; // milliseconds between two readings, however many ask
let reading = null;
let readAt = -APART;

/** Shows the regions as the server has them; those who ask before the reading begins share it. */
export function refresh() {
  reading ??= new Promise((begin) => setTimeout(begin, Math.max(0, readAt + APART - performance.now()))).then(() => {
    reading = null;
    readAt = performance.now();
    return read().catch(() => {}); // the line is cut: what is shown stays
  });
  return reading;
}

async function read() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, redirect: "manual", cache: "no-store" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const region of document.querySelectorAll("[data-region]")) {
    const other = fresh.getElementById(region.id);
    if (other && other.innerHTML !== region.innerHTML) replace(region, other);
  }
  document.dispatchEvent(new CustomEvent("regions"));
}

function replace(region, other) {
  const focused = region.contains(document.activeElement) ? pathTo(document.activeElement) : "";
  const open = [...region.querySelectorAll("details")].map((fold) => fold.open);
  region.replaceChildren(...document.adoptNode(other).childNodes);
  region.querySelectorAll("details").forEach((fold, place) => {
    fold.open ||= Boolean(open[place]);
  });
  if (focused) region.querySelector(focused)?.focus({ preventScroll: true });
}

/** A selector that finds the element again once its region was replaced. */
function pathTo(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const row = element.closest("[id]");
  const named = element.getAttributeNames().find((name) => name.startsWith("data-"));
  const own = named ? `[${named}="${CSS.escape(element.getAttribute(named))}"]` : element.localName;
  return row ? `#${CSS.escape(row.id)} ${own}` : own;
}
