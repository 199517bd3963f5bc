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
  const sure = document.getElementById("room-sure");
  let askedAt = ""; // the version at which it was asked whether to show so few votes
  let mark = region.dataset.mark || "";
  let pause = EVERY;
  let failures = 0;
  let turns = 0;
  let timer = 0;
  let isBusy = false;
  let isOver = false;

  // How long people still talk: counted from when the page came, since clocks of machines differ.
  let timing = null;
  let since = 0;
  const tick = () => {
    const shown = region.querySelector("[data-timer]");
    if (shown !== timing) {
      timing = shown;
      since = performance.now();
    }
    if (!shown) return;
    const left = Math.max(0, Math.round(Number(shown.dataset.timer) - (performance.now() - since) / 1000));
    const words = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : shown.dataset.over;
    if (shown.textContent !== words) shown.textContent = words;
  };
  setInterval(tick, 250);

  const versionShown = () => region.querySelector("[data-version]").dataset.version;

  // The page of whoever leads holds fields: it is loaded anew only where nothing has been written in them.
  const forms = [...document.querySelectorAll("form[data-kept]")];
  const isTouched = (form) =>
    "refused" in form.dataset ||
    [...form.querySelectorAll("input:not([type=hidden])")].some((field) =>
      field.type === "radio" || field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue,
    );
  const isUntouched = () => !forms.some(isTouched);

  const tell = (words) => {
    const moved = document.getElementById("room-moved");
    moved.textContent = words;
    moved.hidden = false;
  };

  const show = async (response) => {
    region.innerHTML = await response.text();
    mark = response.headers.get("ETag") || "";
    if (sure && versionShown() !== askedAt) sure.hidden = true;
    const back = document.querySelector("form[data-key=back]"); // refused once somebody has voted
    if (back) back.hidden = Boolean(region.querySelector("[data-voted]"));
    if (screen || versionShown() === live.dataset.version) return;
    if (isUntouched()) {
      location.reload();
      return;
    }
    tell(live.dataset.moved);
  };

  // Nothing comes any more: it says why, and asks no more.
  const end = (why) => {
    isOver = true;
    if (lost) lost.hidden = true;
    if (!screen) {
      if (why === "ended" && isUntouched()) location.reload(); // to the round
      else tell(live.dataset[why]);
      return;
    }
    const words = document.createElement("h1");
    words.textContent = screen.dataset[why];
    const middle = document.createElement("div");
    middle.className = "screen middle";
    middle.append(words);
    screen.replaceChildren(middle);
  };

  const reasonToEnd = (response) => {
    if (response.type === "opaqueredirect" || response.status === 401) return "out"; // to the page for signing in
    if (response.status === 403 || response.status === 404) return "gone";
    return response.status === 410 ? "ended" : "";
  };

  const look = async () => {
    if (isOver) return;
    const turn = (turns += 1);
    try {
      const response = await fetch(region.dataset.now, {
        cache: "no-store",
        redirect: "manual",
        headers: { "If-None-Match": mark },
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (turn !== turns) return; // a command has asked meanwhile
      const why = reasonToEnd(response);
      if (why) {
        end(why);
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
    if (name === "next" && askedAt === versionShown()) given.set("sure", "1");
    askedAt = "";
    sure.hidden = true;
    isBusy = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: given, headers: { "Escala-Answers": "none" } });
      if (answer.status === 428) {
        askedAt = given.get("version");
        sure.hidden = false;
      }
    } catch {
      // The next look says that there is no connection.
    }
    isBusy = false; // what is pressed before the next look is meant for what is shown, and refused if that is past
    await look();
  };

  const press = (name) => {
    const form = document.querySelector(`form[data-key="${name}"]`);
    if (!form || form.hidden) return;
    isBusy = true;
    form.querySelector("button").click();
  };

  document.addEventListener("keydown", (event) => {
    const name = KEYS[event.key];
    if (!name || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input:not([type=hidden]), textarea, select, [contenteditable]")) return;
    event.preventDefault();
    if (isBusy || isOver || event.repeat) return;
    if (screen) command(name);
    else press(name);
  });
  window.addEventListener("pageshow", () => {
    isBusy = false;
    sent = null;
  });

  // Every button loads the page anew: what was written in the forms that it does not send is kept meanwhile, and an
  // agreement that was not saved is asked about before its question is left.
  const KEPT = `escala-room ${region.dataset.now}`;
  let sent = null;
  const restore = () => {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) || "[]");
    for (const form of forms) {
      const [, fields] = kept.find(([name]) => name === form.dataset.kept) || [];
      if ("refused" in form.dataset || !fields) continue;
      for (const [name, value] of fields) {
        const box = form.querySelector(`input[type=checkbox][name="${name}"][value="${CSS.escape(value)}"]`);
        if (box) box.checked = true;
        else form.elements.namedItem(name).value = value;
      }
    }
    return kept.filter(([name]) => !forms.some((form) => form.dataset.kept === name));
  };
  const fieldsOf = (form) => [...new FormData(form)].filter(([name]) => form.querySelector(`input:not([type=hidden])[name="${name}"]`));
  const mayLeave = () => {
    const agreement = forms.find((form) => form.dataset.kept.startsWith("agree"));
    return !agreement || !isTouched(agreement) || window.confirm(live.dataset.unsaved);
  };
  if (live) {
    const elsewhere = restore(); // of questions that are not shown now
    document.addEventListener("submit", (event) => {
      if ("leaves" in event.target.dataset && !mayLeave()) {
        event.preventDefault();
        isBusy = false;
      } else sent = event.target;
    });
    document.addEventListener("click", (event) => {
      const link = event.target.closest('a[href$="/workshop/end"]');
      if (link && !mayLeave()) event.preventDefault();
    });
    window.addEventListener("pagehide", () => {
      if (sent && !document.getElementById("main").contains(sent)) {
        sessionStorage.removeItem(KEPT); // whoever signs out leaves nothing behind
        return;
      }
      const written = forms.filter((form) => form !== sent && isTouched(form)).map((form) => [form.dataset.kept, fieldsOf(form)]);
      sessionStorage.setItem(KEPT, JSON.stringify([...elsewhere, ...written]));
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
  const keys = document.getElementById("room-keys");
  if (keys) keys.hidden = false;
  timer = setTimeout(look, EVERY);
})();
