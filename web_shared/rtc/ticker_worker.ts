// Timers of a page in the background are slowed to one a second; those of a worker are not.
let timer: ReturnType<typeof setInterval> | undefined;

self.onmessage = (message: MessageEvent<number>) => {
  clearInterval(timer);
  timer = setInterval(() => self.postMessage(null), message.data);
};
