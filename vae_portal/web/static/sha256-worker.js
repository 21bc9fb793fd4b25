// Reads a file piece by piece, away from the page, and tells its SHA-256; no byte of it is kept or sent.

import { Sha256 } from "./sha256.js";

const PIECE = 4 * 1024 * 1024; // bytes

self.onmessage = async ({ data: file }) => {
  try {
    const hash = new Sha256();
    for (let at = 0; at < file.size; at += PIECE) {
      hash.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
      self.postMessage({ read: Math.min(at + PIECE, file.size) });
    }
    self.postMessage({ sha256: hash.hex() });
  } catch {
    self.postMessage({ fault: true });
  }
};
