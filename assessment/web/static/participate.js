// Shows what the workshop shows now, and sends votes until they have arrived. Without it a button asks.
"use strict";
(() => {
  const main = document.getElementById("main");
  const live = document.getElementById("live");
  const state = document.getElementById("state");
  if (!live || !window.fetch || !window.AbortController) return;
  const EVERY = 1000;
  const UNSEEN = 6000;
  const LONGEST = 8000;
  const PATIENCE = 5000;
  const SELDOM_AFTER = 3; // failures: one lost request in ten is what a bad network does
  let mark = main.dataset.mark;
  let pause = EVERY;
  let failures = 0;
  let timer = 0;
  let asking = false;
  let control = null;
  let vote = null;
  let voteTo = "";
  let pressed = null;
  let over = false;

  document.querySelector(".refresh").hidden = true;

  const say = (words, isWrong) => {
    if (state.textContent !== words) state.textContent = words;
    state.classList.toggle("wrong", Boolean(isWrong));
  };

  const ask = async (address, options) => {
    control = new AbortController();
    const patience = setTimeout(() => control.abort(), PATIENCE);
    try {
      return await fetch(address, Object.assign({ cache: "no-store", credentials: "same-origin", signal: control.signal }, options));
    } finally {
      clearTimeout(patience);
    }
  };

  const show = async (response) => {
    const html = await response.text();
    const focused = document.activeElement ? document.activeElement.id : "";
    const before = live.querySelector("[data-vote]");
    const marked = before ? Array.from(before.querySelectorAll("input:checked"), (box) => box.id) : [];
    const asked = before ? before.elements.question.value + before.elements.ballot.value : "";
    mark = response.headers.get("ETag") || "";
    live.innerHTML = html;
    const now = live.querySelector("[data-vote]"); // what is being chosen stays, whatever else has changed
    if (now && !live.querySelector(".in") && now.elements.question.value + now.elements.ballot.value === asked) {
      marked.forEach((id) => {
        document.getElementById(id).checked = true;
      });
    }
    const again = focused && live.contains(document.getElementById(focused)) ? document.getElementById(focused) : null;
    if (again) again.focus();
  };

  // A vote that is on its way is pressed already: whoever has voted need not wait for the network.
  const markPressed = () => {
    if (!vote) return;
    const form = live.querySelector("[data-vote]");
    if (!form || form.elements.question.value !== vote.get("question") || form.elements.ballot.value !== vote.get("ballot")) {
      return;
    }
    const voted = vote.getAll("value");
    form.querySelectorAll("input[type=checkbox]").forEach((box) => {
      box.checked = voted.indexOf(box.value) >= 0;
    });
    form.querySelectorAll("button[name=value]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.value === vote.get("value")));
    });
  };

  // There is no such workshop any more: it says so, and asks no more.
  const isGone = (response) => {
    if (response.status !== 403 && response.status !== 404) return false;
    over = true;
    vote = null;
    const title = document.createElement("h1");
    title.textContent = main.dataset.over;
    const words = document.createElement("p");
    words.textContent = main.dataset.gone;
    live.textContent = "";
    live.append(title, words);
    say("", false);
    return true;
  };

  const later = (after) => {
    clearTimeout(timer);
    if (over) return;
    timer = setTimeout(turn, after + Math.random() * 200);
  };

  const send = async () => {
    const sent = vote;
    const response = await ask(voteTo, {
      method: "POST",
      headers: { "Escala-Fragment": "1" },
      body: sent,
    });
    if (response.status === 401) return location.reload();
    if (isGone(response)) return undefined;
    if (response.status === 400) vote = null;
    if (!response.ok) throw new Error(String(response.status));
    if (vote !== sent) return undefined; // another one was pressed meanwhile
    vote = null;
    const isIn = response.headers.get("Escala-Counted") === "yes";
    await show(response);
    return say(isIn ? main.dataset.in : main.dataset.late, !isIn);
  };

  const look = async () => {
    const response = await ask(main.dataset.now, { headers: { "If-None-Match": mark } });
    if (response.status === 401) return location.reload();
    if (response.status === 304 || isGone(response)) return undefined;
    if (!response.ok) throw new Error(String(response.status));
    await show(response);
    return say("", false);
  };

  async function turn() {
    if (asking) return;
    asking = true;
    const looked = !vote;
    let failed = false;
    try {
      if (vote) await send();
      else await look();
      if (state.textContent === main.dataset.lost) say("", false);
      pause = EVERY;
      failures = 0;
    } catch {
      failed = !(looked && vote); // a vote does not wait for a question that hangs
      if (failed) {
        say(main.dataset.lost, true);
        failures += 1;
        if (failures >= SELDOM_AFTER) pause = Math.min(LONGEST, pause * 2);
      }
    }
    markPressed();
    asking = false;
    if (vote) later(failed ? EVERY : 0);
    else later(document.hidden ? UNSEEN : pause);
  }

  document.addEventListener("click", (event) => {
    pressed = event.target.closest("button[name=value]");
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-vote")) return;
    event.preventDefault();
    const all = form.querySelector("[data-most]");
    const chosen = Array.from(form.querySelectorAll("input:checked"), (box) => box.value);
    if (!all && (!pressed || !form.contains(pressed))) return;
    if (all) {
      const isTooMany = chosen.length > Number(all.dataset.most);
      form.querySelector("[data-too-many]").hidden = !isTooMany;
      if (isTooMany) return;
    }
    vote = new URLSearchParams();
    vote.set("question", form.elements.question.value);
    vote.set("ballot", form.elements.ballot.value);
    if (all) (chosen.length ? chosen : ["0"]).forEach((value) => vote.append("value", value));
    else vote.set("value", pressed.value);
    voteTo = form.action;
    markPressed();
    say(main.dataset.sending, false);
    if (asking) control.abort();
    else later(0);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) later(0);
  });
  window.addEventListener("online", () => later(0));
  later(EVERY);
})();
