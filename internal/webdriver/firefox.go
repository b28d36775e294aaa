package webdriver

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// firefox is a running Firefox.
type firefox struct {
	program *exec.Cmd
	dir     string // of its files
	*connection

	fore sync.Mutex // held while a window is to stay in front of the others

	mu      sync.Mutex
	windows map[string]func(line string) // the print functions of the windows, by context
}

// firefoxSettings are what a browser for tests has different: nothing that asks or reaches out by itself.
const firefoxSettings = `user_pref("signon.rememberSignons", false);
user_pref("extensions.formautofill.creditCards.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("dom.disable_open_during_load", false);
`

var listening = regexp.MustCompile(`WebDriver BiDi listening on (ws://\S+)`)

// aloud are settings of one that a screen reader reads out, whether or not it asks.
const aloud = `user_pref("accessibility.force_disabled", -1);
`

// startFirefox starts Firefox, on the screen or without one.
func startFirefox(ctx context.Context, onScreen bool) (Browser, error) {
	path, err := find("firefox-esr", "firefox-esr", "firefox")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "firefox")
	if err != nil {
		return nil, err
	}
	f := &firefox{dir: dir, windows: map[string]func(string){}}
	settings, arguments := firefoxSettings, []string{"--no-remote", "--profile", dir, "--remote-debugging-port", "0"}
	if onScreen {
		settings += aloud
	} else {
		arguments = append(arguments, "--headless")
	}
	if err := os.WriteFile(filepath.Join(dir, "user.js"), []byte(settings), 0o600); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	f.program = exec.Command(path, arguments...)
	lead(f.program)
	errs, err := f.program.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := f.program.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	address := make(chan string, 1)
	go func() {
		defer close(address)
		lines := bufio.NewScanner(errs)
		for lines.Scan() {
			if found := listening.FindStringSubmatch(lines.Text()); found != nil {
				address <- found[1]
				break
			}
		}
		_, _ = io.Copy(io.Discard, errs)
	}()
	var url string
	select {
	case url = <-address:
	case <-ctx.Done():
	}
	if url == "" {
		return nil, errors.Join(errors.New("firefox did not start"), ctx.Err(), f.Close())
	}
	if f.connection, err = dial(ctx, url+"/session", f.listen); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := f.call(ctx, "session.new", map[string]any{"capabilities": map[string]any{}}, nil); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := f.call(ctx, "session.subscribe", map[string]any{"events": []string{"log.entryAdded"}}, nil); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (f *firefox) Close() error {
	kill(f.program)
	return os.RemoveAll(f.dir)
}

// thrown is how a line begins that tells of an exception. All other lines of this kind are the browser's own notes,
// which no script can prevent.
var thrown = regexp.MustCompile(`^(uncaught exception|\w*(Error|Exception)): `)

// listen hands what a page printed to its window.
func (f *firefox) listen(method string, params json.RawMessage) {
	var entry struct {
		Type, Method, Level, Text string
		Source                    struct{ Context string }
	}
	if method != "log.entryAdded" || json.Unmarshal(params, &entry) != nil {
		return
	}
	var line string
	switch {
	case entry.Type == "console":
		line = strings.Replace(entry.Method, "warn", "warning", 1) + ": " + entry.Text
	case thrown.MatchString(entry.Text):
		line = "uncaught: " + entry.Text
	default:
		return
	}
	f.mu.Lock()
	print := f.windows[entry.Source.Context]
	f.mu.Unlock()
	if print != nil {
		print(line)
	}
}

type firefoxProfile struct {
	*firefox
	user string
}

func (f *firefox) NewProfile(ctx context.Context) (Profile, error) {
	var made struct{ UserContext string }
	err := f.call(ctx, "browser.createUserContext", map[string]any{}, &made)
	return firefoxProfile{f, made.UserContext}, err
}

func (p firefoxProfile) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	return p.call(ctx, "browser.removeUserContext", map[string]any{"userContext": p.user}, nil)
}

type firefoxWindow struct {
	*firefox
	hands
	id string
}

func (p firefoxProfile) NewWindow(ctx context.Context, print func(line string)) (Window, error) {
	var made struct{ Context string }
	if err := p.call(ctx, "browsingContext.create", map[string]any{"type": "window", "userContext": p.user}, &made); err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.windows[made.Context] = print
	p.mu.Unlock()
	w := firefoxWindow{firefox: p.firefox, id: made.Context}
	w.hands = w.perform
	return w, nil
}

func (w firefoxWindow) AtStart(ctx context.Context, script string) error {
	return w.call(ctx, "script.addPreloadScript", map[string]any{
		"functionDeclaration": "() => {" + script + "}",
		"contexts":            []string{w.id},
	}, nil)
}

func (w firefoxWindow) Open(ctx context.Context, url string) error {
	return w.call(ctx, "browsingContext.navigate", map[string]any{"context": w.id, "url": url, "wait": "complete"}, nil)
}

func (w firefoxWindow) Evaluate(ctx context.Context, promise string) (string, error) {
	var answer struct {
		Result           struct{ Value string }
		ExceptionDetails *struct{ Text string }
	}
	err := w.call(ctx, "script.evaluate", map[string]any{
		"expression":   promise,
		"target":       map[string]any{"context": w.id},
		"awaitPromise": true,
	}, &answer)
	if err == nil && answer.ExceptionDetails != nil {
		err = errors.New(answer.ExceptionDetails.Text)
	}
	return answer.Result.Value, err
}

// focusLimit is how long the page of a window that came to the fore may take to notice. It never does where the focus is
// in the browser's own bars.
const focusLimit = time.Second

// perform has the window to the fore meanwhile: keys press no buttons elsewhere.
func (w firefoxWindow) perform(ctx context.Context, steps []action) error {
	w.fore.Lock()
	defer w.fore.Unlock()
	if err := w.call(ctx, "browsingContext.activate", map[string]any{"context": w.id}, nil); err != nil {
		return err
	}
	for begun := time.Now(); time.Since(begun) < focusLimit; time.Sleep(5 * time.Millisecond) {
		if has, err := w.Evaluate(ctx, "Promise.resolve(String(document.hasFocus()))"); err != nil || has == "true" {
			break
		}
	}
	return w.call(ctx, "input.performActions", map[string]any{"context": w.id, "actions": steps}, nil)
}

func (w firefoxWindow) Screenshot(ctx context.Context) ([]byte, error) {
	var picture struct{ Data []byte }
	err := w.call(ctx, "browsingContext.captureScreenshot", map[string]any{"context": w.id}, &picture)
	return picture.Data, err
}

func (w firefoxWindow) Close() error {
	w.mu.Lock()
	delete(w.windows, w.id)
	w.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	return w.call(ctx, "browsingContext.close", map[string]any{"context": w.id}, nil)
}
