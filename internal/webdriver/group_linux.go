package webdriver

import (
	"os/exec"
	"syscall"
)

// lead has a program that is not started yet lead a group of processes: itself and all that it starts.
// It ends when the tests do, however they end.
func lead(program *exec.Cmd) {
	program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// kill ends such a group.
func kill(leader *exec.Cmd) {
	_ = syscall.Kill(-leader.Process.Pid, syscall.SIGKILL)
	_ = leader.Wait()
}
