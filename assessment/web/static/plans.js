// Keeps the plan as one types, by sending its own form, and draws page 1 again beside it.
// Without this, everything is kept whenever a button is pressed.
"use strict";
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const status = form.querySelector("[data-status]");
  const missing = form.querySelector("[data-missing]");
  const preview = form.querySelector("[data-preview]");
  let pause = null; // the time until the next save
  let saving = null; // the save under way
  let isChanged = false;
  let isBehind = "isBehind" in form.dataset;
  let hasEnded = false; // the visit: nothing is kept until somebody has signed in again

  const say = (words, failed = false, link = null) => {
    status.textContent = words;
    if (link) status.append(" ", link);
    status.classList.toggle("failed", failed);
  };

  const signIn = () => {
    const link = document.createElement("a");
    Object.assign(link, { href: form.dataset.signIn, target: "_blank", rel: "noopener", className: "target" });
    link.textContent = form.dataset.signInWords;
    return link;
  };

  const mark = (faults) => {
    for (const field of form.querySelectorAll(".plan-places input:not([type=hidden]), .plan-places textarea")) {
      const box = field.closest(".field");
      const words = faults[field.name];
      let told = box.querySelector(".error");
      if (words && !told) {
        told = document.createElement("p");
        told.className = "error";
        told.id = `${field.id}-error`;
        field.before(told);
      }
      if (words) told.textContent = words;
      else told?.remove();
      box.classList.toggle("wrong", Boolean(words));
      const hint = document.getElementById(`${field.id}-hint`);
      const described = [hint && hint.id, words && `${field.id}-error`].filter(Boolean).join(" ");
      if (described) field.setAttribute("aria-describedby", described);
      else field.removeAttribute("aria-describedby");
      if (words) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  };

  const list = (entries) => {
    const heading = missing.querySelector("p");
    if (!entries.length) {
      missing.replaceChildren();
      return;
    }
    if (!heading) return; // the page says it when it is drawn again
    const items = entries.map(({ anchor, words }) => {
      const link = document.createElement("a");
      link.href = `#${anchor}`;
      link.textContent = words;
      const item = document.createElement("li");
      item.append(link);
      return item;
    });
    missing.querySelector("ul").replaceChildren(...items);
  };

  const send = async () => {
    const body = new FormData(form);
    body.set("act", "autosave");
    isChanged = false;
    say(form.dataset.saving);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
      const told = isOurs ? await answer.json() : null;
      hasEnded = Boolean(told?.visit_ended);
      if (answer.ok && told) {
        form.elements.version.value = told.version;
        for (const [name, id] of Object.entries(told.ids)) form.elements[name].value = id;
        mark(told.faults);
        list(told.missing);
        if (told.is_day_wrong) say(form.dataset.savedBut, true);
        else say(form.dataset.saved);
        if (preview) preview.contentWindow.location.replace(preview.src);
        return;
      }
      isChanged = true;
      if (told?.isBehind || told?.is_behind) {
        isBehind = true;
        say(form.dataset.behind, true);
      } else if (hasEnded) {
        say(form.dataset.ended, true, signIn());
      } else if (told?.faults) {
        mark(told.faults);
        say(form.dataset.wrong, true);
      } else {
        say(form.dataset.unsaved, true);
      }
    } catch {
      isChanged = true;
      say(form.dataset.unsaved, true);
    }
  };

  // True only with this script.
  if (!isBehind) say(form.dataset.kept);

  // One save at a time: an older one must never arrive after a newer one.
  const save = async () => {
    clearTimeout(pause);
    pause = null;
    while (saving) await saving;
    if (isBehind || !isChanged) return;
    saving = send();
    await saving;
    saving = null;
  };

  const later = (delay) => {
    clearTimeout(pause);
    pause = setTimeout(save, delay);
  };

  form.addEventListener("input", (event) => {
    if (!event.target.closest(".plan-places")) return;
    if (event.target.name.startsWith("owner-")) document.getElementById(`${event.target.id}-hint`)?.remove();
    isChanged = true;
    later(event.target.type === "checkbox" ? 0 : 900);
  });

  // Back from the tab where one has signed in again.
  window.addEventListener("focus", () => {
    if (hasEnded) save();
  });

  let isGoing = false;
  form.addEventListener("submit", async (event) => {
    clearTimeout(pause);
    isChanged = false;
    if (!saving || isGoing) return;
    event.preventDefault();
    isGoing = true;
    await saving;
    form.requestSubmit(event.submitter);
    isGoing = false;
  });

  window.addEventListener("beforeunload", (event) => {
    if (isChanged || saving) event.preventDefault();
  });

  // The download of a print that is ready begins once, not whenever the page is reloaded.
  if (location.search.includes("printed=")) history.replaceState(null, "", location.pathname);

  form.elements.print_paper.addEventListener("change", (event) => {
    if (!preview) return;
    const sheet = preview.closest(".sheet");
    sheet.classList.toggle("a4", event.target.value === "a4");
    sheet.classList.toggle("letter", event.target.value !== "a4");
    draw();
  });
  form.elements.print_language.addEventListener("change", draw);

  function draw() {
    if (!preview) return;
    const address = new URL(preview.src);
    address.searchParams.set("paper", form.elements.print_paper.value);
    address.searchParams.set("language", form.elements.print_language.value);
    preview.src = address.href;
  }
})();
