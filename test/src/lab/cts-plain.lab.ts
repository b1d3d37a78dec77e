// The classes of heartbeat's and Pacemaker's test suites that need no power switch, on one cluster of three.
import { PLAIN_CLASSES } from "./cts/catalogue.js";
import { declareClasses } from "./cts/declare.js";

declareClasses("three nodes", { fenced: false, sealed: true }, PLAIN_CLASSES);
