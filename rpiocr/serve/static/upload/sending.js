// Sends files, three at a time. One that cannot be sent is tried again until it arrives: each has a key by which the
// service knows it, so that sending it twice does no harm.

import { headers, pause, Problem } from "../site.js";

const AT_ONCE = 3;

const queue = [];
let sending = 0;

// Sends a file in its turn; `told(percent)` hears of its progress, and of null whenever it has to wait. Resolves to
// what the service answers, rejects with the Problem for which it refuses the file.
export function send(file, told) {
  return new Promise((resolve, reject) => {
    queue.push({ file, key: newKey(), told, resolve, reject });
    pump();
  });
}

// Pages that are not from this machine have no crypto.randomUUID; getRandomValues is everywhere.
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join("-");
}

async function pump() {
  if (sending >= AT_ONCE || !queue.length) return;
  const job = queue.shift();
  sending += 1;
  try {
    job.resolve(await sendUntilHeard(job));
  } catch (problem) {
    job.reject(problem);
  } finally {
    sending -= 1;
    pump();
  }
}

async function sendUntilHeard(job) {
  for (;;) {
    try {
      return await post(job);
    } catch (error) {
      if (error instanceof Problem && !error.isPassing) throw error;
      job.told(null);
      await pause(error.waitMs || undefined);
    }
  }
}

// fetch does not tell how much of a body is sent; XMLHttpRequest does.
function post({ file, key, told }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/receipts");
    for (const [name, value] of Object.entries({ ...headers, "Idempotency-Key": key })) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded, total }) => told(Math.round((100 * loaded) / (total || 1))));
    request.addEventListener("load", () => {
      const found = parsed(request.responseText);
      if (request.status < 300 && found) resolve(found);
      else reject(new Problem(request.status, found, request.getResponseHeader("Retry-After")));
    });
    request.addEventListener("error", () => reject(new TypeError()));
    request.addEventListener("abort", () => reject(new TypeError()));
    const form = new FormData();
    form.append("file", file, file.name || "photo.jpg");
    request.send(form);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
