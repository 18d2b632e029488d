/** What `done.result` holds for each command that answers with more than "done". */
import type { CallBackView, CallView, RoomAddress, TicketView } from "./generated/wire";

export interface UpAccepted {
  connection_id: string;
  sdp: string;
}

export interface DutyResults {
  /** One of the two: a place in the queue, or a promise to call back. */
  "ticket.take": { ticket?: TicketView; call_back?: CallBackView };
  "room.enter": { room: RoomAddress };
  "offer.accept": { call: CallView; room: RoomAddress };
}

export interface RoomResults {
  "up.offer": UpAccepted;
  "page.request": { request: string };
}
