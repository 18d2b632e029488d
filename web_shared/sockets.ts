import { ApiError } from "./api";
import type { Api } from "./api";
import type {
  AnyDutyCommand,
  AnyDutyEvent,
  AnyRoomCommand,
  AnyRoomEvent,
  RoomAddress,
  Surface,
} from "./generated/wire";
import type { Locale } from "./i18n";
import type { DutyResults, RoomResults } from "./results";
import { LiveSocket, NoMoreSocket } from "./socket";

export type DutySocket = LiveSocket<AnyDutyCommand, AnyDutyEvent, DutyResults>;
export type RoomSocket = LiveSocket<AnyRoomCommand, AnyRoomEvent, RoomResults>;

/**
 * Queue, presence and offers; by the surface's cookie, resumed where it broke off. A browser does
 * not say why a socket was refused, so after a failure the sign-in is checked over HTTP first.
 */
export function dutySocket(surface: Surface, api: Api, language: () => Locale): DutySocket {
  return new LiveSocket({
    open: async (seen, failures) => {
      if (failures > 0) await stillSignedIn(surface, api);
      const resume = seen && { socket_id: seen.socketId, last_seq: seen.lastSeq };
      return {
        path: `/api/${surface}/duty`,
        hello: { type: "hello", protocol: 1, language: language(), resume },
      };
    },
  });
}

async function stillSignedIn(surface: Surface, api: Api): Promise<void> {
  try {
    await api.get(`/api/${surface}/me`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) throw new NoMoreSocket(4401);
    throw error;
  }
}

/**
 * The live space of one call. `address` is asked for at each try, since a token lets in once; it
 * throws {@link NoMoreSocket} when there is no such room any more. `connections` are the mirrors
 * that the page still has; the server offers all others anew.
 */
export function roomSocket(
  address: () => Promise<RoomAddress>,
  language: () => Locale,
  connections: () => string[] = () => [],
): RoomSocket {
  return new LiveSocket({
    open: async () => {
      const { path, token } = await address();
      return {
        path,
        hello: {
          type: "hello",
          protocol: 1,
          token,
          language: language(),
          connections: connections(),
        },
      };
    },
  });
}
