// Frames that somebody on the network makes by hand: any bytes as fields, signed with any key.
import { sealFrame } from "@systole/core/message";
import { textMessage, type Message } from "@systole/core/ports";
import { ClassicAuthenticator } from "@systole/auth-classic";

export type Method = "md5" | "sha1";

/** Signs with one key, as an entry of authkeys. */
export function signer(key: string, index = 3, method: Method = "md5"): ClassicAuthenticator {
  return new ClassicAuthenticator({ sign: index, keys: [{ index, method, key }] });
}

/** The key of the lab's clusters. */
export const CLUSTER_KEY = signer("Hello!");

/** Any bytes between `###` and `%%%`, with a signature that is right. */
export function signedBody(body: Uint8Array, by = CLUSTER_KEY): Buffer {
  const signed = Buffer.concat([Buffer.from("###\n"), body, Buffer.from("%%%\n")]);
  const signature = by.sign(signed);
  return Buffer.concat([signed, Buffer.from(`${String(signature.length)}:${signature},`)]);
}

export function signedFrame(message: Message, by = CLUSTER_KEY): Buffer {
  return Buffer.from(sealFrame(message, by, { innerSignature: true }));
}

/** A frame of text fields. */
export function textFrame(fields: Readonly<Record<string, string>>, by = CLUSTER_KEY): Buffer {
  return signedFrame(textMessage(fields), by);
}

/** Seconds as heartbeat writes them. */
export function stampNow(): string {
  return Math.floor(Date.now() / 1000).toString(16);
}
