#!/bin/sh
# Stands before the one of cluster-glue in PATH: what a script of external/* logs, "ha_log.sh LEVEL WORDS...", goes to
# whoever has started the script, who hides the passwords in it, and not to syslog.
level=$1
shift
[ "$level" = debug ] || echo "$*" >&2
