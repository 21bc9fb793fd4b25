// The votes of a jury ([data-votes]): read again every few seconds, and shown anew only when something has changed.

const EVERY = 4000; // milliseconds

async function follow() {
  const shown = document.querySelector("[data-votes]");
  if (!shown) return;
  if (!document.hidden) await read(shown).catch(() => {}); // the line is cut: what is shown stays
  setTimeout(follow, EVERY);
}

async function read(shown) {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, redirect: "manual", cache: "no-store" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-votes]");
  if (!fresh || fresh.dataset.votes === shown.dataset.votes) return;
  shown.dataset.votes = fresh.dataset.votes;
  shown.replaceChildren(...document.adoptNode(fresh).childNodes);
}

setTimeout(follow, EVERY);
