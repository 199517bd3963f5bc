// A sheet of paper by keyboard alone: a key fills a field and goes on, and every key is kept on the server at once.
// Without it the page is a plain form.
"use strict";
(() => {
  const form = document.getElementById("paper-sheet");
  if (!form) return;
  const fields = [...form.querySelectorAll("input[data-keys], textarea")];
  const count = document.getElementById("paper-count");
  const state = document.getElementById("paper-state");
  const wrong = document.getElementById("paper-wrong");
  const RETRY = [1000, 2000, 4000, 8000];
  const DONT_KNOW = { n: "0", "?": "0" };
  let isBusy = false;
  let isDirty = false;
  let isOver = false;
  let isStale = false;
  let tries = 0;
  let isSubmitting = false;
  let whenIdle = null;

  const keysOf = (field) => field.dataset.keys.split(" ");
  const isMany = (field) => "most" in field.dataset && field.dataset.most !== "1";
  const isWords = (field) => field.tagName === "TEXTAREA";

  const goTo = (to) => {
    to.focus({ preventScroll: true });
    if (!isWords(to) && !isMany(to)) to.select();
    to.closest(".paper-row").scrollIntoView({ block: "nearest" });
  };
  const go = (from, by) => {
    const to = fields[fields.indexOf(from) + by];
    if (to) goTo(to);
  };

  const say = (words) => {
    wrong.textContent = words;
  };
  const refuse = (field, key) => say(form.dataset.wrong.replace("{key}", key).replace("{keys}", field.dataset.words));

  const show = () => {
    const answered = fields.filter((field) => field.value.trim() !== "").length;
    count.textContent = "· " + count.dataset.of.replace("{n}", answered);
    for (const field of fields) {
      for (const option of field.closest(".paper-row").querySelectorAll("[data-key]")) {
        option.classList.toggle("chosen", field.value.includes(option.dataset.key));
      }
    }
  };

  const send = async () => {
    if (isBusy || isOver || !isDirty) return;
    isBusy = true;
    isDirty = false;
    const typed = {};
    for (const field of fields) typed[field.name] = field.value;
    let status = 0;
    try {
      const response = await fetch(form.dataset.draft, {
        method: "POST",
        keepalive: true,
        redirect: "manual",
        headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value },
        body: JSON.stringify({ version: Number(form.elements.version.value), editor: form.elements.editor.value, typed }),
      });
      status = response.status;
      if (response.ok) form.elements.version.value = (await response.json()).version;
    } catch {
      status = 0;
    }
    isBusy = false;
    if (status === 200) {
      tries = 0;
      state.textContent = isDirty ? "" : "· " + form.dataset.saved;
    } else if (status === 0 || status >= 500) {
      isDirty = true;
      state.textContent = "· " + form.dataset.lost;
      setTimeout(send, RETRY[Math.min(tries++, RETRY.length - 1)]);
    } else {
      isOver = true;
      stop(status === 409 ? form.dataset.changed : form.dataset.gone);
    }
    if (whenIdle) {
      const submit = whenIdle;
      whenIdle = null;
      submit();
    } else if (status === 200) {
      send();
    }
  };

  // Nothing is kept any more: no key does anything, and what was typed stays to be sent by a button.
  const stop = (words) => {
    isStale = true;
    for (const field of fields) field.readOnly = true;
    form.classList.add("stale");
    state.textContent = "";
    say(words);
  };

  const changed = () => {
    isDirty = true;
    if (!tries) state.textContent = "· " + form.dataset.saving;
    show();
    send();
  };

  const put = (field, value) => {
    field.value = value;
    field.closest(".paper-row").classList.remove("wrong");
    say("");
    changed();
  };

  // One key; returns whether it was one of the answers, or begins one.
  const typeKey = (field, typed) => {
    const keys = keysOf(field);
    const key = typed.toLowerCase();
    if (isMany(field)) {
      if (!keys.includes(key)) return false;
      if (field.value.includes(key)) return true;
      put(field, field.value + key);
      if (field.value.length >= Number(field.dataset.most)) go(field, 1);
      return true;
    }
    const isFresh = field.selectionStart === 0 && field.selectionEnd === field.value.length;
    const candidates = isFresh ? [key] : [field.value + key, key];
    for (const candidate of candidates) {
      const alias = keys.includes(candidate) && DONT_KNOW[candidate] && keys.includes("0");
      const value = alias ? DONT_KNOW[candidate] : candidate;
      const isWhole = keys.includes(candidate);
      const isBegun = keys.some((one) => one !== candidate && one.startsWith(candidate));
      if (!isWhole && !isBegun) continue;
      put(field, value);
      if (isWhole && !isBegun) go(field, 1);
      return true;
    }
    return false;
  };

  const save = () => {
    form.requestSubmit(form.querySelector("button[value=save]"));
  };

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!fields.includes(field) || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      save();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isStale) {
      if (event.key === "Enter") event.preventDefault();
      return;
    }
    const isLast = field === fields[fields.length - 1];
    const isEmpty = field.value === "";
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (event.repeat) return;
      if (isLast) save();
      else go(field, 1);
    } else if (event.key === "Backspace" && (isEmpty || (!isWords(field) && !isMany(field)))) {
      event.preventDefault();
      if (isEmpty) go(field, -1);
      else put(field, "");
    } else if (event.key === "ArrowUp" && (!isWords(field) || field.selectionStart === 0)) {
      event.preventDefault();
      go(field, -1);
    } else if (event.key === "ArrowDown" && (!isWords(field) || field.selectionStart === field.value.length)) {
      event.preventDefault();
      go(field, 1);
    } else if (!isWords(field) && !isMany(field) && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      event.preventDefault();
      go(field, event.key === "ArrowLeft" ? -1 : 1);
    } else if (!isWords(field) && event.key.length === 1) {
      event.preventDefault();
      if (event.key === " ") go(field, 1);
      else if (!event.repeat && !typeKey(field, event.key)) refuse(field, event.key);
    }
  });

  // A keyboard on a screen tells no keys: what has arrived in the field is looked at instead.
  form.addEventListener("input", (event) => {
    const field = event.target;
    if (!fields.includes(field) || isStale) return;
    if (isWords(field)) {
      changed();
      return;
    }
    const arrived = field.value.replace(/[\s,;.]/g, "");
    field.value = "";
    for (const key of arrived) {
      field.setSelectionRange(field.value.length, field.value.length);
      if (!typeKey(field, key)) refuse(field, key);
    }
    if (!arrived) changed();
  });

  form.addEventListener("focusin", (event) => {
    const field = event.target;
    if (fields.includes(field) && !isWords(field) && !isMany(field)) field.select();
  });

  form.addEventListener("submit", (event) => {
    if (isSubmitting) {
      event.preventDefault(); // pressed twice
      return;
    }
    if (isBusy) {
      event.preventDefault();
      const { submitter } = event;
      whenIdle = () => form.requestSubmit(submitter || undefined);
      return;
    }
    isSubmitting = true;
    isOver = true;
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // gone back to: the sheet may be counted by now
  });

  show();
  document.getElementById("paper-keys").hidden = false;
  // On at the row that is at fault, or after the last one that is filled: those in between were left empty.
  const atFault = fields.find((field) => field.getAttribute("aria-invalid") === "true");
  const after = fields.findLastIndex((field) => field.value !== "") + 1;
  const begin = atFault || fields[Math.min(after, fields.length - 1)];
  if (atFault || after) goTo(begin);
  else begin.focus({ preventScroll: true });
})();
