import type { PageFault } from "@shared/generated/wire";
import { greyOf, judge } from "./quality";

/** The long side at which pages are judged, in pixels. */
const JUDGED_SIDE = 960;

/** Off the page's own thread: the call goes on while a page is made small and looked at. */
self.onmessage = ({ data }: MessageEvent<ImageBitmap>) => self.postMessage(verdict(data));

function verdict(page: ImageBitmap): PageFault[] {
  const scale = Math.min(1, JUDGED_SIDE / Math.max(page.width, page.height));
  const width = Math.round(page.width * scale);
  const height = Math.round(page.height * scale);
  const context = new OffscreenCanvas(width, height).getContext("2d", {
    willReadFrequently: true,
  });
  if (context === null) return [];
  context.imageSmoothingQuality = "high";
  context.drawImage(page, 0, 0, width, height);
  page.close();
  return judge(greyOf(width, height, context.getImageData(0, 0, width, height).data));
}
