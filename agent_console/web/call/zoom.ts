/** How a picture is looked at: how large, moved by how many pixels, turned by how many degrees. */
export interface Zoom {
  scale: number;
  x: number;
  y: number;
  turn: 0 | 90 | 180 | 270;
}

export interface Size {
  width: number;
  height: number;
}

export const FIT: Zoom = { scale: 1, x: 0, y: 0, turn: 0 };
const LARGEST = 8;
export const STEP = 1.25;

/** Zooms about a point (pixels from the box's centre), which stays where it is. */
export function zoomed(zoom: Zoom, factor: number, box: Size, at = { x: 0, y: 0 }): Zoom {
  const scale = Math.min(LARGEST, Math.max(1, zoom.scale * factor));
  const grown = scale / zoom.scale;
  const x = at.x - (at.x - zoom.x) * grown;
  const y = at.y - (at.y - zoom.y) * grown;
  return held({ ...zoom, scale, x, y }, box);
}

export function moved(zoom: Zoom, dx: number, dy: number, box: Size): Zoom {
  return held({ ...zoom, x: zoom.x + dx, y: zoom.y + dy }, box);
}

export function turned(zoom: Zoom, box: Size): Zoom {
  const turn = ((zoom.turn + 90) % 360) as Zoom["turn"];
  return held({ ...zoom, turn, x: 0, y: 0 }, box);
}

/** The picture never leaves its box. */
function held(zoom: Zoom, { width, height }: Size): Zoom {
  const reach = (length: number) => (length * (zoom.scale - 1)) / 2;
  const within = (value: number, limit: number) => Math.min(limit, Math.max(-limit, value)) + 0;
  return { ...zoom, x: within(zoom.x, reach(width)), y: within(zoom.y, reach(height)) };
}

/** The style of what is shown: a picture lying on its side is laid out with the sides swapped. */
export function styleOf(zoom: Zoom, box: Size): Record<string, string> {
  const lying = zoom.turn === 90 || zoom.turn === 270;
  const { width, height } = lying ? { width: box.height, height: box.width } : box;
  return {
    width: `${width}px`,
    height: `${height}px`,
    transform: `translate(-50%, -50%) translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale}) rotate(${zoom.turn}deg)`,
  };
}
