package e2e

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
)

// profileFile is the file to write the names of functions into that the tests called; none is written when empty. It is how
// internal/dist knows what a browser starts with (make profile).
var profileFile = os.Getenv("KEYGEN_AUTH_PROFILE")

// calledPath is where a page tells the site what it has called when it goes away.
const calledPath = "/called"

// noteCalls, run in each page before its own scripts, finds what its programs note, see postlink.CalledFrom, up to the first
// operation that the page calls for: those wait for the rest of the program. Their groups are proxies (web/loader/methods.js).
const noteCalls = `(() => {
	let memories = [];
	const stop = () => (memories = memories.map((memory) => ({ buffer: memory.buffer.slice(0) })));
	window.Proxy = new Proxy(Proxy, {
		construct: (make, [of, { get }]) => new make(of, { get: (...args) => (Object.isFrozen(of) && stop(), get(...args)) }),
	});
	const { instantiate } = WebAssembly;
	WebAssembly.instantiate = async (...args) => {
		const result = await instantiate.apply(WebAssembly, args);
		const { mem } = (result.instance ?? result).exports;
		if (mem) memories.push(mem);
		return result;
	};
	const flags = (memory) => new Uint8Array(memory.buffer, 4096, 8192);
	addEventListener("pagehide", () => memories.forEach((memory) => navigator.sendBeacon("` + calledPath + `", flags(memory))));
	Object.defineProperty(window, "noted", { value: () => memories.map((memory) => String.fromCharCode(...flags(memory).map((flag) => 48 + flag))) });
})()`

// called are the functions that were called in any page.
var called calls

type calls struct {
	mu    sync.Mutex
	flags []byte
}

// add adds what one program noted.
func (c *calls) add(flags []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.flags) < len(flags) {
		c.flags = append(c.flags, make([]byte, len(flags)-len(c.flags))...)
	}
	for i, flag := range flags {
		c.flags[i] |= flag & 1 // as a digit, too
	}
}

// write writes the names of the functions that were called into the file that profileFile names, sorted.
func (c *calls) write() error {
	if profileFile == "" {
		return nil
	}
	all, err := os.ReadFile(profileFile + ".all")
	if err != nil {
		return err
	}
	var names []string
	for i, name := range strings.Split(strings.TrimSuffix(string(all), "\n"), "\n") {
		if name != "" && i < len(c.flags) && c.flags[i] != 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return os.WriteFile(profileFile, []byte(strings.Join(slices.Compact(names), "\n")+"\n"), 0o644)
}

// collectCalls adds what the programs in the tab noted until now.
func (p *tab) collectCalls() {
	if profileFile == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	text, err := p.window.Evaluate(ctx, asText("window.noted?.() ?? []"))
	var pages []string
	if err != nil || json.Unmarshal([]byte(text), &pages) != nil {
		p.t.Logf("what the page called is not counted: %v", err)
		return
	}
	for _, flags := range pages {
		called.add([]byte(flags))
	}
}
