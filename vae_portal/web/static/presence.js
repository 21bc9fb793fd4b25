// Says that this page is open, and shows who else has it open: as long as it is looked at, and no longer.
const shown = document.querySelector("[data-presence]");
const EVERY = 45_000; // milliseconds

async function tell() {
  if (document.hidden) return;
  const answer = await fetch(shown.dataset.presence, {
    method: "POST",
    headers: { "X-CSRF-Token": shown.dataset.token },
  }).catch(() => null);
  if (!answer?.ok || !answer.headers.get("Content-Type")?.startsWith("application/json")) return;
  const { others } = await answer.json();
  const said = others.join(" ");
  if (shown.textContent.trim() !== said) shown.textContent = said; // a reader is told once
  shown.hidden = !said;
}

if (shown) {
  tell();
  setInterval(tell, EVERY);
  document.addEventListener("visibilitychange", tell);
}
