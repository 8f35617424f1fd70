// The picture of a receipt: zoom, its words as buttons, the places of the fields, and what is cut out for each field.

import { element, find, sentences } from "../site.js";

const t = sentences("page-texts");

const MARGIN = 10; // pixels of the picture around what is cut out, and around a field
const TALL = 1.6; // a page that fits is at most so many times as high as its pane
const LEGIBLE = 20; // pixels of the screen; a lower line is enlarged
const MOST = 3; // times as large as a page that fits

export class Picture {
  // `taken(text, isMore)` is called for a word that is clicked.
  constructor(taken) {
    this.image = null; // of the page that is shown
    this.images = new Map(); // by page: those that can be shown
    this.wanted = null; // what was asked for last
    this.zoom = null; // times the picture's own size; null: chosen here
    this.box = null; // of the current field
    this.words = element("div", { className: "words" });
    this.words.setAttribute("role", "group");
    this.words.setAttribute("aria-label", t("review.words"));
    this.words.addEventListener("click", ({ target, shiftKey }) => {
      if (target.matches(".word")) taken(target.textContent, shiftKey);
    });
    window.addEventListener("resize", () => this.fit());
    find("pane").addEventListener("wheel", (event) => this.turned(event), { passive: false });
  }

  // Takes the images of a receipt by page, and shows its first page; resolves to whether that can be shown. `nameOf`
  // says what is on a page. A later call ends an earlier one.
  async show(images, words, nameOf) {
    this.image = null;
    this.images = new Map();
    this.zoom = null;
    this.wanted = images;
    find("pane").setAttribute("aria-busy", "true");
    find("lost").hidden = true;
    find("sheet").replaceChildren();
    const decoded = [...images].map(([page, image]) => image.decode().then(() => [page, image], () => null));
    const there = (await Promise.all(decoded)).filter(Boolean);
    if (this.wanted !== images) return false;
    find("pane").setAttribute("aria-busy", "false");
    find("lost").hidden = there.length > 0;
    if (!there.length) return false;
    this.images = new Map(there);
    this.allWords = words;
    this.nameOf = nameOf;
    this.turnTo(there[0][0]);
    return true;
  }

  // Shows another page of the receipt, if it can be shown.
  turnTo(page) {
    const image = this.images.get(page);
    if (!image || image === this.image) return;
    this.image = image;
    image.alt = this.nameOf(page);
    const own = this.allWords.filter((word) => word[5] === page);
    this.words.replaceChildren(...own.map(([text, ...box]) => this.placed("button", "word", box, text)));
    find("sheet").replaceChildren(image, this.words);
  }

  // Marks the places of all fields on the page of the current one, and brings that one into view.
  mark(fields, current) {
    const { page } = fields[current];
    this.turnTo(page);
    for (const old of document.querySelectorAll(".field-box")) old.remove();
    this.box = this.images.has(page) ? fields[current].box : null;
    if (!this.image) return;
    fields.forEach(({ box, page: other }, number) => {
      if (!box || this.images.get(other) !== this.image) return;
      const [x, y, width, height] = box;
      const wider = [x - MARGIN / 2, y - MARGIN / 2, width + MARGIN, height + MARGIN];
      find("sheet").append(this.placed("div", `field-box${number === current ? " current" : ""}`, wider));
    });
    this.fit();
  }

  placed(kind, className, [x, y, width, height], text = "") {
    const { naturalWidth, naturalHeight } = this.image;
    const made = element(kind, { className, textContent: text });
    if (kind === "button") Object.assign(made, { type: "button", tabIndex: -1, title: text });
    const share = (value, all) => `${(100 * value) / all}%`;
    made.style.left = share(x, naturalWidth);
    made.style.top = share(y, naturalHeight);
    made.style.width = share(width, naturalWidth);
    made.style.height = share(height, naturalHeight);
    return made;
  }

  // Draws what is cut out of the picture of its page for a field; false: there is nothing to draw.
  crop(canvas, { box, page }) {
    const image = this.images.get(page);
    if (!image || !box) return false;
    const [x, y, width, height] = box;
    const left = Math.max(0, x - MARGIN);
    const top = Math.max(0, y - MARGIN);
    canvas.width = Math.max(1, Math.min(image.naturalWidth - left, width + 2 * MARGIN));
    canvas.height = Math.max(1, Math.min(image.naturalHeight - top, height + 2 * MARGIN));
    const size = [canvas.width, canvas.height];
    canvas.getContext("2d").drawImage(image, left, top, ...size, 0, 0, ...size);
    return true;
  }

  // Enlarges by a factor; 0: as large as is good for the current field.
  scale(by) {
    if (!this.image) return;
    const shown = find("sheet").clientWidth / this.image.naturalWidth;
    this.zoom = by === 0 ? null : Math.min(4, Math.max(0.05, shown * by));
    this.fit();
  }

  turned(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.scale(event.deltaY < 0 ? 1.1 : 1 / 1.1);
  }

  fit() {
    if (!this.image) return;
    const width = this.zoom === null ? this.goodWidth() : this.image.naturalWidth * this.zoom;
    find("sheet").style.width = `${Math.round(width)}px`;
    const place = document.querySelector(".field-box.current");
    if (!place) return;
    const pane = find("pane");
    pane.scrollTop = place.offsetTop + place.offsetHeight / 2 - pane.clientHeight / 2;
    pane.scrollLeft = place.offsetLeft + place.offsetWidth / 2 - pane.clientWidth / 2;
  }

  goodWidth() {
    const { naturalWidth, naturalHeight } = this.image;
    const pane = find("pane");
    const whole = Math.min(pane.clientWidth, ((TALL * pane.clientHeight) / naturalHeight) * naturalWidth);
    if (!this.box) return whole;
    const [, , width, height] = this.box;
    const legible = (LEGIBLE / height) * naturalWidth;
    const most = Math.min(MOST * whole, (0.9 * pane.clientWidth * naturalWidth) / width);
    return Math.max(whole, Math.min(legible, most));
  }
}
