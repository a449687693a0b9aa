"""The JSON door of cases: a call becomes a command, a command goes to one handler."""
