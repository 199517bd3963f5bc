// The keys 1, 2 and 3 press the three buttons of the meeting. They can be turned off, and never act in a field.
"use strict";
(() => {
  const hint = document.querySelector("[data-keys]");
  const buttons = [...document.querySelectorAll("button[data-key]")];
  if (!hint || !buttons.length) return;
  const toggle = hint.querySelector("button");
  const NAME = "escala-meeting-keys";
  const stored = () => {
    try {
      return localStorage.getItem(NAME) !== "off";
    } catch {
      return true;
    }
  };
  let isOn = stored();

  const show = () => {
    toggle.textContent = isOn ? toggle.dataset.off : toggle.dataset.on;
    for (const button of buttons) {
      if (isOn) button.setAttribute("aria-keyshortcuts", button.dataset.key);
      else button.removeAttribute("aria-keyshortcuts");
    }
  };
  toggle.addEventListener("click", () => {
    isOn = !isOn;
    try {
      localStorage.setItem(NAME, isOn ? "on" : "off");
    } catch {
      // It holds for this page.
    }
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (!isOn || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input:not([type=hidden]), textarea, select, [contenteditable]")) return;
    const button = buttons.find((one) => one.dataset.key === event.key);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  hint.hidden = false;
  show();
})();
