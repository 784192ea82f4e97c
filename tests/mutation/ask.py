"""Ask the zygote at a socket to run its tests; its exit code is ours. Nothing else is imported."""

import socket
import sys

with socket.socket(socket.AF_UNIX) as zygote:
    zygote.connect(sys.argv[1])
    output = b""
    while part := zygote.recv(65536):
        output += part
text, _, verdict = output.decode(errors="replace").rpartition("\n")
print(text if verdict.startswith("exit") else verdict, end="")
sys.exit(verdict != "exit 0")
