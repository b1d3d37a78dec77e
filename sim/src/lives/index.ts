/** Random lives of clusters: scenes, schedules of misfortunes, and what is looked at meanwhile. @packageDocumentation */
export { befall, type Fault, type FaultKind, type Misfortune } from "./fault.js";
export { live, type Life, type LifeInit } from "./life.js";
export { endFaults, leaveInPeace } from "./peace.js";
export { randomScene, smallerScene, type Scene, type Surroundings } from "./scene.js";
export { randomSchedule } from "./schedule.js";
export { lifeOfSeed } from "./seed.js";
export { shrink, type Shrunk } from "./shrink.js";
export { clusterOf, type Stage } from "./stage.js";
