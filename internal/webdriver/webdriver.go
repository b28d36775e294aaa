// Package webdriver starts Firefox and WebKit, the engine of Safari, and drives them by the W3C's WebDriver protocols,
// as package chromium's users drive Chromium by its own. It runs on the developer's machine only.
//
// Firefox speaks WebDriver BiDi (https://w3c.github.io/webdriver-bidi/) itself. WebKit's port for Linux comes with a
// server of the older protocol (https://www.w3.org/TR/webdriver2/).
package webdriver

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// ErrNotFound is returned by Start when a program that it needs is not installed.
var ErrNotFound = errors.New("a program is missing")

// ErrNoScripts is returned by Window.AtStart where the engine has no scripts before a page's own.
var ErrNoScripts = errors.New("this protocol has no scripts before a page's own")

// A Browser is a running browser.
type Browser interface {
	// NewProfile returns a new empty profile: storage of its own, shared by its windows.
	NewProfile(ctx context.Context) (Profile, error)
	// Close ends the browser and whatever it needed.
	Close() error
}

// A Profile is a profile of a browser.
type Profile interface {
	// NewWindow opens a window. What its pages print on the console, and exceptions that nobody catches, are handed to
	// print, a line each, by an engine that tells of them.
	NewWindow(ctx context.Context, print func(line string)) (Window, error)
	// Close closes its windows and forgets its storage.
	Close() error
}

// A Window is a window with one page. Its methods fail when the page went away meanwhile or the context ends.
type Window interface {
	// AtStart runs a script in each page from now on, before any of its own. It fails with
	// ErrNoScripts where the engine cannot.
	AtStart(ctx context.Context, script string) error
	// Open loads a page, and returns once its load event is over.
	Open(ctx context.Context, url string) error
	// Evaluate returns the text that a JavaScript expression's promise comes to. It fails when that is rejected.
	Evaluate(ctx context.Context, promise string) (string, error)
	// Type types text into the field with the focus, as a keyboard of any language would; there need be no events
	// of keys.
	Type(ctx context.Context, text string) error
	// Press presses keys one after the other, wherever the page has its focus. Enter is "\r", Tab "\t", Tab with Shift
	// BackTab, Escape "\x1b" and Backspace "\b".
	Press(ctx context.Context, keys string) error
	// Click clicks with the mouse, once or several times at once, so many pixels from the left and top edges of what is
	// seen of the page.
	Click(ctx context.Context, x, y, times int) error
	// Screenshot returns what is seen of the page as PNG.
	Screenshot(ctx context.Context) ([]byte, error)
	Close() error
}

// Engines are the names that Start knows.
var Engines = []string{"firefox", "webkit"}

// OnScreen is an engine, too: Firefox on the screen, for a screen reader.
const OnScreen = "firefox-on-screen"

// Start starts a browser, without a screen unless it is OnScreen. It fails with ErrNotFound where a program is not installed, and when the
// engine is neither OnScreen nor one of Engines.
func Start(ctx context.Context, engine string) (Browser, error) {
	switch engine {
	case "firefox":
		return startFirefox(ctx, false)
	case OnScreen:
		return startFirefox(ctx, true)
	case "webkit":
		return startWebKit(ctx, miniBrowsers)
	default:
		return nil, fmt.Errorf("no browser is called %q: there are %s", engine, strings.Join(Engines, " and "))
	}
}

// find returns the path of the first of these programs that is installed.
func find(debian string, programs ...string) (string, error) {
	for _, program := range programs {
		if path, err := exec.LookPath(program); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: %w: apt-get install %s", programs[0], ErrNotFound, debian)
}

// closeLimit is how long a window or profile may take to close.
const closeLimit = 10 * time.Second
