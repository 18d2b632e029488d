/**
 * The first connection of a page is slow (network process, codecs, keys): one that goes nowhere,
 * made when the agent goes on duty, takes half a second off the first call.
 */
export async function warmUp(): Promise<void> {
  if (!("RTCPeerConnection" in window)) return;
  const pc = new RTCPeerConnection({ iceServers: [] });
  try {
    pc.addTransceiver("audio", { direction: "recvonly" });
    pc.addTransceiver("video", { direction: "recvonly" });
    await pc.setLocalDescription(await pc.createOffer());
  } finally {
    pc.close();
  }
}
