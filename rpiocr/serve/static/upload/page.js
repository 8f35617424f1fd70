// Adds receipts: chosen, dropped, pasted or photographed. Shows what becomes of each, the last one first.

import { call, data, find, follow, Problem, sayProblem, sentences, showWaiting } from "../site.js";
import { Row } from "./row.js";
import { send } from "./sending.js";

const t = sentences("page-texts");

const jobs = new Set();
let begun = null; // when the first file of this page was added

class Job {
  constructor(name, file) {
    this.file = file;
    this.upload = null;
    this.isOver = false;
    this.isOld = false; // it was over before this page was opened, and is not counted
    this.row = new Row(name, file);
    jobs.add(this);
  }

  async start() {
    this.wait(t("upload.queued"));
    try {
      this.take(await send(this.file, (percent) => this.showSent(percent)));
      this.refresh(); // what happened between the answer and now was told to nobody
    } catch (problem) {
      this.fail(problem.message, () => this.start());
    }
  }

  showSent(percent) {
    if (percent === null) this.row.showWaiting(t("upload.waiting_network"));
    else this.row.showSent(percent);
  }

  wait(text) {
    this.isOver = false;
    if (!this.row.node.parentNode || this.row.node.parentNode === find("finished")) find("rows").append(this.row.node);
    this.row.showWaiting(text);
    summary();
  }

  // Takes what the service says of the upload.
  take(upload) {
    this.upload = upload;
    this.file = null;
    if (upload.state === "waiting" || upload.state === "reading") this.wait(t(`upload.${upload.state}`));
    else if (upload.receipts.length) {
      this.row.showReceipts(upload.receipts, upload.known);
      this.end();
    } else {
      this.fail(upload.error?.message ?? t("upload.deleted"), () => this.readAgain());
    }
  }

  fail(message, again) {
    this.row.showFailure(message, again);
    this.end();
  }

  end() {
    if (!this.isOver) find("finished").prepend(this.row.node);
    this.isOver = true;
    summary();
  }

  async readAgain() {
    try {
      this.take(await call("POST", `${this.upload.links.self}/retry`));
    } catch (error) {
      sayProblem(error);
    }
  }

  async refresh() {
    if (!this.upload || this.isOver) return;
    try {
      this.take(await call("GET", this.upload.links.self));
    } catch (error) {
      if (error instanceof Problem && error.status === 404) this.fail(error.message, () => this.readAgain());
    }
  }
}

function add(files) {
  if (!files.length) return;
  begun ??= performance.now();
  for (const file of files) new Job(file.name || t("upload.camera"), file).start();
}

function summary() {
  const counted = [...jobs].filter((job) => !job.isOld);
  const done = counted.filter((job) => job.isOver).length;
  find("running").hidden = done === counted.length;
  find("progress").textContent = t("upload.progress", { done, all: counted.length });
  find("bar").max = Math.max(1, counted.length);
  find("bar").value = done;
  const minutes = begun === null ? 0 : (performance.now() - begun) / 60000;
  find("rate").textContent = done > 1 && minutes ? t("upload.rate", { rate: Math.max(1, Math.round(done / minutes)) }) : "";
  find("nothing").hidden = find("finished").children.length > 0;
  if (counted.length) find("told").textContent = t("upload.told", { done, all: counted.length });
}

async function refreshLeft() {
  const found = await call("GET", "/api/v1/review?limit=1").catch(() => null); // the next event asks again
  if (!found) return;
  showWaiting(found.count);
  find("left").hidden = found.count === 0;
  find("left-text").textContent = t("upload.left", { n: found.count });
}

function refreshAll() {
  for (const job of jobs) job.refresh();
  refreshLeft();
}

for (const input of document.querySelectorAll("[data-files]")) {
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
}

document.addEventListener("paste", (event) => add([...(event.clipboardData?.files ?? [])]));

for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    find("drop").classList.toggle("over", kind === "dragenter" || kind === "dragover");
  });
}
document.addEventListener("drop", (event) => add([...event.dataTransfer.files]));

// Only what is still here would be lost; what was sent is read whether this page is open or not.
window.addEventListener("beforeunload", (event) => {
  if ([...jobs].some((job) => job.file && !job.isOver)) event.preventDefault();
});

follow((kind, told) => {
  for (const job of jobs) if (job.upload && told.sha256 === job.upload.sha256) job.refresh();
  if (kind === "filed" || kind === "changed") refreshLeft();
}, refreshAll);

for (const upload of data("uploads").reverse()) {
  const job = new Job(upload.name, null);
  job.isOld = upload.state === "read" || upload.state === "failed";
  job.take(upload);
}
