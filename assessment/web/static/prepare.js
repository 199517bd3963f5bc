// Asks how far a document is without reloading the page, so that nobody who reads or listens is interrupted.
"use strict";
const EVERY = 1000;
const prepared = () => document.getElementById("prepared");

async function look() {
  try {
    const answer = await fetch(prepared().dataset.here, { cache: "no-store" });
    if (!(answer.headers.get("Content-Type") || "").startsWith("text/html")) {
      location.replace(prepared().dataset.here); // it is the document itself
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("prepared");
    if (!next) {
      location.reload();
      return;
    }
    if (next.textContent !== prepared().textContent) {
      prepared().replaceChildren(...next.childNodes);
      prepared().dataset.state = next.dataset.state;
      document.title = page.title;
    }
    if (prepared().dataset.state === "ready") {
      location.assign(prepared().querySelector("a.button").href);
      return;
    }
    if (prepared().dataset.state === "failed") return;
  } catch {
    // No connection: ask again.
  }
  setTimeout(look, EVERY);
}
setTimeout(look, EVERY);
