/** The server's clock as seen from here: deadlines on the wire are in its milliseconds. */
export class ServerClock {
  private offsetMs = 0;

  /** With each `server_ms`; the way here took a few milliseconds, which do not matter. */
  sync(serverMs: number): void {
    this.offsetMs = serverMs - Date.now();
  }

  now(): number {
    return Date.now() + this.offsetMs;
  }
}
