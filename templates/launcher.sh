#!/usr/libexec/ct/sh
# A program to come. The user's service keeps it in a session; 'ct exec' says on its standard input what it is to
# become (src/session/launcher/lines.ts), and what follows there is for that program.
# Its shell may be executed and not read (mode 0111), so the kernel lets no other program of the session open that
# input or its memory: execve(2), proc(5) "dumpable". The program that it becomes is an ordinary one.
#   =NAME  begins a value    +text  a line of it    :  a variable ends    .  a word ends    open  begins
# Exit status: 125 when it is told nothing, 126 and 127 as a shell has them, else the program's.
ct_open=
ct_newline='
'
while IFS= read -r ct_line; do
  case $ct_line in
    =*) ct_name=${ct_line#=} ct_value= ct_joint= ;;
    +*) ct_value=$ct_value$ct_joint${ct_line#+} ct_joint=$ct_newline ;;
    :) export "$ct_name=$ct_value" ;;
    .) set -- "$@" "$ct_value" ;;
    open) ct_open=1 && break ;;
  esac
done
[ "$ct_open" ] && [ $# -gt 0 ] || exit 125
unset ct_open ct_newline ct_line ct_name ct_value ct_joint
exec "$@"
