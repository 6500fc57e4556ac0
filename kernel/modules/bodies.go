package modules

// Body is Go for a function that a package has in assembly, "" if there is none. The package of
// system calls, which many others need, has assembly that only jumps to package syscall.
func Body(path, function string) string {
	if path != "golang.org/x/sys/unix" {
		return ""
	}
	switch function {
	case "Syscall", "RawSyscall":
		return "return syscall." + function + "(trap, a1, a2, a3)"
	case "Syscall6", "RawSyscall6":
		return "return syscall." + function + "(trap, a1, a2, a3, a4, a5, a6)"
	case "SyscallNoError", "RawSyscallNoError":
		return "r1, r2, _ = RawSyscall(trap, a1, a2, a3); return r1, r2"
	}
	return ""
}
