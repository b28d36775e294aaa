package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// measured is what a run could have measured.
func measured() *Result {
	all := map[string]sample{
		snippet: {Safe: 10, Ready: 10, Warm: 5, Sent: 0.5, Stored: 12, Received: 2048, Whole: 2048, Heap: 1 << 20},
		module:  {Safe: 11, Ready: 150, Warm: 60, Sent: 1, Stored: 13, Received: 270_000, Whole: 495_000, Heap: 2 << 20, Memory: 4 << 20},
		empty:   {Ready: 120, Warm: 50, Received: 430_000, Whole: 430_000, Memory: 2 << 20},
	}
	r := &Result{
		day: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), machine: "a machine", runs: 3, medians: map[string]map[string]sample{},
		away:   []distance{{"page open for 3 s", 1000, 700}},
		growth: []growth{{what: "forms", counts: []int{1, 10}, snippet: []float64{0.1, 0.2}, ours: []float64{1, 4}, unit: "ms"}},
	}
	for _, c := range conditions {
		r.medians[c.name] = all
	}
	return r
}

func TestMarkdown(t *testing.T) {
	text := measured().Markdown()
	assert.True(t, strings.HasPrefix(text, "Medians of 3 visits each, 24 November 2026, on a machine.\n"))
	assert.Contains(t, text, "| ready, first visit (ms) | 10 | 150 | 120 | 1.25 × the empty program |")
	assert.Contains(t, text, "| submit to request sent (ms) | 0.5 | 1.0 |  | 2.00 × the script |")
	assert.Contains(t, text, "| WebAssembly memory, signed in (KiB) |  | 4096 | 2048 | 2.00 × the empty program |")
	assert.Contains(t, text, "| Tutorial's script | keygen-auth | |\n|---|--:|--:|---|\n| page open for 3 s (ms) | 1000 | 700 | 0.70 × the script |\n")
	assert.Contains(t, text, "| Number of forms | 1 | 10 |\n|---|--:|--:|\n| without the module (ms) | 0.1 | 0.2 |\n| keygen-auth (ms) | 1.0 | 4.0 |\n")
}

// TestMarkdownOfAPart has no table of what was not measured.
func TestMarkdownOfAPart(t *testing.T) {
	r := measured()
	r.medians, r.growth = map[string]map[string]sample{}, nil
	assert.Equal(t, 1, strings.Count(r.Markdown(), "\n|---|"))
}

func TestPublish(t *testing.T) {
	root := t.TempDir()
	page := filepath.Join(root, filepath.FromSlash(tables))
	require.NoError(t, os.Mkdir(filepath.Dir(page), 0o700))
	require.NoError(t, os.WriteFile(page, []byte("before\n"), 0o600))
	assert.ErrorContains(t, measured().Publish(t.Context(), root), "docs/performance.md lacks the marks")

	require.NoError(t, os.MkdirAll(filepath.Join(root, "web", "readme"), 0o700))
	require.NoError(t, os.WriteFile(page, []byte("before\n"+beginMark+"old\n"+endMark+"after\n"), 0o600))
	require.NoError(t, measured().Publish(t.Context(), root))
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Equal(t, "before\n"+beginMark+measured().Markdown()+endMark+"after\n", string(text))
	image, err := os.ReadFile(filepath.Join(root, picture))
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(image), "\x89PNG"))
}

func TestMedian(t *testing.T) {
	assert.Zero(t, median(nil))
	assert.InDelta(t, 2, median([]float64{9, 1, 2}), 0)
	assert.InDelta(t, 2, median([]float64{9, 1, 2, 3}), 0)
}

func TestLongestTask(t *testing.T) {
	name := event{Name: "thread_name", Process: 1, Thread: 2}
	name.Args.Name = "CrRendererMain"
	assert.InDelta(t, 7, longestTask([]event{
		{Name: "ThreadControllerImpl::RunTask", Process: 1, Thread: 2, Duration: 7000},
		{Name: "ThreadControllerImpl::RunTask", Process: 1, Thread: 3, Duration: 9000},
		{Name: "other", Process: 1, Thread: 2, Duration: 9000},
		name,
	}), 0)
}
