// Beside a real heartbeat: foreign clusters, wrong clocks, copied disks, huge and broken messages. Nobody may notice.
import { setBackAnHour, setRight, giveClocks } from "./clocks.js";
import { COLD_START } from "./acts.js";
import { describeChain } from "./chain.js";
import { fuzzed } from "./fuzz.js";
import { largeMessages, oversizedTalk } from "./large.js";
import { MIXED } from "./pairing.js";
import { foreignKey, foreignNames } from "./strangers.js";
import { PATIENT } from "./unharmed.js";

/** heartbeat writes down whatever it refuses, and cannot send what no datagram holds. */
const WHAT_THE_STRANGERS_SAID = [
  /^ERROR: MSG(\[N\] :|: Dumping)/,
  /^ERROR: (authtoken does not match|netstring authentication failed)/,
  /^ERROR: process_status_message: bad node \[alien\]/,
  /^ERROR: .*Message too long$/,
];

describeChain({
  name: "bad company",
  variant: PATIENT,
  pairings: MIXED,
  comparison: false,
  acts: [
    giveClocks(COLD_START),
    foreignKey(),
    foreignNames(),
    setBackAnHour("master"),
    setRight("master"),
    setBackAnHour("cluster1"),
    largeMessages(),
    fuzzed(),
    oversizedTalk(),
  ],
  allowed: WHAT_THE_STRANGERS_SAID,
});
