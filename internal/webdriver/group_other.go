//go:build !linux

package webdriver

import "os/exec"

// lead leaves a program as it is: only Linux ends a whole group of processes with the tests.
func lead(*exec.Cmd) {}

// kill ends a program. What it has started must end by itself.
func kill(leader *exec.Cmd) {
	_ = leader.Process.Kill()
	_ = leader.Wait()
}
