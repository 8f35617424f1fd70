// Sends changes in the order in which they were made, and keeps them until they have arrived.

import { call, pause, Problem } from "../site.js";

const left = new Map(); // by receipt: a promise of its last change
let last = Promise.resolve();
let waiting = 0;

// Sends the change of a receipt after all earlier ones. Waits for the network as long as it takes; rejects with the
// Problem for which the service refuses it.
export function send(id, body) {
  waiting += 1;
  const sent = last.then(() => patch(id, body)).finally(() => (waiting -= 1));
  last = sent.catch(() => {});
  left.set(id, last);
  return sent;
}

async function patch(id, body) {
  for (;;) {
    try {
      return await call("PATCH", `/api/v1/receipts/${id}`, body);
    } catch (error) {
      if (error instanceof Problem && !error.isPassing) throw error;
      await pause(error.waitMs || undefined);
    }
  }
}

// Resolves when all changes of a receipt have arrived.
export const settled = (id) => left.get(id) ?? Promise.resolve();

// Resolves when all changes have arrived.
export const allSettled = () => last;

export const isSending = () => waiting > 0;

window.addEventListener("beforeunload", (event) => {
  if (isSending()) event.preventDefault();
});
