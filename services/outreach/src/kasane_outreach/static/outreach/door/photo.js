// Makes a picture of the telephone's camera small enough to be sent from a bad line; place and device go with it.
"use strict";
(() => {
  const LONGEST_SIDE = 1600;
  const QUALITY = 0.8;

  // {name, data} with the picture in base64. Drawing it anew leaves out where and with what it was taken.
  async function shrink(file) {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (!blob) throw new Error("the picture could not be read");
    return { name: "photo.jpg", data: DoorSealing.letters(await blob.arrayBuffer()) };
  }

  globalThis.DoorPhoto = { shrink };
})();
