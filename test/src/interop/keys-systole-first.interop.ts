// Keys are changed on a cluster whose master runs Systole.
import { describeKeyChange } from "./key-change.js";

describeKeyChange("Systole", 1);
