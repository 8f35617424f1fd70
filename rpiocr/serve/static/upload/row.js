// The row of one file: its name and progress, then what was read from it.

import { element, money, sentences } from "../site.js";

const t = sentences("page-texts");

const SHOWN_BY_BROWSERS = /^image\/(jpeg|png|gif|webp|bmp|avif)$/;
const MOVED_MS = 2000;

export class Row {
  constructor(name, file) {
    this.node = document.querySelector("[data-row]").content.firstElementChild.cloneNode(true);
    this.name = name;
    this.part("name").textContent = name;
    if (file && SHOWN_BY_BROWSERS.test(file.type)) this.preview(URL.createObjectURL(file));
  }

  part(name) {
    return this.node.querySelector(`[data-${name}]`);
  }

  // A small picture: of the file while it is sent, of what the service has made of it afterwards.
  preview(address) {
    const image = element("img", { src: address, alt: "", className: "thumb", loading: "lazy", dataset: { thumb: "" } });
    image.addEventListener("error", () => setTimeout(() => tryOnceMore(image), MOVED_MS), { once: true });
    const old = this.part("thumb");
    if (old.src?.startsWith("blob:")) URL.revokeObjectURL(old.src);
    old.replaceWith(image);
  }

  say(text) {
    this.part("state").textContent = text;
  }

  // Shows how much is sent, in percent; null: nothing is being sent.
  showSent(percent) {
    const bar = this.part("sent");
    bar.hidden = percent === null;
    if (percent === null) return;
    bar.value = percent;
    bar.setAttribute("aria-label", this.name);
    this.say(t("upload.sending", { percent }));
  }

  // Shows what was read.
  showReceipts(receipts, known) {
    this.showSent(null);
    this.say(known ? t("upload.known") : "");
    this.part("name").hidden = true;
    this.part("receipts").replaceChildren(...receipts.map(receiptLine));
    this.part("actions").replaceChildren();
    this.preview(`${receipts[0].links.image}?size=small`);
  }

  // Shows why there is nothing, and offers to try again.
  showFailure(message, again) {
    this.showSent(null);
    this.say(message);
    const button = element("button", { type: "button", textContent: t("upload.retry") });
    button.setAttribute("aria-label", `${t("upload.retry")}: ${this.name}`);
    button.addEventListener("click", again);
    const badge = element("span", { className: "badge bad", textContent: t("upload.failed") });
    this.part("actions").replaceChildren(badge, button);
  }

  showWaiting(text) {
    this.showSent(null);
    this.say(text);
    this.part("actions").replaceChildren();
  }
}

// The file may just have been moved; a picture that is still missing then leaves its place empty.
function tryOnceMore(image) {
  image.addEventListener("error", () => image.replaceWith(element("span", { className: "thumb", dataset: { thumb: "" } })));
  image.src = `${image.src}?again`;
}

function receiptLine(receipt) {
  const name = receipt.merchant || receipt.file;
  const facts = [receipt.date, money(receipt.amount, receipt.currency)].filter(Boolean).join(" · ");
  const link = element("a", {
    className: "button",
    href: receipt.sure ? `/receipts/${receipt.id}` : `/review/${receipt.id}`,
    textContent: receipt.sure ? t("upload.open") : t("upload.review"),
  });
  link.setAttribute("aria-label", `${link.textContent}: ${name}`);
  return element(
    "li",
    {},
    element("div", { className: "what" }, element("strong", { textContent: name, dir: "auto" }), element("span", { textContent: facts })),
    element("span", {
      className: `badge ${receipt.sure ? "good" : "doubt"}`,
      textContent: receipt.sure ? t("upload.accepted") : t("upload.unsure"),
    }),
    link,
  );
}
