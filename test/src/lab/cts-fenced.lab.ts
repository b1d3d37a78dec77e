// The classes of heartbeat's and Pacemaker's test suites in which machines are reset, on one cluster of three with a power switch.
import { FENCED_CLASSES } from "./cts/catalogue.js";
import { declareClasses } from "./cts/declare.js";

declareClasses("three nodes and a power switch", { fenced: true, sealed: false }, FENCED_CLASSES);
