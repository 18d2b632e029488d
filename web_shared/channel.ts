/** Messages between the pages of one origin on one machine; both ends may come and go. */
export class Channel<Out, In> {
  private readonly channel: BroadcastChannel;

  constructor(name: string, listener: (message: In) => void) {
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = (event: MessageEvent<In>) => listener(event.data);
  }

  /** Plain values only; a media track cannot pass. */
  post(message: Out): void {
    this.channel.postMessage(message);
  }

  close(): void {
    this.channel.close();
  }
}
