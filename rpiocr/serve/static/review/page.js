// Goes through what waits for a look. What a person does is shown at once and sent behind it.

import { data, element, find, follow, sayProblem, sentences, showWaiting, toast } from "../site.js";
import { Card, needsLook } from "./card.js";
import { allSettled, isSending, send, settled } from "./changes.js";
import { areSingle, listen, setSingle } from "./keys.js";
import { Picture } from "./picture.js";
import { Queue } from "./queue.js";

const t = sentences("page-texts");

const LOOK_MS = 500; // after which news are looked at, so that many count as one

const found = data("queue");
const queue = new Queue(found, settled);
const picture = new Picture(takeWord);
const changes = []; // {id, name}, the last one last

let count = found.count;
let now = data("review"); // the receipt that is looked at
let cards = [];
let at = 0; // the number of the current field
let asked = null; // the receipt that was asked for last

// --- showing

async function show(id, name) {
  asked = id;
  try {
    const review = await queue.review(id);
    if (asked !== id) return; // a later wish counts
    now = review;
  } catch (error) {
    sayProblem(error);
    return;
  }
  draw(name);
}

function draw(name) {
  find("review").hidden = false;
  find("none").hidden = true;
  window.history.replaceState(null, "", `/review/${now.id}`);
  find("which").replaceChildren(...whichOne(now));
  find("warnings").textContent = now.warnings.filter((one) => one.startsWith("verify_by_hand")).map(sentenceOf).join(" ");
  cards = now.fields.map((field, number) => new Card(field, actsOf(number)));
  find("fields").replaceChildren(...cards.map((card) => card.node));
  const wanted = now.fields.findIndex((field) => (name ? field.name === name : needsLook(field)));
  drawPicture(now);
  choose(Math.max(0, wanted));
  queue.prepare(now.id);
}

function* whichOne(review) {
  yield element("a", { href: `/receipts/${review.id}`, textContent: t("review.which", { id: review.id }) });
  if (review.file) yield ` · ${review.file}`;
  if (review.duplicate_of) yield ` · ${t("review.repeats", { id: review.duplicate_of })}`;
}

const sentenceOf = (warning) => warning.replace(/^\w+: /, "");

async function drawPicture(review) {
  const { id, pages } = review;
  const nameOf = (page) => (pages.length > 1 ? t("review.picture_of_page", { id, page }) : t("review.picture_of", { id }));
  if (!(await picture.show(queue.pictures(review), review.words, nameOf))) return;
  for (const card of cards) card.crop(picture);
  cards[at].show();
  mark();
}

function actsOf(number) {
  return {
    chosen: () => setCurrent(number),
    confirmed: () => {
      setCurrent(number);
      enter();
    },
    rival: (rival) => {
      setCurrent(number);
      takeRival(rival);
    },
  };
}

function setCurrent(number) {
  at = number;
  cards.forEach((card, other) => card.setCurrent(other === at));
  mark();
}

// Makes a field the current one, with the keyboard.
function choose(number) {
  setCurrent(number);
  cards[at].take();
}

function mark() {
  picture.mark(now.fields, at);
}

function showNone() {
  now = null;
  find("review").hidden = true;
  find("none").hidden = false;
  find("which").replaceChildren();
  window.history.replaceState(null, "", "/review");
}

function setCount(number) {
  count = Math.max(0, number);
  find("count").textContent = t("review.count", { n: count });
  showWaiting(count);
}

// --- changing

function enter() {
  const card = cards[at];
  if (card.isChanged || card.typed) change(card, card.typed || null);
  else card.say(t("review.empty"));
}

function takeRival(number) {
  const card = cards[at];
  const rival = card.field.rivals[number];
  if (rival) change(card, rival.value);
}

// Shows a change at once and goes on. Only a value that was typed may be refused: that is waited for. A value that is
// confirmed is sent as it was seen: another one that has taken its place meanwhile must not be confirmed.
function change(card, value) {
  const { field } = card;
  if (field.isBusy) return;
  const review = now;
  const before = { value: field.value, state: field.state };
  const isSame = value === field.value;
  const isTyped = !isSame && !field.rivals.some((rival) => rival.value === value);
  const entry = { id: review.id, name: field.name };
  changes.push(entry);
  Object.assign(field, { value, state: isSame ? "confirmed" : "corrected", isBusy: isTyped });
  card.say("");
  const sent = send(review.id, { set: { [field.name]: value } });
  if (!isTyped) goOn(card);
  sent.then(
    (receipt) => {
      field.isBusy = false;
      for (const notice of receipt.notices) toast(t("review.refused", { id: review.id, message: notice }));
      if (!isTyped) return;
      field.value = textOf(receipt[field.name], value);
      if (now === review && cards[at] === card) goOn(card);
      else {
        card.fill();
        finish(review);
      }
    },
    (problem) => {
      changes.splice(changes.indexOf(entry), 1);
      Object.assign(field, before, { isBusy: false });
      refused(review, field.name, value, problem.message);
    },
  );
}

// A value as the service keeps it, such as a date that was typed in another form; numbers keep the decimals typed.
const textOf = (kept, typed) => (typeof kept === "string" ? kept : typed);

// Says why a change was refused: beside the field, or by a message where somebody is busy with another receipt.
function refused(review, name, value, message) {
  if (queue.done.delete(review.id)) setCount(count + 1);
  if (now === review) {
    sayRefused(name, value, message);
    return;
  }
  const back = async () => {
    await show(review.id, name);
    sayRefused(name, value, message);
  };
  toast(t("review.refused", { id: review.id, message }), { act: back, label: t("review.look"), isLasting: true });
}

function sayRefused(name, value, message) {
  const card = cards.find((one) => one.field.name === name);
  card.showState();
  card.input.value = value ?? "";
  card.say(message);
  // What is being typed into another field goes on.
  if (!cards.some((other) => other !== card && other.isChanged)) card.input.focus();
}

function goOn(card) {
  card.fill();
  const next = now.fields.findIndex(needsLook);
  if (next >= 0) {
    choose(next);
    return;
  }
  finish(now);
  step(1);
}

// Notes that a receipt needs nothing more, if that is so.
function finish(review) {
  if (queue.done.has(review.id) || review.fields.some(needsLook)) return;
  queue.done.add(review.id);
  if (review.position !== null) setCount(count - 1);
}

async function step(by) {
  const id = by > 0 ? queue.after(now.id) : queue.before(now.id);
  if (id !== undefined) show(id);
  else if (by > 0) await startAgain();
}

// Behind the last receipt that is known here, the service says what is left.
async function startAgain() {
  await allSettled();
  try {
    setCount(await queue.restart());
  } catch (error) {
    sayProblem(error);
    return;
  }
  const id = queue.order.find((other) => !queue.done.has(other));
  if (id === undefined) showNone();
  else if (id === now?.id) toast(t("review.last"));
  else show(id);
}

async function undo() {
  const last = changes.pop();
  if (!last) {
    toast(t("review.nothing_to_undo"));
    return;
  }
  try {
    await send(last.id, { undo: [last.name] });
  } catch (error) {
    sayProblem(error);
    return;
  }
  if (queue.done.delete(last.id)) setCount(count + 1);
  queue.forget(last.id);
  await show(last.id, last.name);
}

// --- what a person does

function takeWord(text, isMore) {
  const isAmount = now.fields[at].name === "amount";
  const digits = text.replace(/[^\d.,'’-]/g, "");
  cards[at].put(isAmount && digits ? digits : text, isMore);
}

function toggleHelp() {
  const help = find("help");
  help.hidden = !help.hidden;
  document.querySelector('[data-do="help"]').setAttribute("aria-expanded", String(!help.hidden));
}

const acts = {
  enter: () => enter(),
  cancel: () => {
    cards[at].fill();
    cards[at].take();
  },
  edit: (start) => cards[at].edit(start),
  move: (by) => choose((at + by + cards.length) % cards.length),
  rivals: () => now.fields[at].rivals.length,
  pick: (number) => cards[at].pick(number),
  picked: () => cards[at]?.picked,
  next: () => step(1),
  previous: () => step(-1),
  undo,
  help: toggleHelp,
  "zoom-in": () => picture.scale(1.25),
  "zoom-out": () => picture.scale(0.8),
  "zoom-fit": () => picture.scale(0),
};

const withoutReceipt = new Set(["undo", "help"]);

function ifPossible(name) {
  return (value) => {
    if (now || withoutReceipt.has(name)) return acts[name](value);
    return undefined;
  };
}

listen(Object.fromEntries(Object.keys(acts).map((name) => [name, ifPossible(name)])));
for (const button of document.querySelectorAll("[data-do]")) {
  button.addEventListener("click", () => ifPossible(button.dataset.do)());
}
find("single").checked = areSingle();
find("single").addEventListener("change", ({ target }) => setSingle(target.checked));

// --- what happens meanwhile

let looking = 0;

// Receipts that arrive are put behind the others; the number of those that wait is that of the service.
function lookSoon() {
  clearTimeout(looking);
  looking = setTimeout(async () => {
    if (isSending()) return lookSoon();
    const number = await queue.extend().catch(() => null); // the next event asks again
    if (number !== null) setCount(number);
    if (!now && queue.after(0) !== undefined) show(queue.after(0));
    return undefined;
  }, LOOK_MS);
}

follow((kind, told) => {
  if (kind === "changed" && told.receipt !== now?.id) queue.forget(told.receipt);
  if (kind === "filed" || kind === "changed") lookSoon();
}, lookSoon);

if (now) {
  queue.include(now.id);
  queue.reviews.set(now.id, Promise.resolve(now));
  draw();
} else {
  showNone();
}
