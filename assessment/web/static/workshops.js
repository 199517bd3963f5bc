// The page of whoever leads a workshop, and the screen in front: what changes comes by itself, and the keys of a
// presenter's remote give commands. Everything can be done without it, but for the screen: that one is reloaded by hand.
"use strict";
(() => {
  const EVERY = 1000;
  const LONGEST = 8000;
  const PATIENCE = 5000;
  const SELDOM_AFTER = 3; // failures
  const KEYS = { PageDown: "next", ArrowRight: "next", PageUp: "back", ArrowLeft: "back", ".": "blank", b: "blank", B: "blank" };
  const screen = document.getElementById("room-screen");
  const live = document.getElementById("room-live");
  const region = screen || live;
  if (!region) return;
  const lost = document.getElementById("room-lost");
  let mark = region.dataset.mark || "";
  let pause = EVERY;
  let failures = 0;
  let turns = 0;
  let timer = 0;
  let isBusy = false;

  const versionShown = () => region.querySelector("[data-version]").dataset.version;

  // The page of whoever leads holds fields: it is loaded anew only where nothing has been written in them.
  const isUntouched = () =>
    [...document.querySelectorAll("main input:not([type=hidden])")].every((field) =>
      field.type === "radio" ? field.checked === field.defaultChecked : field.value === field.defaultValue,
    );

  const show = async (response) => {
    region.innerHTML = await response.text();
    mark = response.headers.get("ETag") || "";
    if (screen || versionShown() === live.dataset.version) return;
    if (isUntouched()) {
      location.reload();
      return;
    }
    const moved = document.getElementById("room-moved");
    moved.textContent = live.dataset.moved;
    moved.hidden = false;
  };

  const end = () => {
    if (!screen) {
      location.reload();
      return;
    }
    const words = document.createElement("h1");
    words.textContent = screen.dataset.ended;
    const middle = document.createElement("div");
    middle.className = "screen middle";
    middle.append(words);
    screen.replaceChildren(middle);
  };

  const look = async () => {
    const turn = (turns += 1);
    try {
      const response = await fetch(region.dataset.now, {
        cache: "no-store",
        redirect: "error", // to the page for signing in, once the visit has ended
        headers: { "If-None-Match": mark },
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (turn !== turns) return; // a command has asked meanwhile
      if (response.status === 410) {
        end();
        return;
      }
      if (response.ok) await show(response);
      else if (response.status !== 304) throw new Error(String(response.status));
      pause = EVERY;
      failures = 0;
      if (lost) lost.hidden = true;
    } catch {
      if (turn !== turns) return;
      failures += 1;
      if (failures >= SELDOM_AFTER) pause = Math.min(LONGEST, pause * 2);
      if (lost) lost.hidden = false;
    }
    clearTimeout(timer);
    timer = setTimeout(look, pause);
  };

  const command = async (name) => {
    const form = document.getElementById("room-commands");
    const given = new FormData(form);
    given.set("command", name);
    given.set("version", versionShown());
    isBusy = true;
    try {
      await fetch(form.action, { method: "POST", body: given, headers: { "Escala-Answers": "none" } });
    } catch {
      // The next look says that there is no connection.
    }
    await look();
    isBusy = false;
  };

  const press = (name) => {
    const form = document.querySelector(`form[data-key="${name}"]`);
    if (!form) return;
    isBusy = true;
    form.querySelector("button").click();
  };

  document.addEventListener("keydown", (event) => {
    const name = KEYS[event.key];
    if (!name || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input:not([type=hidden]), textarea, select, [contenteditable]")) return;
    event.preventDefault();
    if (isBusy || event.repeat) return;
    if (screen) command(name);
    else press(name);
  });
  window.addEventListener("pageshow", () => {
    isBusy = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
  const keys = document.getElementById("room-keys");
  if (keys) keys.hidden = false;
  timer = setTimeout(look, EVERY);
})();
