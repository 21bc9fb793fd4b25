// A page that follows something under way ([data-follow]): its regions are read again until it is over.
import { refresh } from "./regions.js";

const EVERY = 1500; // milliseconds

async function follow() {
  if (!document.querySelector("[data-follow]")) return;
  if (!document.hidden) await refresh();
  setTimeout(follow, EVERY);
}

follow();
