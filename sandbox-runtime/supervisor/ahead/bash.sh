# Makes `bash /work/main.sh` say on descriptor 3 that it has started, and wait there for the supervisor's go. Bash reads
# this file before it opens the program, so what follows is an ordinary run: $0, $@, $LINENO and BASH_SOURCE are
# untouched.
unset BASH_ENV
echo >&3
read -r -N 1 -u 3 REPLY || exit 1 # the supervisor is gone
unset REPLY
exec 3<&-
