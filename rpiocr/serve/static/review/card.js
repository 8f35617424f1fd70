// The card of one field: its name and state, how it is printed, its value, and the other readings.

import { element, sentences } from "../site.js";

const t = sentences("page-texts");

export const needsLook = (field) => field.required && field.state === "open";

export class Card {
  // `acts` has what a person can do: chosen(), confirmed(), rival(number).
  constructor(field, acts) {
    this.field = field;
    this.node = document.querySelector("[data-field]").content.firstElementChild.cloneNode(true);
    this.input = this.part("input");
    this.name = t(`field.${field.name}`);
    this.node.dataset.name = field.name;
    this.node.id = `card-${field.name}`;
    this.describe();
    this.fill();
    this.picked = ""; // the number of the rival that is in the input, and not confirmed yet
    this.input.addEventListener("focus", acts.chosen);
    this.input.addEventListener("input", () => (this.picked = ""));
    this.part("confirm").addEventListener("click", acts.confirmed);
    this.part("rivals").append(...field.rivals.map((rival, number) => rivalButton(rival, number, acts)));
  }

  part(name) {
    return this.node.querySelector(`[data-${name}]`);
  }

  describe() {
    const { name } = this.field;
    for (const part of ["label", "state", "input", "error"]) this.part(part).id = `${part}-${name}`;
    this.part("label").htmlFor = this.input.id;
    this.part("label").textContent = this.name;
    this.node.setAttribute("aria-labelledby", `label-${name} state-${name}`);
    this.input.setAttribute("aria-describedby", `state-${name} error-${name}`);
    this.input.inputMode = name === "amount" ? "decimal" : "text";
    this.part("confirm").setAttribute("aria-label", t("review.confirm_field", { field: this.name }));
    this.part("rivals").setAttribute("aria-label", t("review.rivals", { field: this.name }));
  }

  fill() {
    this.picked = "";
    this.input.value = this.field.value ?? "";
    this.say("");
    this.showState();
  }

  showState() {
    const state = this.part("state");
    state.textContent = stateText(this.field);
    const isPlain = this.field.state === "open" && !this.field.required;
    state.className = `badge ${needsLook(this.field) ? "doubt" : isPlain ? "" : "good"}`;
    this.node.classList.toggle("settled", !needsLook(this.field));
  }

  // Shows how the field is printed.
  crop(picture) {
    const canvas = this.part("crop");
    canvas.hidden = !picture.crop(canvas, this.field);
    canvas.setAttribute("aria-label", t("review.printed", { text: this.field.raw ?? "" }));
  }

  say(message) {
    this.part("error").textContent = message;
    this.input.setAttribute("aria-invalid", String(message !== ""));
  }

  get typed() {
    return this.input.value.trim();
  }

  get isChanged() {
    return this.typed !== (this.field.value ?? "");
  }

  // Takes the keyboard, so that a screen reader tells the field and its value.
  take() {
    this.node.setAttribute("aria-description", this.field.value ?? t("review.no_value"));
    this.node.focus({ preventScroll: true });
    this.show();
  }

  // Brings the whole card into view.
  show() {
    this.node.scrollIntoView({ block: "nearest" });
  }

  // Takes the keyboard for typing, which begins with `start`, or with all of the value selected.
  edit(start) {
    this.picked = "";
    if (start !== undefined) this.input.value = start;
    this.input.focus({ preventScroll: true });
    if (start === undefined) this.input.select();
  }

  // Puts a rival into the input, where it is confirmed, or replaced by what is typed on.
  pick(number) {
    this.edit(this.field.rivals[number].value);
    this.input.select();
    this.picked = String(number + 1);
  }

  put(text, isMore) {
    this.edit(isMore && this.typed ? `${this.typed} ${text}` : text);
  }

  setCurrent(isCurrent) {
    this.node.classList.toggle("current", isCurrent);
  }
}

function rivalButton(rival, number, acts) {
  const button = element("button", { type: "button" }, element("kbd", { textContent: String(number + 1) }), ` ${rival.value}`);
  if (rival.raw && rival.raw !== rival.value) button.append(element("span", { className: "quiet", textContent: rival.raw }));
  button.addEventListener("click", () => acts.rival(number));
  return button;
}

function stateText(field) {
  if (field.state !== "open") return t(`review.state.${field.state}`);
  if (!field.required) return t("review.state.optional");
  if (field.value === null) return t("review.state.missing");
  if (field.probability === null) return t("review.state.open");
  return t("review.state.rated", { percent: Math.min(99, Math.round(100 * field.probability)) });
}
