// Keys are changed on a cluster whose master runs heartbeat.
import { describeKeyChange } from "./key-change.js";

describeKeyChange("heartbeat", 0);
