#!/usr/bin/env node
// The entry: what bin/systole imports in a checkout, and the program of the installed package.
import { runCommandLine } from "./cli.js";
import { processTerminal } from "./commands/terminal.js";

/** How long something forgotten may keep a finished command alive. */
const LINGER_MS = 2000;

process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal());
setTimeout(() => process.exit(), LINGER_MS).unref();
