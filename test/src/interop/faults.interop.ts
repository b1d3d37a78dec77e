// Both nodes take the address and meet again: after a pulled cable, and after a daemon that stood still.
import { act } from "../lab/index.js";
import { COLD_START, freezeActive } from "./acts.js";
import { describeChain } from "./chain.js";

describeChain({ name: "cable", acts: [COLD_START, act("cable-pulled"), act("cable-back")] });

describeChain({ name: "frozen", acts: [COLD_START, freezeActive("master")] });
