// Goes through what waits for a look. Every key acts at once; what it changes is sent in order behind it, and the next
// receipts are there before they are asked for.

import { call, Problem, sayProblem, sentences, toast } from "./site.js";

const t = sentences("texts", "page-texts");
const find = (name) => document.querySelector(`[data-${name}]`);
const data = (id) => JSON.parse(document.getElementById(id).textContent);

const AHEAD = 3;
const MARGIN = 12; // pixels around what is cut out

const known = new Map(); // id: a promise of what to look at
const pictures = new Map(); // id: its picture, being loaded
const changes = []; // {id, field, before}, the last change last
const complete = new Set(); // receipts that need nothing more
const queue = data("queue");
const order = [...queue.receipts];

let now = data("review"); // what is looked at
let at = 0; // the field
let sent = Promise.resolve();
let zoom = 0; // 0: fit
const touched = new Set(); // "id field": confirmed or corrected here

// --- getting

function get(id) {
  if (!known.has(id)) {
    known.set(id, call("GET", `/api/v1/review/${id}`));
    known.get(id).catch(() => known.delete(id));
  }
  return known.get(id);
}

function picture(id) {
  if (!pictures.has(id)) {
    const image = new Image();
    image.src = `/api/v1/receipts/${id}/image`;
    image.decode().catch(() => {});
    pictures.set(id, image);
  }
  return pictures.get(id);
}

function prepare() {
  const place = order.indexOf(now.id);
  for (const id of order.slice(place + 1, place + 1 + AHEAD)) {
    get(id).catch(() => {});
    picture(id);
  }
  for (const id of pictures.keys()) if (Math.abs(order.indexOf(id) - place) > 2 * AHEAD) pictures.delete(id);
  if (place >= order.length - AHEAD && queue.after !== null) extend();
}

let extending = false;

async function extend() {
  if (extending) return;
  extending = true;
  try {
    const found = await call("GET", `/api/v1/review?after=${order.at(-1) ?? 0}&limit=200`);
    order.push(...found.receipts.filter((id) => !order.includes(id)));
    queue.after = found.after;
  } catch {
    // asked again at the next receipt
  } finally {
    extending = false;
  }
}

// --- showing

function isOpen(field) {
  return field.required && field.state === "open" && !touched.has(`${now.id} ${field.name}`);
}

async function show(id) {
  try {
    now = await get(id);
  } catch (error) {
    sayProblem(error);
    return;
  }
  at = Math.max(0, now.fields.findIndex(isOpen));
  draw();
}

function draw() {
  find("review").hidden = false;
  find("none").hidden = true;
  window.history.replaceState(null, "", `/review/${now.id}`);
  find("which").textContent = t("review.which", { id: now.id, file: now.file || "" });
  drawPicture();
  drawFields();
  prepare();
}

function drawPicture() {
  const image = picture(now.id);
  const sheet = find("sheet");
  const shown = now.id;
  find("lost").hidden = true;
  image.alt = t("review.picture");
  sheet.replaceChildren(image);
  const ready = () => {
    if (now.id !== shown) return;
    fit();
    drawWords();
    drawFieldBoxes();
    for (const card of document.querySelectorAll("[data-card]")) crop(card, image);
    document.body.dataset.shown = String(shown);
  };
  if (image.complete && image.naturalWidth) ready();
  else {
    image.addEventListener("load", ready, { once: true });
    image.addEventListener("error", () => {
      if (now.id === shown) find("lost").hidden = false;
      document.body.dataset.shown = String(shown);
    }, { once: true });
  }
}

function fit() {
  const image = picture(now.id);
  const pane = find("pane");
  const width = zoom === 0 ? Math.min(pane.clientWidth, (pane.clientHeight * image.naturalWidth) / image.naturalHeight * 1.6) : image.naturalWidth * zoom;
  find("sheet").style.width = `${Math.max(80, width)}px`;
}

function boxed(kind, x, y, width, height) {
  const image = picture(now.id);
  const place = document.createElement(kind);
  const share = (value, all) => `${(100 * value) / all}%`;
  place.style.left = share(x, image.naturalWidth);
  place.style.top = share(y, image.naturalHeight);
  place.style.width = share(width, image.naturalWidth);
  place.style.height = share(height, image.naturalHeight);
  return place;
}

function drawWords() {
  const layer = document.createElement("div");
  layer.className = "words";
  for (const [text, x, y, width, height] of now.words) {
    const word = boxed("button", x, y, width, height);
    word.type = "button";
    word.className = "word";
    word.tabIndex = -1;
    word.title = text;
    word.setAttribute("aria-label", text);
    word.addEventListener("click", (event) => take(text, event.shiftKey));
    layer.append(word);
  }
  find("sheet").append(layer);
}

function drawFieldBoxes() {
  for (const old of document.querySelectorAll(".field-box")) old.remove();
  now.fields.forEach((field, number) => {
    if (!field.box || !picture(now.id).naturalWidth) return;
    const [x, y, width, height] = field.box;
    const box = boxed("div", x - 4, y - 4, width + 8, height + 8);
    box.className = `field-box${number === at ? " current" : ""}`;
    find("sheet").append(box);
    if (number === at) {
      const pane = find("pane");
      pane.scrollTop = box.offsetTop + box.offsetHeight / 2 - pane.clientHeight / 2;
      pane.scrollLeft = box.offsetLeft + box.offsetWidth / 2 - pane.clientWidth / 2;
    }
  });
}

function drawFields() {
  const place = find("fields");
  place.replaceChildren(...now.fields.map(card));
  mark();
}

function card(field, number) {
  const node = document.querySelector("[data-field]").content.firstElementChild.cloneNode(true);
  const part = (name) => node.querySelector(`[data-${name}]`);
  const input = part("input");
  input.id = `field-${field.name}`;
  input.value = field.value ?? "";
  input.inputMode = field.name === "amount" ? "decimal" : "text";
  part("label").htmlFor = input.id;
  part("label").textContent = t(`field.${field.name}`);
  part("state").textContent = stateOf(field);
  part("state").className = `badge ${isOpen(field) ? "doubt" : "good"}`;
  part("confirm").textContent = t("review.confirm");
  part("confirm").setAttribute("aria-label", `${t("review.confirm")}: ${t(`field.${field.name}`)}`);
  part("confirm").addEventListener("click", () => {
    at = number;
    enter();
  });
  input.addEventListener("focus", () => {
    at = number;
    mark();
  });
  part("rivals").setAttribute("aria-label", t("review.rivals", { field: t(`field.${field.name}`) }));
  field.rivals.slice(0, 3).forEach((rival, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(Object.assign(document.createElement("kbd"), { textContent: String(index + 1) }), ` ${rival.value}`);
    if (rival.raw && rival.raw !== rival.value) {
      button.append(Object.assign(document.createElement("span"), { className: "quiet", textContent: ` ${rival.raw}` }));
    }
    button.addEventListener("click", () => {
      at = number;
      choose(index);
    });
    part("rivals").append(button);
  });
  node.dataset.name = field.name;
  node.classList.toggle("settled", !isOpen(field));
  const image = picture(now.id);
  if (image.complete && image.naturalWidth) crop(node, image);
  return node;
}

function stateOf(field) {
  if (touched.has(`${now.id} ${field.name}`)) return t("review.state.confirmed");
  if (field.state === "open" && !field.required) return t("review.state.optional");
  const percent = field.probability === null ? "" : ` ${Math.round(100 * field.probability)} %`;
  return t(`review.state.${field.state}`) + (field.state === "open" ? percent : "");
}

function crop(node, image) {
  const field = now.fields.find((one) => one.name === node.dataset.name);
  const canvas = node.querySelector("[data-crop]");
  if (!field?.box) return;
  const [x, y, width, height] = field.box;
  const left = Math.max(0, x - MARGIN);
  const top = Math.max(0, y - MARGIN);
  canvas.width = Math.min(image.naturalWidth - left, width + 2 * MARGIN);
  canvas.height = Math.min(image.naturalHeight - top, height + 2 * MARGIN);
  if (canvas.width < 1 || canvas.height < 1) return;
  canvas.getContext("2d").drawImage(image, left, top, canvas.width, canvas.height, 0, 0, canvas.width, canvas.height);
  canvas.setAttribute("aria-label", t("review.printed", { text: field.raw || "" }));
  canvas.hidden = false;
}

function mark() {
  document.querySelectorAll("[data-card]").forEach((node, number) => node.classList.toggle("current", number === at));
  document.body.dataset.at = now.fields[at]?.name ?? "";
  drawFieldBoxes();
}

function done() {
  find("review").hidden = true;
  find("none").hidden = false;
  document.body.dataset.shown = "none";
  window.history.replaceState(null, "", "/review");
}

// --- acting

function input() {
  return document.querySelectorAll("[data-card]")[at]?.querySelector("[data-input]");
}

function say(message) {
  const node = document.querySelectorAll("[data-card]")[at];
  if (node) node.querySelector("[data-error]").textContent = message;
}

function enter() {
  const field = now.fields[at];
  const text = input().value.trim();
  if (text === (field.value ?? "")) {
    if (!text) return say(t("review.empty"));
    change(field, { confirm: [field.name] }, text);
  } else {
    change(field, { set: { [field.name]: text || null } }, text);
  }
}

function choose(index) {
  const field = now.fields[at];
  const rival = field.rivals[index];
  if (rival) change(field, { set: { [field.name]: rival.value } }, rival.value);
}

// Shows the change at once and goes on; the server gets it in its turn.
function change(field, body, value) {
  const id = now.id;
  const before = { value: field.value, state: field.state };
  const isTyped = "set" in body && !field.rivals.some((rival) => rival.value === value);
  touched.add(`${id} ${field.name}`);
  changes.push({ id, field: field.name, before });
  field.value = value;
  say("");
  const request = send(() => call("PATCH", `/api/v1/receipts/${id}`, body));
  const failed = (error) => {
    touched.delete(`${id} ${field.name}`);
    changes.splice(changes.findLastIndex((one) => one.id === id && one.field === field.name), 1);
    Object.assign(field, before);
    if (complete.delete(id)) count(1);
    returnTo(id, field.name, error.message, value);
  };
  // A value that was typed may be refused: it is waited for, a value that was read is not.
  if (isTyped) request.then(() => goOn(), failed);
  else {
    request.catch(failed);
    goOn();
  }
}

function send(work) {
  const next = sent.then(work);
  sent = next.catch(() => {});
  return next;
}

async function returnTo(id, name, message, typed) {
  if (now.id !== id) now = await get(id);
  at = now.fields.findIndex((one) => one.name === name);
  draw();
  input().value = typed;
  input().focus();
  say(message);
}

function goOn() {
  document.activeElement?.blur?.();
  const next = now.fields.findIndex(isOpen);
  if (next >= 0) {
    at = next;
    drawFields();
    return;
  }
  if (!complete.has(now.id)) count(-1);
  complete.add(now.id);
  step(1);
}

function count(by) {
  queue.count = Math.max(0, queue.count + by);
  find("count").textContent = t("review.count", { n: queue.count });
}

function step(by) {
  const place = order.indexOf(now.id);
  const waits = (id) => id !== now.id && !complete.has(id);
  const next = by < 0 ? order[place - 1] : (order.slice(place + 1).find(waits) ?? order.find(waits));
  if (next !== undefined) show(next);
  else if (by > 0) sent.then(refresh);
}

// At the end of what is known here, the server says what is left.
async function refresh() {
  const found = await call("GET", "/api/v1/review?limit=200").catch(() => null);
  if (!found) return;
  queue.count = found.count;
  queue.after = found.after;
  count(0);
  order.push(...found.receipts.filter((id) => !order.includes(id)));
  for (const id of found.receipts) {
    complete.delete(id);
    known.delete(id);
  }
  const next = found.receipts.find((id) => id !== now?.id) ?? found.receipts[0];
  if (next === undefined) done();
  else show(next);
}

async function undo() {
  const last = changes.pop();
  if (!last) return toast(t("review.nothing_to_undo"));
  touched.delete(`${last.id} ${last.field}`);
  try {
    await send(() => call("PATCH", `/api/v1/receipts/${last.id}`, { undo: [last.field] }));
  } catch (error) {
    sayProblem(error);
  }
  known.delete(last.id);
  if (complete.delete(last.id)) count(1);
  now = await get(last.id);
  at = Math.max(0, now.fields.findIndex((one) => one.name === last.field));
  draw();
}

function take(text, isMore) {
  const place = input();
  const clean = now.fields[at].name === "amount" ? text.replace(/[^\d.,'-]/g, "") || text : text;
  place.value = isMore && place.value ? `${place.value} ${clean}` : clean;
  place.focus();
  place.select();
}

function edit(start) {
  const place = input();
  place.focus();
  if (start === undefined) place.select();
  else place.value = start;
}

function move(by) {
  at = (at + by + now.fields.length) % now.fields.length;
  mark();
}

function scale(by) {
  const image = picture(now.id);
  const shown = find("sheet").clientWidth / image.naturalWidth;
  zoom = by === 0 ? 0 : Math.min(4, Math.max(0.05, (zoom || shown) * by));
  fit();
  drawFieldBoxes();
}

const actions = {
  next: () => step(1),
  previous: () => step(-1),
  undo,
  help: () => {
    const keys = find("keys");
    keys.hidden = !keys.hidden;
    document.querySelector('[data-do="help"]').setAttribute("aria-expanded", String(!keys.hidden));
  },
  "zoom-in": () => scale(1.25),
  "zoom-out": () => scale(0.8),
  "zoom-fit": () => scale(0),
};

for (const button of document.querySelectorAll("[data-do]")) button.addEventListener("click", () => actions[button.dataset.do]());

function typing(event) {
  if (event.key === "Enter") {
    event.preventDefault();
    enter();
  } else if (event.key === "Escape") {
    input().value = now.fields[at].value ?? "";
    say("");
    document.activeElement.blur();
  }
}

const keys = {
  Enter: enter,
  " ": () => edit(),
  F2: () => edit(),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  n: () => step(1),
  p: () => step(-1),
  u: undo,
  "?": () => actions.help(),
  "+": () => scale(1.25),
  "-": () => scale(0.8),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.matches("input")) return typing(event);
  if (event.target.matches("button, a, select, textarea") && ["Enter", " "].includes(event.key)) return;
  if (find("review").hidden) return;
  const field = now.fields[at];
  const digit = Number(event.key);
  if (event.key.length === 1 && digit >= 1 && digit <= Math.min(3, field.rivals.length)) {
    event.preventDefault();
    choose(digit - 1);
  } else if (/^\d$/.test(event.key)) {
    event.preventDefault();
    edit(event.key);
  } else if (keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]) {
    event.preventDefault();
    keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]();
  }
});

window.addEventListener("resize", () => {
  if (now) {
    fit();
    drawFieldBoxes();
  }
});

window.addEventListener("online", () => now && show(now.id));

if (now) {
  known.set(now.id, Promise.resolve(now));
  if (!order.includes(now.id)) order.unshift(now.id);
  at = Math.max(0, now.fields.findIndex(isOpen));
  draw();
} else {
  done();
}
