// The state of the machine: what could not be read is read again, what is old is cleaned away after a look at it.

import { call, follow, sayProblem, sentences, toast } from "./site.js";

const t = sentences("texts", "page-texts");

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  try {
    if (button.dataset.again) {
      button.disabled = true;
      await call("POST", `/api/v1/files/${button.dataset.again}/retry`);
      toast(t("system.again"));
      button.closest("li").remove();
    }
    if (button.dataset.clean) await clean(button.dataset.clean === "plan");
  } catch (error) {
    button.disabled = false;
    sayProblem(error);
  }
});

async function clean(isPlan) {
  const found = await call("POST", `/api/v1/cleaning?dry_run=${isPlan}`);
  const what = t(isPlan ? "system.clean_would" : "system.clean_did", {
    pictures: found.pictures,
    receipts: found.receipts,
    megabytes: Math.round(found.bytes / 1e6),
  });
  document.querySelector("[data-plan]").textContent = what;
  document.querySelector('[data-clean="do"]').hidden = !isPlan || found.pictures + found.receipts === 0;
}

follow(() => {}, () => {});
