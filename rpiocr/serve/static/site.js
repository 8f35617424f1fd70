// What every page has: requests with the token, sentences, messages with an undo, the state of the network.

const token = document.querySelector('meta[name="csrf-token"]').content;
const language = document.documentElement.lang;

const AGAIN_MS = 4000;
const SHORT_MS = 6000;
const WITH_UNDO_MS = 12000;
const KINDS = ["upload", "reading", "read", "filed", "failed", "changed"];

export const find = (name) => document.querySelector(`[data-${name}]`);
export const data = (id) => JSON.parse(document.getElementById(id)?.textContent || "null");

// Returns a function from the name of a sentence and its values to the sentence; `n` chooses between one and several.
export function sentences(...ids) {
  const all = Object.assign({}, ...ids.map(data));
  return (name, values = {}) => {
    const key = "n" in values ? `${name}.${values.n === 1 ? "one" : "other"}` : name;
    return all[key].replace(/\{(\w+)\}/g, (_, value) => values[value] ?? "");
  };
}

const t = sentences("texts");

// Returns an element with properties, among them its dataset, and with children.
export function element(kind, { dataset = {}, ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(kind), properties);
  Object.assign(made.dataset, dataset);
  made.append(...children);
  return made;
}

// Returns an amount as people write it, with the decimals of its currency.
export function money(amount, currency) {
  if (amount === null) return "";
  const options = currency ? { style: "currency", currency, currencyDisplay: "code" } : { minimumFractionDigits: 2 };
  const parts = new Intl.NumberFormat(language, options).formatToParts(Number(amount));
  const number = parts.filter(({ type }) => type !== "currency" && type !== "literal").map(({ value }) => value);
  return [number.join(""), currency].filter(Boolean).join(" ");
}

// Shows beside "Review" how many receipts wait.
export function showWaiting(count) {
  find("waiting").textContent = count;
  find("waiting").hidden = count === 0;
}

export class Problem extends Error {
  constructor(status, found, retryAfter) {
    super(found?.detail || `HTTP ${status}`);
    this.status = status;
    this.waitMs = 1000 * (Number(retryAfter) || 0);
  }

  // Whether the same request may succeed later.
  get isPassing() {
    return this.status === 429 || this.status >= 500;
  }
}

export const headers = { "X-CSRF-Token": token, Accept: "application/json" };

// Sends a request; returns its JSON, or null where there is none. Throws Problem, or TypeError without a network.
export async function call(method, address, body) {
  const options = { method, headers: { ...headers }, credentials: "same-origin" };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await fetch(address, options);
  const isJson = /json/.test(response.headers.get("Content-Type") || "");
  const found = isJson ? await response.json() : null;
  if (!response.ok) throw new Problem(response.status, found, response.headers.get("Retry-After"));
  return found;
}

// Resolves when it is time to try again: the network is back, or some seconds have passed.
export function pause(waitMs = AGAIN_MS) {
  return new Promise((resolve) => {
    const goOn = () => {
      clearTimeout(timer);
      window.removeEventListener("online", goOn);
      resolve();
    };
    const timer = setTimeout(goOn, waitMs);
    window.addEventListener("online", goOn);
  });
}

// Shows a message for some seconds, with a button if there is something to do about it.
export function toast(text, { act, label = t("site.undo"), isLasting = false } = {}) {
  const item = element("div", { className: "toast" }, element("span", { textContent: text }));
  if (act) {
    const button = element("button", { type: "button", textContent: label });
    button.addEventListener("click", () => {
      item.remove();
      act();
    });
    item.append(button);
  }
  find("toasts").append(item);
  if (!isLasting) setTimeout(() => item.remove(), act ? WITH_UNDO_MS : SHORT_MS);
}

export function sayProblem(error) {
  toast(error instanceof Problem ? t("site.failed", { message: error.message }) : t("site.offline"));
}

// Follows what happens in the book: `changed(kind, data)` is called for each event, and `again()` whenever a connection
// begins, as events may have been missed before it. A page that nobody sees follows nothing, because browsers allow few
// connections to one place.
export function follow(changed, again) {
  let source = null;

  const end = () => {
    source?.close();
    source = null;
  };
  const begin = () => {
    if (source || document.hidden) return;
    source = new EventSource("/api/v1/events");
    source.addEventListener("open", () => {
      showNetwork(true);
      again();
    });
    source.addEventListener("error", () => {
      showNetwork(false);
      if (source.readyState !== EventSource.CLOSED) return; // the browser connects again by itself
      end();
      setTimeout(begin, AGAIN_MS);
    });
    source.addEventListener("resync", again);
    for (const kind of KINDS) source.addEventListener(kind, (event) => changed(kind, JSON.parse(event.data)));
  };

  window.addEventListener("pagehide", end);
  window.addEventListener("pageshow", begin);
  window.addEventListener("online", begin);
  document.addEventListener("visibilitychange", () => (document.hidden ? end() : begin()));
  begin();
}

let lost = 0;

// Shows that the connection is gone, unless it is back within the time that a browser takes to connect again.
function showNetwork(isThere) {
  clearTimeout(lost);
  if (isThere && navigator.onLine) find("network").hidden = true;
  else lost = setTimeout(() => (find("network").hidden = false), navigator.onLine ? AGAIN_MS : 0);
}

window.addEventListener("offline", () => showNetwork(false));
window.addEventListener("online", () => showNetwork(true));
if (!navigator.onLine) showNetwork(false);

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = token;
});
document.addEventListener("htmx:sendError", () => toast(t("site.offline")));
document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  sayProblem(new Problem(status, JSON.parse(responseText)));
});

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-capitals]")) target.value = target.value.toUpperCase();
});

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    document.cookie = `rpiocr-language=${button.dataset.language}; path=/; max-age=31536000; samesite=strict`;
    location.reload();
  });
}

document.querySelector("[data-back]")?.addEventListener("click", () => history.back());
