// Package chromium finds the browser of the tests and says how to start it without a screen.
package chromium

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// PathVariable is the environment variable that names the browser's program when it is none of the usual ones.
const PathVariable = "KEYGEN_AUTH_CHROME"

// ErrNotFound is returned by Find when no usable browser is installed.
var ErrNotFound = errors.New("no browser found: run \"apt-get install chromium-headless-shell\" (or chromium), or set " + PathVariable +
	" to the path of a Chromium or Chrome program")

// programs are the names that Chromium and Chrome go by. The headless shell is the same engine without windows, which
// nobody looks at here and which would cost half the time of the tests.
var programs = []string{"chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// Find returns the path of the browser: the one that the environment names, else the first one in PATH. It fails with
// ErrNotFound if there is none, and if the environment names a program that cannot be run.
func Find() (string, error) {
	if name := os.Getenv(PathVariable); name != "" {
		path, err := exec.LookPath(name)
		if err != nil {
			return "", fmt.Errorf("%s does not name a program: %w", PathVariable, err)
		}
		return path, nil
	}
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return unwrapped(path), nil
		}
	}
	return "", ErrNotFound
}

// ErrShell is returned by FindWhole when there is only a headless shell.
var ErrShell = errors.New("the headless shell connects to nothing in advance: run \"apt-get install chromium\", or set " + PathVariable +
	" to the path of a whole Chromium or Chrome")

// FindWhole returns the path of a browser that is more than a headless shell, which lacks what Chromium puts around its
// engine: it makes no connections in advance, such as those of <link rel="preconnect">. FindWhole looks where Find does,
// and fails with ErrShell if there is none.
func FindWhole() (string, error) {
	for _, name := range append([]string{os.Getenv(PathVariable)}, programs...) {
		if path, err := exec.LookPath(name); err == nil && !strings.Contains(filepath.Base(path), "headless-shell") {
			return path, nil
		}
	}
	return "", ErrShell
}

// debianShell is what Debian's script of this name in /usr/bin runs, and waits for.
const debianShell = "/usr/lib/chromium/chromium-headless-shell"

// unwrapped returns the program itself where path is that script: who ends the script leaves the browser running.
func unwrapped(path string) string {
	if path == "/usr/bin/chromium-headless-shell" {
		if _, err := os.Stat(debianShell); err == nil {
			return debianShell
		}
	}
	return path
}

// Flags returns the command-line switches for a browser without a screen that runs tests: it also starts as root, as in
// a container, and asks nothing of the network by itself.
func Flags() []string {
	return []string{
		"--headless",
		"--no-sandbox", // Chromium refuses to start as root with it
		"--disable-gpu",
		"--disable-quic",
		"--no-first-run",
		"--disable-background-networking",
		"--disable-component-update",
		"--disable-sync",
	}
}

// Options returns what chromedp.NewExecAllocator needs to start the browser with Flags. Each browser gets a new empty
// profile, which chromedp deletes at the end. Options fails when Find does.
func Options() ([]chromedp.ExecAllocatorOption, error) { return options(Find) }

// WholeOptions is Options for the browser that FindWhole finds. What pages do in advance it does only in the profile
// that it starts with, not in those that are made later: these are as private windows are.
func WholeOptions() ([]chromedp.ExecAllocatorOption, error) { return options(FindWhole) }

func options(find func() (string, error)) ([]chromedp.ExecAllocatorOption, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.WSURLReadTimeout(2*time.Minute)) // until a busy machine has it running
	for _, flag := range Flags() {
		options = append(options, chromedp.Flag(strings.TrimPrefix(flag, "--"), true))
	}
	return options, nil
}
