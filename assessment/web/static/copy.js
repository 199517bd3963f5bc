// A button beside each text that is there to be copied. Without JavaScript the text is selected by hand.
"use strict";
for (const field of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard && !document.queryCommandSupported?.("copy")) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet";
  button.textContent = field.dataset.copy;
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // http on a local network has no clipboard
    }
    said.textContent = field.dataset.copied;
    setTimeout(() => { said.textContent = ""; }, 3000);
  });
  const row = document.createElement("div");
  row.className = "actions";
  row.append(button, said);
  field.after(row);
}
