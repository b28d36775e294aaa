package postlink

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// prepared is testdata/parts, with the names of its functions.
type prepared struct {
	program []byte // as Shrink made it
	names   []string
}

// split splits it.
func (p prepared) split(t *testing.T, first func(name string) bool) Parts {
	t.Helper()
	arranged, err := Arrange(p.program, p.names, first)
	require.NoError(t, err)
	started, err := Preinit(t.Context(), arranged)
	require.NoError(t, err)
	parts, err := Split(started, p.names, first)
	require.NoError(t, err)
	return parts
}

var buildParts = sync.OnceValues(func() (p prepared, err error) {
	linked, err := build("./testdata/parts", "-checklinkname=0")
	if err != nil {
		return p, err
	}
	if p.names, err = Names(linked); err != nil {
		return p, err
	}
	p.program, err = Shrink(linked)
	return p, err
})

func preparedParts(t *testing.T) prepared {
	t.Helper()
	p, err := buildParts()
	require.NoError(t, err)
	return p
}

// outcome is what one program printed, how often it was parked, and what broke it.
type outcome struct {
	Output string
	Parked int
	Error  string
}

// inParts runs programs in node. When the rest comes says testdata/parts/run.mjs.
func inParts(t *testing.T, delay string, all ...Parts) []outcome {
	t.Helper()
	scripts, _ := forNode(t, nil)
	args := []string{"testdata/parts/run.mjs", filepath.Join(scripts, "wasm_exec.js"), "../../web/runtime/parts.js", delay}
	for _, p := range all {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "program.wasm"), p.First, 0o600))
		if p.Rest != nil {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "rest.wasm"), p.Rest, 0o600))
		}
		args = append(args, dir)
	}
	output, err := exec.CommandContext(t.Context(), "node", args...).CombinedOutput()
	require.NoError(t, err, string(output))
	var outcomes []outcome
	for line := range bytes.Lines(output) {
		var o outcome
		require.NoError(t, json.Unmarshal(line, &o), string(line))
		outcomes = append(outcomes, o)
	}
	require.Len(t, outcomes, len(all))
	return outcomes
}

// partsOutput is what testdata/parts prints.
const partsOutput = `deferred recovered runtime error: invalid memory address or nil pointer dereference,4,3,2,1,0
panics runtime error: index out of range [3] with length 1 true; runtime error: integer divide by zero true; assignment to entry in nil map true; interface conversion: string is not error: missing method Error true; close of closed channel true; an error false; formatted 7 false
`

// seeds returns how many random splits to try: KEYGEN_AUTH_SPLITS, or a few.
func seeds(t *testing.T) int {
	t.Helper()
	text := os.Getenv("KEYGEN_AUTH_SPLITS")
	if text == "" {
		return 16
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// randomSplit has every other function in the rest, or fewer, down to a few.
func randomSplit(t *testing.T, p prepared, seed int) Parts {
	t.Helper()
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	missing := math.Pow(2, -1-float64(seed%8))
	first := map[string]bool{}
	for _, name := range p.names {
		first[name] = random.Float64() > missing
	}
	return p.split(t, func(name string) bool { return first[name] })
}

func TestSplitProgramDoesTheSame(t *testing.T) {
	p := preparedParts(t)
	started, err := Preinit(t.Context(), p.program)
	require.NoError(t, err)
	whole := inParts(t, "parked", Parts{First: started})[0]
	assert.Contains(t, whole.Output, partsOutput)
	assert.Contains(t, whole.Output, "nested 66\n")
	const inOneProcess = 32
	for from := 0; from < seeds(t); from += inOneProcess {
		to := min(from+inOneProcess, seeds(t))
		parked := 0
		// When the rest comes, the program may be parked, or about to be, or further on.
		for _, delay := range []string{"parked", "2"} {
			var all []Parts
			for seed := from; seed < to; seed++ {
				if (delay == "2") == (seed%3 == 2) {
					all = append(all, randomSplit(t, p, seed))
				}
			}
			for i, got := range inParts(t, delay, all...) {
				assert.Equal(t, whole.Output, got.Output, "program %d from seed %d, %s", i, from, delay)
				assert.Empty(t, got.Error)
				parked += got.Parked
			}
		}
		assert.Greater(t, parked, (to-from)/2, "few called nothing that was missing")
	}
}

// TestNothingIsParkedInJavaScript checks that a program ends where it cannot wait, rather than go on with wrong results.
func TestNothingIsParkedInJavaScript(t *testing.T) {
	p := preparedParts(t)
	parts := p.split(t, func(name string) bool { return name != "main.inner" })
	got := inParts(t, "parked", parts)[0]
	assert.Empty(t, got.Error)
	assert.Contains(t, got.Output, "nested 66\n", "with the rest there")
	got = inParts(t, "asked", parts)[0]
	assert.Equal(t, "there is no waiting inside a call", got.Error)
	assert.NotContains(t, got.Output, "nested")
}

func TestSplitIsReproducible(t *testing.T) {
	p := preparedParts(t)
	one, again := randomSplit(t, p, 1), randomSplit(t, p, 1)
	assert.True(t, bytes.Equal(one.First, again.First) && bytes.Equal(one.Rest, again.Rest))
}

func TestSplitRefuses(t *testing.T) {
	linked, err := build("./testdata/waits", "-X 'main.way=well'")
	require.NoError(t, err)
	p := preparedParts(t)
	names, err := Names(linked)
	require.NoError(t, err)
	all := func(string) bool { return true }
	started, err := Preinit(t.Context(), p.program)
	require.NoError(t, err)
	runtime := func(name string) bool { return strings.HasPrefix(name, "runtime.") }
	for want, try := range map[string]func() error{
		"the program has yet to start": func() error { _, err := Split(linked, names, all); return err },
		"not a WebAssembly module":     func() error { _, err := Split(nil, nil, all); return err },
		"imports or has no functions":  func() error { _, err := Split(module(memory), nil, all); return err },
		"names for":                    func() error { _, err := Split(started, make([]string, 1<<16), all); return err },
		"there is no runtime.gcStart":  func() error { _, err := Arrange(p.program, nil, all); return err },
		"are not arranged for this":    func() error { _, err := Split(started, p.names, runtime); return err },
		"read the names of functions":  func() error { _, err := Names(nil); return err },
		"0 function tables":            func() error { _, err := Names(module([]byte{2, 0}, []byte{3, 0}, memory, data())); return err },
	} {
		assert.ErrorContains(t, try(), want)
	}
	parts := p.split(t, all)
	_, err = Split(parts.First, p.names, all)
	assert.ErrorContains(t, err, "was split before")
}
