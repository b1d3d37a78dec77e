// Over ucast, signed in each of the three ways: a cold start of both at once, a stop, and the return.
import { describeMatrix } from "./matrix.js";

describeMatrix("ucast");
