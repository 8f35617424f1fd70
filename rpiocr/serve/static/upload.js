// Sends files one by one, three at a time, and shows what becomes of each, in the order in which they are finished.
// A file that could not be sent stays here until the connection is back; sending it twice does no harm.

import { call, csrf, follow, Problem, sayProblem, sentences } from "./site.js";

const t = sentences("texts", "page-texts");
const AT_ONCE = 3;
const AGAIN_MS = 4000;
const LEAVE_ALONE = new Set([413, 415, 422, 400]);

const find = (name) => document.querySelector(`[data-${name}]`);
const rows = find("rows");
const finished = find("finished");

const jobs = new Map(); // by a key of this page
let sending = 0;
let begun = null;
let done = 0;

class Job {
  constructor(file) {
    this.key = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
    this.file = file;
    this.upload = null;
    this.state = "queued";
    this.isOver = false;
    this.row = document.querySelector("[data-row]").content.firstElementChild.cloneNode(true);
    this.part("name").textContent = file ? file.name || t("upload.camera") : "";
    if (file && file.type.startsWith("image/") && !/hei[cf]|avif|jxl/.test(file.type)) this.preview(URL.createObjectURL(file));
    jobs.set(this.key, this);
  }

  part(name) {
    return this.row.querySelector(`[data-${name}]`);
  }

  preview(address) {
    const image = this.row.querySelector("img");
    image.addEventListener("error", () => (image.hidden = true));
    if (image.src === new URL(address, location.href).href && !image.hidden) return;
    image.src = address;
    image.hidden = false;
  }

  say(text) {
    this.part("state").textContent = text;
  }

  show(percent) {
    const bar = this.row.querySelector("progress");
    bar.hidden = percent === null;
    if (percent !== null) bar.value = percent;
    bar.setAttribute("aria-label", this.part("name").textContent);
  }

  // Takes what the server says of the upload.
  take(upload) {
    this.upload = upload;
    this.state = upload.state;
    this.show(null);
    if (upload.state === "waiting") this.say(t("upload.waiting"));
    else if (upload.state === "reading") this.say(t("upload.reading"));
    else this.end(upload.state === "failed" ? upload.error.message : "");
  }

  end(message) {
    if (!this.isOver) {
      this.isOver = true;
      done += 1;
      finished.prepend(this.row);
    }
    this.show(null);
    this.say(message);
    const badge = this.part("badge");
    badge.hidden = false;
    const receipts = this.upload?.receipts || [];
    const failed = receipts.length === 0;
    const isUnsure = receipts.some((one) => !one.sure);
    badge.textContent = failed ? t("upload.failed") : isUnsure ? t("upload.unsure") : t("upload.accepted");
    badge.className = `badge ${failed ? "bad" : isUnsure ? "doubt" : "good"}`;
    if (!failed) this.part("name").textContent = receipts.map((one) => one.merchant || this.upload.name).join(", ");
    this.part("facts").textContent = receipts.map(facts).join(" · ");
    if (this.upload?.known && !failed) this.say(t("upload.known"));
    if (!failed) this.preview(receipts[0].links.image);
    this.offer(failed, isUnsure, receipts[0]);
    this.file = failed ? this.file : null;
    summary();
  }

  offer(failed, isUnsure, receipt) {
    const place = this.part("actions");
    place.replaceChildren();
    if (failed) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: t("upload.retry") });
      button.addEventListener("click", () => this.again());
      place.append(button);
    } else {
      const link = document.createElement("a");
      link.className = "button";
      link.href = isUnsure ? `/review/${receipt.id}` : `/receipts/${receipt.id}`;
      link.textContent = isUnsure ? t("upload.review") : t("upload.open");
      place.append(link);
    }
  }

  async again() {
    if (this.isOver) done -= 1;
    this.isOver = false;
    this.part("badge").hidden = true;
    this.part("actions").replaceChildren();
    rows.append(this.row);
    if (this.upload) {
      try {
        this.take(await call("POST", `${this.upload.links.self}/retry`));
      } catch (error) {
        sayProblem(error);
        this.end(error.message);
      }
    } else {
      this.key = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}`;
      this.state = "queued";
      pump();
    }
    summary();
  }

  async refresh() {
    if (this.isOver && this.upload?.receipts.length) this.preview(this.upload.receipts[0].links.image);
    if (!this.upload || this.isOver) return;
    try {
      this.take(await call("GET", this.upload.links.self));
    } catch (error) {
      if (error instanceof Problem && error.status === 404) this.end(error.message);
    }
  }
}

function facts(receipt) {
  return [receipt.date, money(receipt)].filter(Boolean).join(" · ");
}

// Numbers in JSON have lost the zeros at their end; the currency says how many decimals an amount has.
function money({ amount, currency }) {
  if (amount === null) return "";
  try {
    const style = { style: "currency", currency, currencyDisplay: "code" };
    return new Intl.NumberFormat(document.documentElement.lang, style).format(amount);
  } catch {
    return `${amount} ${currency || ""}`.trim();
  }
}

function add(files) {
  begun = begun ?? performance.now();
  for (const file of files) {
    const job = new Job(file);
    job.say(t("upload.waiting"));
    rows.append(job.row);
  }
  summary();
  pump();
}

function pump() {
  for (const job of jobs.values()) {
    if (sending >= AT_ONCE) return;
    if (job.state === "queued") send(job);
  }
}

function send(job) {
  sending += 1;
  job.state = "sending";
  const request = new XMLHttpRequest();
  const form = new FormData();
  form.append("file", job.file, job.file.name || "photo.jpg");
  request.open("POST", "/api/v1/receipts");
  request.setRequestHeader("X-CSRF-Token", csrf);
  request.setRequestHeader("Idempotency-Key", job.key);
  request.upload.addEventListener("progress", (event) => {
    const percent = event.lengthComputable ? Math.round((100 * event.loaded) / event.total) : 0;
    job.show(percent);
    job.say(t("upload.sending", { percent }));
  });
  const after = (next) => () => {
    sending -= 1;
    next();
    pump();
  };
  request.addEventListener("load", after(() => answered(job, request)));
  request.addEventListener("error", after(() => later(job)));
  request.addEventListener("abort", after(() => later(job)));
  request.send(form);
}

function answered(job, request) {
  let found = null;
  try {
    found = JSON.parse(request.responseText);
  } catch {
    return later(job);
  }
  if (request.status < 300) {
    job.take(found);
    summary();
    job.refresh(); // what happened between the answer and now was told to nobody
  } else if (LEAVE_ALONE.has(request.status)) {
    job.state = "refused";
    job.end(found.detail);
  } else {
    later(job, found.detail);
  }
}

function later(job, why) {
  job.state = "unsent";
  job.show(null);
  job.say(why || t("upload.waiting_network"));
  setTimeout(() => {
    if (job.state === "unsent") job.state = "queued";
    pump();
  }, AGAIN_MS);
}

function summary() {
  const all = jobs.size - [...jobs.values()].filter((job) => job.isOld).length;
  const over = [...jobs.values()].filter((job) => job.isOver && !job.isOld).length;
  find("running").hidden = over === all;
  find("progress").textContent = t("upload.progress", { done: over, all });
  find("bar").max = Math.max(1, all);
  find("bar").value = over;
  const minutes = begun === null ? 0 : (performance.now() - begun) / 60000;
  find("rate").textContent = over > 1 && minutes > 0 ? t("upload.rate", { n: Math.round(over / minutes) }) : "";
  find("nothing").hidden = finished.children.length > 0;
}

async function refreshLeft() {
  try {
    const found = await call("GET", "/api/v1/review?limit=1");
    find("left").hidden = found.count === 0;
    find("left-text").textContent = t("upload.left", { n: found.count });
  } catch {
    // the next event asks again
  }
}

for (const input of document.querySelectorAll("[data-files]")) {
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
}

document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files || [])];
  if (files.length) add(files);
});

const drop = find("drop");
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const kind of ["dragleave", "drop"]) document.addEventListener(kind, () => drop.classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const files = [...event.dataTransfer.files];
  if (files.length) add(files);
});

window.addEventListener("online", () => {
  for (const job of jobs.values()) if (job.state === "unsent") job.state = "queued";
  pump();
});

window.addEventListener("beforeunload", (event) => {
  if ([...jobs.values()].some((job) => ["queued", "sending", "unsent"].includes(job.state))) event.preventDefault();
});

follow(
  (kind, data) => {
    for (const job of jobs.values()) if (job.upload && job.upload.sha256 === data.sha256) job.refresh();
    if (kind === "filed" || kind === "changed") refreshLeft();
  },
  () => {
    for (const job of jobs.values()) job.refresh();
    refreshLeft();
  },
);

for (const upload of JSON.parse(document.getElementById("uploads").textContent).reverse()) {
  const job = new Job(null);
  job.isOld = upload.state === "read" || upload.state === "failed";
  job.part("name").textContent = upload.name;
  if (!job.isOld) rows.append(job.row);
  job.take(upload);
}
summary();
