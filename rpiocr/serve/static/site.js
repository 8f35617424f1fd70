// What every page has: requests with the token, sentences, messages with an undo, the state of the network.

const token = document.querySelector('meta[name="csrf-token"]').content;

export function sentences(...ids) {
  const all = Object.assign({}, ...ids.map((id) => JSON.parse(document.getElementById(id)?.textContent || "{}")));
  return (name, values = {}) => {
    const key = "n" in values ? `${name}.${values.n === 1 ? "one" : "other"}` : name;
    return (all[key] ?? all[name] ?? name).replace(/\{(\w+)\}/g, (_, value) => values[value] ?? "");
  };
}

const t = sentences("texts");

export class Problem extends Error {
  constructor(status, found) {
    super(found?.detail || `HTTP ${status}`);
    this.status = status;
    this.code = found?.code || "";
  }
}

// Sends a request; returns its JSON, or null where there is none. Throws Problem, or TypeError without a network.
export async function call(method, address, body) {
  const headers = { "X-CSRF-Token": token, Accept: "application/json" };
  const options = { method, headers, credentials: "same-origin" };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await fetch(address, options);
  const isJson = /json/.test(response.headers.get("Content-Type") || "");
  const found = isJson ? await response.json() : null;
  if (!response.ok) throw new Problem(response.status, found);
  return found;
}

export const csrf = token;

// Shows a message for some seconds, with a button if there is something to undo.
export function toast(text, { undo, lasting = false } = {}) {
  const place = document.querySelector("[data-toasts]");
  const item = document.createElement("div");
  item.className = "toast";
  item.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (undo) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: t("site.undo") });
    button.addEventListener("click", () => {
      item.remove();
      undo();
    });
    item.append(button);
  }
  place.append(item);
  if (!lasting) setTimeout(() => item.remove(), undo ? 12000 : 6000);
  return item;
}

export function sayProblem(error) {
  toast(t("site.failed", { message: error.message }), { lasting: false });
}

// Follows what happens in the book; `changed(kind, data)` is called for each event, `again()` after a lost connection.
export function follow(changed, again) {
  const source = new EventSource("/api/v1/events");
  let wasLost = false;
  source.addEventListener("open", () => {
    showNetwork(true);
    if (wasLost) again();
    wasLost = false;
  });
  source.addEventListener("error", () => {
    wasLost = true;
    showNetwork(navigator.onLine && source.readyState !== EventSource.CLOSED ? null : false);
  });
  for (const kind of ["upload", "reading", "read", "filed", "failed", "changed", "warning"]) {
    source.addEventListener(kind, (event) => changed(kind, JSON.parse(event.data)));
  }
  source.addEventListener("resync", again);
  window.addEventListener("pagehide", () => source.close());
  return source;
}

let lost = 0;

function showNetwork(isThere) {
  const place = document.querySelector("[data-network]");
  clearTimeout(lost);
  if (isThere) place.hidden = true;
  else lost = setTimeout(() => (place.hidden = false), isThere === false ? 0 : 3000);
}

window.addEventListener("offline", () => showNetwork(false));
window.addEventListener("online", () => showNetwork(true));

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = token;
});

for (const kind of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(kind, (event) => {
    let detail = "";
    try {
      detail = JSON.parse(event.detail.xhr.responseText).detail;
    } catch {
      detail = t("site.offline");
    }
    sayProblem(new Error(detail));
  });
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    document.cookie = `rpiocr-language=${button.dataset.language}; path=/; max-age=31536000; samesite=strict`;
    location.reload();
  });
}
