/** Signed calls over HTTP, for both ends: a node that asks, and a function that answers. Nothing of Node is needed. @packageDocumentation */
export { CallsInMemory, type AnsweredCalls } from "./answered-calls.js";
export { attemptCall, type Attempt, type Call } from "./attempt-call.js";
export { asLambda, type LambdaAnswer, type LambdaEvent } from "./lambda-events.js";
export { pause } from "./pause.js";
export { repeatCall, type CallResult, type RepeatedCallInit } from "./repeated-call.js";
export { MAX_BODY_BYTES, MIN_KEY_CHARACTERS } from "./limits.js";
export { readBody } from "./read-body.js";
export {
  LateCall,
  RefusedCall,
  signedHandler,
  type ReceivedCall,
  type SignedHandlerInit,
} from "./signed-handler.js";
export {
  fitting,
  framesAnswer,
  framesCall,
  FRAMES_PURPOSE,
  MAX_EXCHANGED_FRAME_BYTES,
  MAX_FRAMES,
  readFramesAnswer,
  readFramesCall,
  type FramesAnswer,
  type FramesCall,
} from "./frame-exchange.js";
