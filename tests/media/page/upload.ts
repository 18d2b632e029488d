import { Api } from "../../../web_shared/api";
import { sendPage } from "../../../web_shared/rtc/page_upload";
import type { RoomMedia } from "../../../web_shared/rtc/room_media";
import { grabFrame, readableStill } from "../../../web_shared/rtc/still";

export interface Uploaded {
  seconds: number;
  bytes: number;
  longSide: number;
}

/** The readable version of a page over a thin uplink, as the window sends it: the picture waits. */
export async function uploadStill(media: RoomMedia, papers: MediaStreamTrack): Promise<Uploaded> {
  const still = await readableStill(await grabFrame(papers));
  const api = new Api(() => "en");
  const startMs = performance.now();
  media.setStillOnItsWay(true);
  try {
    const page = { still, caseId: "1", kind: "readable", materialId: null } as const;
    await sendPage(api, { ...page, request: null, replaces: null }, () => undefined);
  } finally {
    media.setStillOnItsWay(false);
  }
  return {
    seconds: (performance.now() - startMs) / 1_000,
    bytes: still.blob.size,
    longSide: Math.max(still.width, still.height),
  };
}
