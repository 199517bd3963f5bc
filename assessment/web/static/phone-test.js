// Asks whether a phone came through, without reloading the page: nobody who reads or listens is interrupted.
"use strict";
const EVERY = 1500;
const shown = () => document.getElementById("phone-test");

async function look() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("phone-test");
    if (!next) {
      location.reload(); // signed out, say
      return;
    }
    if (next.dataset.state !== shown().dataset.state) {
      shown().replaceChildren(...next.childNodes);
      shown().dataset.state = next.dataset.state;
    }
    if (shown().dataset.state === "reached") return;
  } catch {
    // No connection: ask again.
  }
  setTimeout(look, EVERY);
}
setTimeout(look, EVERY);
