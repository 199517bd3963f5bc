// A photograph is made smaller on the device before it is sent: phones take pictures of several megabytes. Without it, or
// where a device cannot, the file is sent as it is, and the server makes it smaller or says that it is too large.
"use strict";
(() => {
  const SIDE = 1600;
  const SMALL = 400000; // bytes: sent as it is
  const form = document.querySelector("form[data-photograph]");
  if (!form || !window.createImageBitmap || !window.DataTransfer) return;
  const field = form.querySelector("input[type=file]");

  const smaller = async (file) => {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const drawing = canvas.getContext("2d");
    drawing.fillStyle = "#fff";
    drawing.fillRect(0, 0, canvas.width, canvas.height);
    drawing.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  };

  form.addEventListener("submit", async (event) => {
    const file = field.files[0];
    if (!file || file.size < SMALL || (event.submitter && event.submitter.value === "remove") || form.dataset.ready) return;
    event.preventDefault();
    form.dataset.ready = "y";
    try {
      const made = await smaller(file);
      const files = new DataTransfer();
      files.items.add(new File([made], "photograph.jpg", { type: "image/jpeg" }));
      field.files = files.files;
    } catch {
      // sent as it is
    }
    form.requestSubmit(event.submitter || undefined);
  });
})();
