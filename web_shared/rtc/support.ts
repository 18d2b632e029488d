/** Why this page cannot use cameras at all; `null` when it can. */
export type SupportProblem = "not_secure" | "too_old";

export function supportProblem(): SupportProblem | null {
  // On a page that is not secure the whole object is missing, as in a browser too old for it.
  if (!isSecureContext) return "not_secure";
  const able =
    "mediaDevices" in navigator &&
    "RTCPeerConnection" in window &&
    "addTransceiver" in RTCPeerConnection.prototype &&
    "subtle" in crypto;
  return able ? null : "too_old";
}

/** Keeps the screen on where the browser can; never a reason to fail. */
export async function keepAwake(): Promise<void> {
  try {
    await navigator.wakeLock.request("screen");
  } catch {
    // Refused, or unknown to this browser: the screen sleeps as it always did.
  }
}
