// Answering without reloading: a step is sent, and the next page comes in the same answer. What was chosen or typed is
// also kept a moment later, without leaving the page. Without this script the same forms do the same by themselves.
"use strict";
(() => {
  const PARTS = ["a.skip", "header.top", "main", "footer"];
  const AT_REST = 1000; // milliseconds after the last change
  const TOO_LONG = 20000;
  let shown = location.pathname;
  let saving = null; // the save under way
  let changed = false; // since the last save
  let busy = false; // a button was pressed
  let timer;

  const post = (form, go, options) => {
    const body = new URLSearchParams(new FormData(form));
    body.set("go", go);
    return fetch(form.action, { method: "POST", body, ...options });
  };

  const save = async () => {
    clearTimeout(timer);
    const form = document.querySelector("form[data-autosave]");
    if (!form || !changed || saving || busy) return;
    changed = false;
    saving = post(form, "save", { keepalive: true }).catch(() => { changed = true; });
    await saving;
    saving = null;
    if (changed) later();
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, AT_REST);
  };

  // Puts an answered page in the place of this one; throws where it is none of ours.
  const show = async (answer, isNew) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector('link[href*="/respond.css"]')) throw new Error(answer.status);
    const at = new URL(answer.headers.get("Content-Location") || answer.url, location);
    if (isNew && at.pathname !== shown) history.pushState(null, "", at.pathname);
    shown = at.pathname;
    changed = false;
    document.documentElement.lang = page.documentElement.lang;
    document.title = page.title;
    for (const part of PARTS) document.querySelector(part).replaceWith(page.querySelector(part));
    scrollTo(0, 0);
    const first = document.querySelector("#errors, h1"); // read aloud, and the keyboard goes on from here
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-answers]") || !event.submitter) return;
    event.preventDefault();
    if (busy) return; // pressed twice
    busy = true;
    clearTimeout(timer);
    const sendError = form.querySelector("[data-send-error]");
    sendError.hidden = true;
    try {
      await saving; // an older save must not overtake this one
      const signal = AbortSignal.timeout?.(TOO_LONG);
      await show(await post(form, event.submitter.value || "next", { headers: { "Escala-Answers": "page" }, signal }), true);
    } catch {
      sendError.hidden = false; // nothing is lost: the page is still here with all that was chosen
      sendError.scrollIntoView({ block: "nearest" });
    }
    busy = false;
  });

  document.addEventListener("change", () => { changed = true; later(); });
  document.addEventListener("input", () => { changed = true; later(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  addEventListener("popstate", async () => {
    if (location.pathname === shown) return; // only to a place on this page
    try {
      await save();
      await show(await fetch(location.href), false);
    } catch {
      location.reload();
    }
  });
})();
