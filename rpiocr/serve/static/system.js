// The state of the machine: what could not be read is read again, what is old is cleaned away after a look at it.

import { call, find, follow, sayProblem, sentences, toast } from "./site.js";

const t = sentences("page-texts");

async function readAgain(button) {
  await call("POST", `/api/v1/files/${button.dataset.again}/retry`);
  toast(t("system.again"));
  button.closest("li").remove();
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

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-again], [data-clean]");
  if (!button) return;
  button.disabled = true;
  try {
    await ("again" in button.dataset ? readAgain(button) : clean(button));
  } catch (error) {
    sayProblem(error);
  } finally {
    button.disabled = false;
  }
});

const nothing = () => {};
follow(nothing, nothing); // for the state of the network
