// The poster as a picture, made here: no font and no picture comes from anywhere else.
"use strict";

(() => {
  const SCALE = 2;  // of 840 × 1188: sharp enough for a phone and for A4

  const picture = (svg) => new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = svg.viewBox.baseVal.width * SCALE;
      canvas.height = svg.viewBox.baseVal.height * SCALE;
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      resolve(canvas.toDataURL("image/png"));
    };
    image.onerror = reject;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  });

  for (const button of document.querySelectorAll("[data-save-picture]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const address = await picture(document.querySelector(button.dataset.savePicture));
      const link = document.createElement("a");
      link.href = address;
      link.download = `${button.dataset.pictureName}.png`;
      link.click();
      // A browser inside another application does not download: there the picture is held and saved by hand.
      const shown = document.getElementById("picture");
      shown.querySelector("img").src = address;
      shown.hidden = false;
      shown.scrollIntoView({ block: "nearest" });
    });
  }
})();
