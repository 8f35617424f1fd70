// The state of the machine: what could not be read is read again, what was deleted comes back,
// what is old is cleaned away after a look at it.

import { call, find, follow, sayProblem, sentences, toast } from "./site.js";

const t = sentences("page-texts");

async function readAgain(button) {
  await call("POST", `/api/v1/files/${button.dataset.again}/retry`);
  toast(t("system.again"));
  button.closest("li").remove();
}

async function restore(button) {
  const { id } = await call("POST", `/api/v1/receipts/${button.dataset.restore}/restore`);
  location.assign(`/receipts/${id}`);
}

// A dry run says what would go, and offers to do it.
async function clean(button) {
  const isDry = button.dataset.clean === "plan";
  const { pictures, receipts, bytes } = await call("POST", `/api/v1/cleaning?dry_run=${isDry}`);
  const values = { pictures, receipts, megabytes: Math.round(bytes / 1e6) };
  const isNothing = pictures + receipts === 0;
  find("plan").textContent = isNothing ? t("system.clean_nothing") : t(isDry ? "system.clean_would" : "system.clean_did", values);
  document.querySelector('[data-clean="do"]').hidden = !isDry || isNothing;
}

const actions = { again: readAgain, restore, clean };

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  const name = Object.keys(actions).find((one) => button && one in button.dataset);
  if (!name) return;
  button.disabled = true;
  try {
    await actions[name](button);
  } catch (error) {
    sayProblem(error);
  } finally {
    button.disabled = false;
  }
});

const nothing = () => {};
follow(nothing, nothing); // for the state of the network
