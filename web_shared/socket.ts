import { CLOSE_RULES, HALF_OPEN_S } from "./generated/wire";
import type { Done, Refused } from "./generated/wire";

/** - connecting: on the way, or between two tries; - closed: for good, `closeCode` says why. */
export type SocketState = "connecting" | "open" | "closed";

type Distributed<C> = C extends { request_id: number } ? Omit<C, "request_id"> : never;
/** A command as its sender writes it; the socket numbers it. */
export type Unnumbered<C> = Distributed<C>;
type ResultOf<R, T extends string> = T extends keyof R ? R[T] : Record<string, never>;

/** The server refused a command, or no answer came in time (`network.timeout`, `network.down`). */
export class CommandError extends Error {
  constructor(
    readonly code: string,
    text: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(text);
    this.name = "CommandError";
  }
}

/** Thrown by `open` when trying again makes no sense; `code` is one of the close codes. */
export class NoMoreSocket extends Error {
  constructor(readonly code: number) {
    super(`no more socket: ${code}`);
  }
}

/** What to do at which event; unknown and unnamed ones are passed over. */
export type Reactions<E extends { type: string }> = {
  [T in E["type"]]?: (event: Extract<E, { type: T }>) => void;
};

export interface Seen {
  socketId: string;
  lastSeq: number;
}

export interface SocketOptions<C> {
  /**
   * Where to connect and what to say first; called for each try, `failures` counts those since the
   * last welcome. Throws {@link NoMoreSocket} when trying again makes no sense.
   */
  open: (seen: Seen | null, failures: number) => Promise<{ path: string; hello: Unnumbered<C> }>;
  /** For tests. */
  connect?: (url: string) => WebSocket;
  random?: () => number;
}

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}
interface AnyMessage {
  type: string;
  seq?: number;
  socket_id?: string;
}

const REQUEST_DEADLINE_MS = 10_000;
const OPEN_DEADLINE_MS = 10_000;
const FIRST_RETRY_MS = 400;
const LONGEST_RETRY_MS = 8_000;
const WATCH_MS = 1_000;

/**
 * One typed socket that stays up: hello, commands with deadlines, events in order, resume, and a
 * new connection (with jitter) whenever the close code allows one. One object lives for the page's
 * or the call's whole time; the WebSockets below it come and go.
 */
export class LiveSocket<
  C extends { type: string; request_id: number },
  E extends { type: string },
  R = Record<never, never>,
> {
  state: SocketState = "connecting";
  closeCode: number | null = null;

  private socket: WebSocket | null = null;
  private seen: Seen | null = null;
  private failures = 0;
  private nextRequest = 1;
  private lastHeard = 0;
  private retryTimer: ReturnType<typeof setTimeout> | null = null;
  private watchTimer: ReturnType<typeof setInterval> | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private readonly eventListeners = new Set<(event: E) => void>();
  private readonly stateListeners = new Set<(state: SocketState) => void>();

  constructor(private readonly options: SocketOptions<C>) {}

  start(): void {
    addEventListener("online", this.hurry);
    this.watchTimer = setInterval(this.watch, WATCH_MS);
    void this.dial();
  }

  stop(code = 1000): void {
    removeEventListener("online", this.hurry);
    if (this.watchTimer !== null) clearInterval(this.watchTimer);
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    this.drop();
    this.closeCode ??= code;
    this.setState("closed");
  }

  /** @returns a function that ends the listening. */
  onEvent(listener: (event: E) => void): () => void {
    this.eventListeners.add(listener);
    return () => this.eventListeners.delete(listener);
  }

  on(reactions: Reactions<E>): () => void {
    const byType = reactions as Record<string, ((event: E) => void) | undefined>;
    return this.onEvent((event) => byType[event.type]?.(event));
  }

  onState(listener: (state: SocketState) => void): () => void {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  }

  /** @throws {CommandError} when refused, unanswered, or not connected. */
  request<T extends C["type"]>(
    command: Unnumbered<Extract<C, { type: T }>>,
    deadlineMs = REQUEST_DEADLINE_MS,
  ): Promise<ResultOf<R, T>> {
    if (this.state !== "open") return Promise.reject(new CommandError("network.down", "offline"));
    const requestId = this.nextRequest++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(requestId);
        reject(new CommandError("network.timeout", "no answer"));
      }, deadlineMs);
      this.waiting.set(requestId, { resolve: resolve as Waiting["resolve"], reject, timer });
      this.send({ ...command, request_id: requestId });
    });
  }

  private readonly hurry = (): void => {
    if (this.retryTimer === null) return;
    clearTimeout(this.retryTimer);
    void this.dial();
  };

  /** Notices a socket on which nothing comes any more, heartbeats included. */
  private readonly watch = (): void => {
    if (this.socket === null) return;
    const limit = this.state === "open" ? HALF_OPEN_S * 1000 : OPEN_DEADLINE_MS;
    if (Date.now() - this.lastHeard > limit) this.lost(1006);
  };

  private async dial(): Promise<void> {
    this.retryTimer = null;
    let target;
    try {
      target = await this.options.open(this.seen, this.failures);
    } catch (error) {
      if (error instanceof NoMoreSocket) this.finish(error.code);
      else this.retry();
      return;
    }
    if (this.state === "closed") return;
    const url = new URL(target.path, location.href.replace(/^http/, "ws")).href;
    const socket = this.options.connect?.(url) ?? new WebSocket(url);
    this.socket = socket;
    this.lastHeard = Date.now();
    socket.onopen = () => this.send({ ...target.hello, request_id: this.nextRequest++ });
    socket.onmessage = (message) => this.received(String(message.data));
    socket.onclose = (event) => this.lost(event.code);
  }

  private send(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }

  private received(text: string): void {
    this.lastHeard = Date.now();
    const message = JSON.parse(text) as AnyMessage;
    if (message.type === "done" || message.type === "refused") {
      this.answered(message as Done | Refused);
      return;
    }
    if (message.type === "welcome") {
      this.failures = 0;
      if (message.socket_id) this.seen = { socketId: message.socket_id, lastSeq: 0 };
      this.setState("open");
    }
    if (this.seen !== null && message.seq) this.seen.lastSeq = message.seq;
    for (const listener of this.eventListeners) listener(message as unknown as E);
  }

  private answered(message: Done | Refused): void {
    const waiting = this.waiting.get(message.request_id);
    if (waiting === undefined) return;
    this.waiting.delete(message.request_id);
    clearTimeout(waiting.timer);
    if (message.type === "done") waiting.resolve(message.result);
    else waiting.reject(new CommandError(message.code, message.text, message.details));
  }

  private lost(code: number): void {
    this.drop();
    const rule = CLOSE_RULES[code];
    if (rule !== undefined && !rule.reconnect) this.finish(code);
    else this.retry();
  }

  private finish(code: number): void {
    this.closeCode = code;
    this.stop(code);
  }

  /** Takes leave of the WebSocket; a half-open one may take minutes to close, so nobody waits. */
  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (socket !== null) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(1000);
    }
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(new CommandError("network.down", "the connection was lost"));
    }
    this.waiting.clear();
  }

  private retry(): void {
    this.setState("connecting");
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures++);
    const random = this.options.random ?? Math.random;
    // Half fixed, half by chance: a node that comes back is not met by everyone at once.
    const delay = longest / 2 + (random() * longest) / 2;
    this.retryTimer = setTimeout(() => void this.dial(), delay);
  }

  private setState(state: SocketState): void {
    if (this.state === state) return;
    this.state = state;
    for (const listener of this.stateListeners) listener(state);
  }
}
