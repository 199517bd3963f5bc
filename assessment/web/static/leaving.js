// Asks before a page is left on which something was typed and not sent. The browser words the question.
"use strict";
(() => {
  const forms = document.querySelectorAll("form[data-leaving]");
  const stateOf = (form) =>
    JSON.stringify(
      [...new FormData(form)].map(([name, value]) => [name, typeof value === "string" ? value : `${value.name} ${value.size}`]),
    );
  const shown = new Map([...forms].map((form) => [form, stateOf(form)]));
  let isSending = false;

  for (const form of forms) {
    form.addEventListener("submit", () => {
      isSending = true;
    });
  }
  // Back by the browser's own cache, the page is as it was.
  window.addEventListener("pageshow", () => {
    isSending = false;
  });
  window.addEventListener("beforeunload", (event) => {
    const isChanged = ([form, state]) => "isChanged" in form.dataset || stateOf(form) !== state;
    if (!isSending && [...shown].some(isChanged)) event.preventDefault();
  });
})();
