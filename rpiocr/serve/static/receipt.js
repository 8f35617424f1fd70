// One receipt: its values and items are edited in place, and every change can be undone.

import { call, element, find, sayProblem, sentences, toast } from "./site.js";

const t = sentences("texts", "page-texts");

const place = () => document.getElementById("receipt");
const own = () => `/api/v1/receipts/${place().dataset.id}`;

// Shows the receipt as it is now; what was edited, and is not among the names that were `sent`, stays.
async function refresh(sent) {
  const left = edited().filter((input) => !sent.includes(input.name));
  const page = await fetch(location.href, { credentials: "same-origin" });
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html").getElementById("receipt");
  if (!fresh) {
    location.assign("/receipts");
    return;
  }
  place().replaceWith(document.adoptNode(fresh));
  for (const { name, value } of left) {
    const input = find("edit").elements[name];
    if (input) input.value = value;
  }
  showSave();
}

// Sends a change and shows the receipt anew; `back(receipt)` gives the change that takes it back.
async function change(body, message, back) {
  const receipt = await call("PATCH", own(), body);
  for (const notice of receipt.notices) toast(notice);
  await refresh([...Object.keys(body.set ?? {}), ...(body.undo ?? [])]);
  toast(message, { act: back && (() => orSay(change(back(receipt), t("receipt.undone")))) });
}

const orSay = (work) => work.catch(sayProblem);

// --- values and items

const edited = () => [...find("edit").querySelectorAll("input")].filter((input) => input.value.trim() !== input.defaultValue);

function showSave() {
  find("save").hidden = edited().length === 0;
  find("error").textContent = "";
}

async function save() {
  const set = Object.fromEntries(edited().map((input) => [input.name, input.value.trim() || null]));
  if (!Object.keys(set).length) return;
  try {
    await change({ set }, t("receipt.saved"), () => ({ undo: Object.keys(set) }));
  } catch (error) {
    find("error").textContent = error.message;
  }
}

function add(form) {
  const { description, amount } = form.elements;
  const last = (receipt) => Math.max(...receipt.items.map((item) => item.position));
  const set = { "items.add": `${description.value.trim()} ${amount.value.trim()}` };
  return change({ set }, t("receipt.saved"), (receipt) => ({ undo: [`items.${last(receipt)}`] }));
}

function removeItem(number) {
  return change({ set: { [`items.${number}.delete`]: null } }, t("receipt.removed"), () => ({ undo: [`items.${number}`] }));
}

// --- the receipt

function archive(archived) {
  return change({ archived }, t(archived ? "receipt.archived" : "receipt.unarchived"), () => ({ archived: !archived }));
}

function separate() {
  return change({ set: { duplicate_of: null } }, t("receipt.saved"), () => ({ undo: ["duplicate_of"] }));
}

async function remove() {
  const address = own();
  await call("DELETE", address);
  const undo = element("button", { type: "button", textContent: t("site.undo") });
  undo.addEventListener("click", () => orSay(restore(address)));
  const list = element("a", { className: "button", href: "/receipts", textContent: t("receipt.list") });
  place().hidden = true;
  place().before(element("p", { className: "notice", textContent: `${t("receipt.deleted")} ` }, undo, " ", list));
  undo.focus();
}

async function restore(address) {
  const { id } = await call("POST", `${address}/restore`);
  location.assign(`/receipts/${id}`);
}

const actions = {
  undo: (name) => change({ undo: [name] }, t("receipt.undone")),
  remove: removeItem,
  archive: (value) => archive(value === "true"),
  separate,
  delete: remove,
};

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  const name = Object.keys(actions).find((one) => button && one in button.dataset);
  if (name) orSay(actions[name](button.dataset[name]));
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.matches("[data-edit]")) save();
  else orSay(add(event.target));
});

document.addEventListener("input", ({ target }) => {
  if (target.closest("[data-edit]")) showSave();
});

document.addEventListener("reset", () => setTimeout(showSave));

window.addEventListener("beforeunload", (event) => {
  if (find("edit") && !place().hidden && edited().length) event.preventDefault();
});
