import { greyOf, judge } from "./quality";

/** Off the page's own thread: the call goes on while a page is looked at. */
self.onmessage = ({ data }: MessageEvent<ImageData>) => {
  self.postMessage(judge(greyOf(data.width, data.height, data.data)));
};
