/** Who looks, and when: over every picture of a recording, and burned into each that is saved. */
export interface Mark {
  name: string;
  at: string;
}

/** Draws the picture with the mark over all of it, so that no cut leaves a piece without one. */
export function stillOf(video: HTMLVideoElement, mark: Mark): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const paint = canvas.getContext("2d");
  if (paint === null || canvas.width === 0) return Promise.reject(new Error("no picture"));
  paint.drawImage(video, 0, 0);
  drawMark(paint, mark, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error("no picture")) : resolve(blob)),
      "image/png",
    );
  });
}

function drawMark(
  paint: CanvasRenderingContext2D,
  { name, at }: Mark,
  width: number,
  height: number,
): void {
  const size = Math.max(14, Math.round(width / 45));
  const text = `${name} · ${at}`;
  paint.font = `${size}px sans-serif`;
  const across = paint.measureText(text).width + size * 4;
  paint.rotate(-Math.PI / 9);
  paint.lineWidth = Math.max(1, size / 12);
  for (let y = -height; y < height * 2; y += size * 6) {
    for (let x = -width; x < width * 2; x += across) {
      // Light letters with a dark edge can be read on white paper and in a dark room.
      paint.strokeStyle = "rgb(0 0 0 / 45%)";
      paint.fillStyle = "rgb(255 255 255 / 55%)";
      paint.strokeText(text, x, y);
      paint.fillText(text, x, y);
    }
  }
  paint.setTransform(1, 0, 0, 1, 0, 0);
}

export function saveAs(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
