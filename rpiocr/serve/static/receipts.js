// The list of receipts: who does not see it is told what a search has found, and goes on reading where more is shown.

import { find } from "./site.js";

const rows = () => document.querySelectorAll("#list tbody tr");

let before = 0; // the number of receipts before more are shown

document.addEventListener("htmx:beforeSwap", () => {
  before = rows().length - 1; // without the one that has the button
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.requestConfig.elt.tagName === "BUTTON") rows()[before].querySelector("a").focus();
  else find("found").textContent = document.querySelector(".sums").textContent.replace(/\s+/g, " ").trim();
});
