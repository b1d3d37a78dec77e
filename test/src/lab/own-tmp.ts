// A /tmp of a host's own, in which a checkout that lies in the machine's /tmp can still be seen.
import { dirname } from "node:path";
import { LAUNCHER } from "./programs.js";

const CHECKOUT = dirname(dirname(LAUNCHER));
const EMPTY = "mount -t tmpfs tmpfs /tmp";

/** Shell commands for a mount namespace whose /run is its own already. */
export const OWN_TMP = CHECKOUT.startsWith("/tmp/")
  ? `mkdir /run/checkout
mount --bind '${CHECKOUT}' /run/checkout
${EMPTY}
mkdir -p '${CHECKOUT}'
mount --bind /run/checkout '${CHECKOUT}'`
  : EMPTY;
