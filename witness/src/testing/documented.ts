// The witness that docs/witness.md shows, as it stands there: a test holds the two against each other.
import { keysFrom, witness } from "../index.js";
import { EtcdLeases } from "../etcd.js";

export const handler = witness({
  store: new EtcdLeases({ endpoints: ["http://127.0.0.1:2379"] }),
  keyOf: keysFrom("openssl rand -hex 32, from where you keep secrets"),
});
