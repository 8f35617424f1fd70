// The receipts that wait, in the order of their numbers. The next ones and their pictures are fetched before they are
// asked for.

import { call } from "../site.js";

const AHEAD = 4;
const KEPT = 8; // pictures on either side
const PART = 200;

export class Queue {
  // `found` is the beginning of the queue as the service gives it; `settled(id)` resolves when all changes of a receipt
  // have arrived there.
  constructor(found, settled) {
    this.settled = settled;
    this.order = [...found.receipts];
    this.isWhole = found.after === null;
    this.done = new Set(); // receipts that need nothing more
    this.reviews = new Map(); // by number: a promise of what to look at
    this.images = new Map(); // by number: a map of images by page, which may still be loading
    this.extending = null;
  }

  // Puts a receipt into its place.
  include(id) {
    if (this.order.includes(id)) return;
    const place = this.order.findIndex((other) => other > id);
    this.order.splice(place < 0 ? this.order.length : place, 0, id);
  }

  // Resolves to what to look at. What is shown is an object of its own, which pages may change.
  review(id) {
    if (!this.reviews.has(id)) {
      const found = this.settled(id).then(() => call("GET", `/api/v1/review/${id}`));
      found.catch(() => this.forget(id));
      this.reviews.set(id, found);
    }
    return this.reviews.get(id);
  }

  forget(id) {
    this.reviews.delete(id);
  }

  // Returns the images of the first page of a receipt, and of those that its fields are on.
  pictures({ id, page, fields }) {
    let images = this.images.get(id);
    if (!images) {
      const pages = new Set([page, ...fields.map((field) => field.page)]);
      images = new Map([...pages].map((one) => [one, this.picture(id, one)]));
      this.images.set(id, images);
    }
    return images;
  }

  picture(id, page) {
    const image = new Image();
    image.src = `/api/v1/receipts/${id}/image?page=${page}`;
    image.decode().catch(() => this.images.delete(id));
    return image;
  }

  // Fetches what comes after a receipt.
  prepare(id) {
    const place = this.order.indexOf(id);
    const following = this.order.slice(place + 1).filter((other) => !this.done.has(other));
    for (const other of following.slice(0, AHEAD)) {
      const fetched = this.review(other).then((review) => this.pictures(review));
      fetched.catch(() => {}); // asked for again when it is shown
    }
    for (const other of this.images.keys()) {
      if (Math.abs(this.order.indexOf(other) - place) > KEPT) this.images.delete(other);
    }
    if (following.length <= AHEAD && !this.isWhole) this.extend();
  }

  // Returns the receipt that waits after another one, from the beginning again after the last.
  after(id) {
    const waits = (other) => other !== id && !this.done.has(other);
    const place = this.order.indexOf(id);
    return this.order.slice(place + 1).find(waits) ?? this.order.find(waits);
  }

  // Returns the receipt before another one, whether it waits or not.
  before(id) {
    return this.order[this.order.indexOf(id) - 1];
  }

  // Asks for the receipts behind the last known one; resolves to the number of all that wait.
  extend() {
    this.extending ??= this.load(this.order.at(-1) ?? 0).finally(() => (this.extending = null));
    return this.extending;
  }

  // Asks for the queue from its beginning; resolves to the number of all that wait.
  restart() {
    return this.load(0);
  }

  async load(after) {
    const found = await call("GET", `/api/v1/review?after=${after}&limit=${PART}`);
    for (const id of found.receipts) {
      this.include(id);
      if (this.done.delete(id)) this.forget(id);
    }
    this.isWhole = found.after === null;
    return found.count;
  }
}
