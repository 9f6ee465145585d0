/** The code under test: what an application does when its client secret is about to end. Knows nothing of any emulator. */
export interface Graph {
  /** Sends to Microsoft Graph and gives the answer's body; throws for anything but success. */
  send(method: "GET" | "POST", path: string, body?: unknown): Promise<Record<string, unknown>>;
}

export async function addSecret(graph: Graph, appId: string, days: number, now: number) {
  const endDateTime = new Date(now + days * 86_400_000).toISOString();
  const passwordCredential = { displayName: "rotated", endDateTime };
  const added = await graph.send("POST", `/applications(appId='${appId}')/addPassword`, { passwordCredential });
  return { keyId: String(added.keyId), secret: String(added.secretText) };
}
