#!/usr/libexec/ct/sh
# A program to come. The user's service keeps it in a session; 'ct exec' says on its standard input which program it is
# to run (src/session/launcher/lines.ts), and what follows there is for that program.
# Its shell may be executed and not read (mode 0111), so the kernel lets no other program of the session open that
# input or its memory: execve(2), proc(5) "dumpable". The program that it runs is an ordinary one.
#   !MARK  see below    =NAME  begins a value    +text  a line of it    :  a variable ends    .  a word ends    open  begins
# When the program has ended, MARK and its status stand at the end of both outputs: the service then need not wait for
# the engine to notice. Signals are the program's; those that reach its whole group do not keep this from telling.
# Exit status: 125 when it is told nothing, 126 and 127 as a shell has them, else the program's.
ct_open=
ct_newline='
'
while IFS= read -r ct_line; do
  case $ct_line in
    !*) ct_mark=${ct_line#!} ;;
    =*) ct_name=${ct_line#=} ct_value= ct_joint= ;;
    +*) ct_value=$ct_value$ct_joint${ct_line#+} ct_joint=$ct_newline ;;
    :) export "$ct_name=$ct_value" ;;
    .) set -- "$@" "$ct_value" ;;
    open) ct_open=1 && break ;;
  esac
done
[ "$ct_open" ] && [ $# -gt 0 ] || exit 125
trap : HUP INT QUIT ABRT USR1 USR2 PIPE ALRM TERM
# What the shell itself says of a program that a signal ended goes nowhere.
exec 3>&2 2>/dev/null
(exec "$@" 2>&3 3>&-)
ct_status=$?
printf '%s%03d' "$ct_mark" "$ct_status" >&3
printf '%s%03d' "$ct_mark" "$ct_status"
exit "$ct_status"
