/** A witness on Node: its leases in files, and an HTTP server in front of it. @packageDocumentation */
export { LeaseFiles } from "./lease-files.js";
export { startWitnessServer, type WitnessServer, type WitnessServerInit } from "./witness-server.js";
