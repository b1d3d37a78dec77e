// heartbeat's R1 resource protocol, for clusters in which a node is a heartbeat 3.0.6.
export { createR1 } from "./machine.js";
export type {
  R1GroupView,
  R1Init,
  R1Input,
  R1Machine,
  R1Output,
  R1Request,
  R1Phase,
  R1View,
} from "./contract.js";
