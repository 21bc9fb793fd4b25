// The tus 1.0.0 protocol, as the uploader needs it: create, ask how far, send a piece, give up. Nothing of the page here.

const VERSION = { "Tus-Resumable": "1.0.0" };

/** The server says no, and why: trying again changes nothing. */
export class Refused extends Error {}

/** The session is over: signing in again is needed before going on. */
export class SignedOut extends Error {}

/** The line, the server or the store gave way: worth trying again, after `seconds` when it said so. */
export class Cut extends Error {
  constructor(message, seconds = 0) {
    super(message);
    this.seconds = seconds;
  }
}

/** Announces a file; resolves to its address. */
export async function create(endpoint, file, situation) {
  const told = { filename: file.name, filetype: file.type || "application/octet-stream" };
  if (situation) told.situation = situation;
  const answer = await ask(endpoint, {
    method: "POST",
    headers: { ...VERSION, "Upload-Length": String(file.size), "Upload-Metadata": metadata(told) },
  });
  const address = answer.headers.get("Location");
  if (answer.status === 404) throw new Refused((await answer.text()).slice(0, 300)); // the situation it was for is gone
  if (answer.status !== 201 || !address) throw await fault(answer);
  return new URL(address, location.href).pathname;
}

/** How many bytes the server holds; null when it no longer knows the upload. */
export async function offset(address) {
  const answer = await ask(address, { method: "HEAD", headers: VERSION, cache: "no-store" });
  if (answer.status === 404 || answer.status === 410) return null;
  const held = answer.headers.get("Upload-Offset");
  if (!answer.ok || held === null) throw await fault(answer);
  return Number(held);
}

/** Gives an upload up; one that is gone already is as good. */
export async function terminate(address) {
  const answer = await ask(address, { method: "DELETE", headers: VERSION });
  if (!answer.ok && answer.status !== 404 && answer.status !== 410) throw await fault(answer);
}

/** Sends one piece from `from` on; resolves to the new offset. `sent` hears of bytes on their way, `signal` stops. */
export function patch(address, piece, from, sent, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener("abort", stop, { once: true });
    request.open("PATCH", address);
    request.setRequestHeader("Tus-Resumable", VERSION["Tus-Resumable"]);
    request.setRequestHeader("Upload-Offset", String(from));
    request.setRequestHeader("Content-Type", "application/offset+octet-stream");
    request.upload.onprogress = (event) => sent(event.loaded);
    request.onloadend = () => {
      signal.removeEventListener("abort", stop);
      const held = request.getResponseHeader("Upload-Offset");
      if (signal.aborted) reject(new DOMException("stopped", "AbortError"));
      else if (request.status === 204 && held !== null) resolve(Number(held));
      else if (request.status && new URL(request.responseURL).pathname !== address) reject(new SignedOut());
      else reject(faultOf(request.status, request.responseText, (name) => request.getResponseHeader(name)));
    };
    request.send(piece);
  });
}

function metadata(told) {
  const coded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  return Object.entries(told).map(([name, text]) => `${name} ${coded(text)}`).join(",");
}

async function ask(address, options) {
  try {
    // A redirect leads to the sign-in page: the session is over.
    const answer = await fetch(address, { ...options, redirect: "manual", credentials: "same-origin" });
    if (answer.type === "opaqueredirect") throw new SignedOut();
    return answer;
  } catch (failed) {
    if (failed instanceof SignedOut) throw failed;
    throw new Cut("network");
  }
}

async function fault(answer) {
  return faultOf(answer.status, await answer.text().catch(() => ""), (name) => answer.headers.get(name));
}

function faultOf(status, body, header) {
  if (status === 401) return new SignedOut();
  if (status === 0 || status >= 500 || [404, 408, 409, 410, 423, 425, 429, 460].includes(status)) {
    return new Cut(`status ${status}`, Number(header("Retry-After")) || 0);
  }
  return new Refused(sentence(body, header("Content-Type") || "") || `Le portail a refusé ce fichier (${status}).`);
}

/** What the server wrote, whether as text or as JSON; a whole page is no sentence. */
function sentence(body, kind) {
  if (kind.includes("json")) {
    try {
      const told = JSON.parse(body);
      return String(told.why || told.message || told.error || "");
    } catch {
      return "";
    }
  }
  return kind.startsWith("text/plain") ? body.trim().slice(0, 500) : "";
}
