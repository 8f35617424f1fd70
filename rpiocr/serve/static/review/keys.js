// The keys of the page. Single keys act while nothing is being typed; they can be turned off.

const STORED = "rpiocr-single-keys";

export const areSingle = () => localStorage.getItem(STORED) !== "off";

export function setSingle(isOn) {
  localStorage.setItem(STORED, isOn ? "on" : "off");
}

// `acts` has what keys do: enter, cancel, edit(start), move(by), pick(number), picked(), rivals(), and those of SINGLE.
const SINGLE = { n: "next", p: "previous", u: "undo", "?": "help", "+": "zoom-in", "-": "zoom-out", f: "zoom-fit" };

export function listen(acts) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const act = event.target.matches("[data-input]") ? whileTyping(event.key, acts) : whileLooking(event, acts);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function whileTyping(key, acts) {
  // A number that picked a rival was the first one of a value if more is typed after it.
  const picked = acts.picked();
  if (picked && key.length === 1) return () => acts.edit(`${picked}${key}`);
  return { Enter: acts.enter, Escape: acts.cancel }[key];
}

function whileLooking({ key, target }, acts) {
  if (target.matches("button, a, input, select, summary") && (key === "Enter" || key === " ")) return null;
  const always = { Enter: acts.enter, F2: acts.edit, ArrowDown: () => acts.move(1), ArrowUp: () => acts.move(-1) };
  if (always[key] || key.length !== 1 || !areSingle()) return always[key];
  if (key === " ") return () => acts.edit();
  if (/\d/.test(key)) return () => (key >= "1" && key <= String(acts.rivals()) ? acts.pick(Number(key) - 1) : acts.edit(key));
  return acts[SINGLE[key.toLowerCase()]];
}
