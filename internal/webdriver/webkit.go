package webdriver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// webkit starts a server with a browser of its own for each profile, which is what the server is made for.
type webkit struct {
	driver, browser, screen string // paths of programs
	args                    []string
	display                 *exec.Cmd
	name                    string // of the display
}

// StartShell starts a program that shows pages by WebKit, and lets itself be automated, in place of its browser.
func StartShell(ctx context.Context, program string, args ...string) (Browser, error) {
	return startWebKit(ctx, []string{program}, args...)
}

func startWebKit(ctx context.Context, browsers []string, args ...string) (Browser, error) {
	w := webkit{args: args}
	var err error
	if w.driver, err = find("webkit2gtk-driver", "WebKitWebDriver"); err != nil {
		return nil, err
	}
	if w.screen, err = find("xvfb", "Xvfb"); err != nil {
		return nil, err
	}
	if w.browser, err = find("webkit2gtk-driver", browsers...); err != nil {
		return nil, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	w.display = exec.Command(w.screen, "-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp")
	lead(w.display)
	w.display.ExtraFiles = []*os.File{write}
	err = w.display.Start()
	_ = write.Close()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	var number int
	if _, err := fmt.Fscan(read, &number); err != nil {
		return nil, errors.Join(fmt.Errorf("start the display: %w", err), w.Close())
	}
	w.name = fmt.Sprintf(":%d", number)
	return &w, nil
}

// miniBrowsers are where Debian keeps the browser that comes with the engine.
var miniBrowsers = []string{
	"/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
	"/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
	"MiniBrowser",
}

func (w *webkit) Close() error {
	_ = w.display.Process.Signal(syscall.SIGTERM) // it has a socket to remove
	_ = w.display.Wait()
	return nil
}

// webkitProfile is a server, and the browser that it started.
type webkitProfile struct {
	server  *exec.Cmd
	session string // URL

	mu     sync.Mutex // the server works on one window at a time
	handle string     // of that
	used   bool       // whether the window that a browser starts with was handed out
}

func (w *webkit) NewProfile(ctx context.Context) (Profile, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	_ = listener.Close()
	_, port, _ := net.SplitHostPort(address)
	p := &webkitProfile{server: exec.Command(w.driver, "--port="+port)}
	p.server.Env = append(os.Environ(), "DISPLAY="+w.name, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1", "GSETTINGS_BACKEND=memory")
	lead(p.server)
	if err := p.server.Start(); err != nil {
		return nil, err
	}
	for {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			_ = connection.Close()
			break
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), p.Close())
		case <-time.After(10 * time.Millisecond):
		}
	}
	var made struct{ SessionID string }
	err = p.command(ctx, http.MethodPost, "http://"+address+"/session", map[string]any{"capabilities": map[string]any{
		"alwaysMatch": map[string]any{
			"timeouts":                 map[string]any{"script": nil}, // contexts end them
			"pageLoadStrategy":         "none",                        // or else no command is answered while a page loads
			"webkitgtk:browserOptions": map[string]any{"binary": w.browser, "args": append([]string{"--automation"}, w.args...)},
		},
	}}, &made)
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	p.session = "http://" + address + "/session/" + made.SessionID
	return p, nil
}

func (p *webkitProfile) Close() error {
	if p.session != "" {
		ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
		defer cancel()
		_ = p.command(ctx, http.MethodDelete, p.session, nil, nil)
	}
	kill(p.server)
	return nil
}

// command sends one and waits for its result, which goes into result unless that is nil.
func (p *webkitProfile) command(ctx context.Context, method, url string, params, result any) error {
	var body bytes.Buffer
	if params != nil {
		if err := json.NewEncoder(&body).Encode(params); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, url, &body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct{ Value json.RawMessage }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url[strings.LastIndex(url, "/")+1:], answer.Value)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, result)
}

type webkitWindow struct {
	*webkitProfile
	hands
	handle string
}

func (p *webkitProfile) NewWindow(ctx context.Context, _ func(line string)) (Window, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.used {
		p.used = true
		err := p.command(ctx, http.MethodGet, p.session+"/window", nil, &p.handle)
		return p.window(p.handle), err
	}
	var made struct{ Handle string }
	err := p.command(ctx, http.MethodPost, p.session+"/window/new", map[string]any{"type": "window"}, &made)
	return p.window(made.Handle), err
}

func (p *webkitProfile) window(handle string) webkitWindow {
	w := webkitWindow{webkitProfile: p, handle: handle}
	w.hands = w.perform
	return w
}

// in sends a command for a window.
func (w webkitWindow) in(ctx context.Context, method, name string, params, result any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.webkitProfile.handle != w.handle {
		if err := w.command(ctx, http.MethodPost, w.session+"/window", map[string]any{"handle": w.handle}, nil); err != nil {
			return err
		}
		w.webkitProfile.handle = w.handle
	}
	return w.command(ctx, method, w.session+"/"+name, params, result)
}

func (w webkitWindow) AtStart(context.Context, string) error {
	return ErrNoScripts
}

func (w webkitWindow) Open(ctx context.Context, url string) error {
	if _, err := w.Evaluate(ctx, `Promise.resolve(String(window.left = true))`); err != nil {
		return err
	}
	if err := w.in(ctx, http.MethodPost, "url", map[string]any{"url": url}, nil); err != nil {
		return err
	}
	for {
		// Between two pages there is none that could answer. An element may be named like a member of the document.
		there, err := w.Evaluate(ctx, `Promise.resolve(String(!window.left && Reflect.get(Document.prototype, "readyState", document) === "complete"))`)
		if err == nil && there == "true" {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (w webkitWindow) Evaluate(ctx context.Context, promise string) (string, error) {
	var answer struct{ Text, Thrown string }
	err := w.in(ctx, http.MethodPost, "execute/async", map[string]any{
		"script": "const done = arguments[0]; " + promise + ".then((Text) => done({Text}), (e) => done({Thrown: String(e)}))",
		"args":   []any{},
	}, &answer)
	if err == nil && answer.Thrown != "" {
		err = errors.New(answer.Thrown)
	}
	return answer.Text, err
}

func (w webkitWindow) perform(ctx context.Context, steps []action) error {
	return w.in(ctx, http.MethodPost, "actions", map[string]any{"actions": steps}, nil)
}

func (w webkitWindow) Screenshot(ctx context.Context) ([]byte, error) {
	var picture []byte
	err := w.in(ctx, http.MethodGet, "screenshot", nil, &picture)
	return picture, err
}

// Close leaves the window to the profile: a browser without windows is gone.
func (w webkitWindow) Close() error { return nil }
