// One receipt: values are corrected in place, and everything can be undone.

import { call, sayProblem, sentences, toast } from "./site.js";

const t = sentences("texts", "page-texts");
const place = () => document.getElementById("receipt");
const own = () => `/api/v1/receipts/${place().dataset.id}`;

async function refresh() {
  const page = await fetch(location.href, { credentials: "same-origin" });
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html").getElementById("receipt");
  if (fresh) place().replaceWith(fresh);
  else location.assign("/receipts");
}

async function change(body, message, undo) {
  try {
    await call("PATCH", own(), body);
    await refresh();
    toast(message, { undo: undo && (() => change(undo, t("receipt.undone"))) });
  } catch (error) {
    sayProblem(error);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-set]");
  if (!form) return;
  event.preventDefault();
  const field = form.dataset.set;
  const value = form.querySelector("input").value.trim();
  change({ set: { [field]: value || null } }, t("receipt.saved"), { undo: [field] });
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.undo) change({ undo: [button.dataset.undo] }, t("receipt.undone"));
  if (button.dataset.archive) {
    const archived = button.dataset.archive === "true";
    change({ archived }, t(archived ? "receipt.archived" : "receipt.unarchived"), { archived: !archived });
  }
  if ("separate" in button.dataset) change({ set: { duplicate_of: null } }, t("receipt.saved"), { undo: ["duplicate_of"] });
  if ("delete" in button.dataset) remove();
});

async function remove() {
  const address = own();
  try {
    await call("DELETE", address);
  } catch (error) {
    sayProblem(error);
    return;
  }
  place().hidden = true;
  toast(t("receipt.deleted"), {
    lasting: true,
    undo: async () => {
      try {
        const found = await call("POST", `${address}/restore`);
        location.assign(`/receipts/${found.id}`);
      } catch (error) {
        sayProblem(error);
      }
    },
  });
}
