package bench

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// processor names the processor, as far as the system tells, and how many of them a program may use.
func processor() string {
	name := runtime.GOARCH
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				name = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%d cores of %s", runtime.NumCPU(), name)
}

// measures are the rows of the table.
var measures = []struct {
	what, unit string
	of         func(sample) float64
}{
	{"a submit is safe", "ms", func(s sample) float64 { return s.Safe }},
	{"first paint", "ms", func(s sample) float64 { return s.Painted }},
	{"ready, first visit", "ms", func(s sample) float64 { return s.Ready }},
	{"ready, from the cache", "ms", func(s sample) float64 { return s.Warm }},
	{"longest task until then", "ms", func(s sample) float64 { return s.Longest }},
	{"submit to request sent", "ms", func(s sample) float64 { return s.Sent }},
	{"submit to token stored", "ms", func(s sample) float64 { return s.Stored }},
	{"bytes received until ready", "KiB", func(s sample) float64 { return s.Received / 1024 }},
	{"bytes received in all", "KiB", func(s sample) float64 { return s.Whole / 1024 }},
	{"JavaScript heap, signed in", "KiB", func(s sample) float64 { return s.Heap / 1024 }},
	{"WebAssembly memory, signed in", "KiB", func(s sample) float64 { return s.Memory / 1024 }},
}

// Markdown returns the tables.
func (r *Result) Markdown() string {
	var out strings.Builder
	fmt.Fprintf(&out, "Medians of %d visits each, %s, on %s.\n", r.runs, r.day.Format("2 January 2006"), r.machine)
	for _, c := range conditions {
		of := r.medians[c.name]
		if of == nil {
			continue
		}
		fmt.Fprintf(&out, "\n| %s | Tutorial's script | keygen-auth | Empty Go program | |\n|---|--:|--:|--:|---|\n", c.name)
		for _, m := range measures {
			theirs, ours, nothing := m.of(of[snippet]), m.of(of[module]), m.of(of[empty])
			fmt.Fprintf(&out, "| %s (%s) | %s | %s | %s | %s |\n", m.what, m.unit, figure(theirs), figure(ours), figure(nothing),
				ratio(ours, theirs, nothing))
		}
	}
	if r.away != nil {
		fmt.Fprintf(&out, "\n| Submit to signed in, the API %d ms away (HTTPS; it takes %d ms for a password) | Tutorial's script | keygen-auth | |\n|---|--:|--:|---|\n",
			roundTrip.Milliseconds(), passwordTime.Milliseconds())
	}
	for _, d := range r.away {
		fmt.Fprintf(&out, "| %s (ms) | %s | %s | %s |\n", d.what, figure(d.theirs), figure(d.ours), ratio(d.ours, d.theirs, 0))
	}
	for _, g := range r.growth {
		fmt.Fprintf(&out, "\n| Number of %s |", g.what)
		for _, count := range g.counts {
			fmt.Fprintf(&out, " %d |", count)
		}
		out.WriteString("\n|---|" + strings.Repeat("--:|", len(g.counts)) + "\n")
		for _, line := range []struct {
			name   string
			values []float64
		}{{"without the module", g.snippet}, {"keygen-auth", g.ours}} {
			fmt.Fprintf(&out, "| %s (%s) |", line.name, g.unit)
			for _, value := range line.values {
				out.WriteString(" " + figure(value) + " |")
			}
			out.WriteString("\n")
		}
	}
	return out.String()
}

// figure writes a number with about three digits, and nothing for what was not measured.
func figure(value float64) string {
	switch {
	case value == 0:
		return ""
	case value < 10:
		return fmt.Sprintf("%.1f", value)
	}
	return fmt.Sprintf("%.0f", value)
}

// ratio compares the module with what it is best compared with: the empty program where that has the measure, else the
// script.
func ratio(ours, theirs, nothing float64) string {
	switch {
	case nothing > 0 && ours > 0:
		return fmt.Sprintf("%.2f × the empty program", ours/nothing)
	case theirs > 0 && ours > 0:
		return fmt.Sprintf("%.2f × the script", ours/theirs)
	}
	return ""
}
