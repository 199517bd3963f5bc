// Keeps what was answered as soon as it is chosen or typed: the same form, sent without leaving the page.
// Without this, answers are kept whenever a button is pressed.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  let busy = null; // the request under way
  let again = false; // something changed meanwhile
  const save = async () => {
    if (busy) {
      again = true;
      return;
    }
    const body = new FormData(form);
    body.set("go", "save");
    busy = new AbortController();
    try {
      await fetch(form.action, { method: "POST", body, signal: busy.signal });
    } catch {
      // No network, or a button was pressed: that sends everything.
    }
    busy = null;
    if (again) {
      again = false;
      save();
    }
  };
  let pause;
  form.addEventListener("change", save);
  form.addEventListener("input", (event) => {
    if (event.target.tagName !== "TEXTAREA") return;
    clearTimeout(pause);
    pause = setTimeout(save, 1500);
  });
  form.addEventListener("submit", () => {
    clearTimeout(pause);
    again = false;
    busy?.abort();
  });
})();
