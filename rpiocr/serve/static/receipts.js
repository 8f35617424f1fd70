// The list of receipts: after each search, screen readers are told the sums of what was found.

import { find } from "./site.js";

document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id === "list") find("found").textContent = target.querySelector(".sums").textContent.replace(/\s+/g, " ").trim();
});
