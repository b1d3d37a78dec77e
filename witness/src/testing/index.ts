/** For tests of witnesses and of their stores: real servers on the loopback interface, and races. Needs the packages that it starts. @packageDocumentation */
export { startDynamo, TABLE, type DynamoServer } from "./dynamo-server.js";
export { HAS_ETCD, startEtcd, type EtcdServer, type EtcdTls } from "./etcd-server.js";
export { runRaces, type RacesInit, type RacesResult } from "./races.js";
