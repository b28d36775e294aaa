// Package bench measures what the module costs a visitor, side by side with the script that it replaces and with a Go
// program that does nothing: in headless Chromium, each visit in a profile of its own, the three in turns, so that what
// else the machine does falls on all alike. Only the ratios of one run mean something.
package bench

import (
	"context"
	"fmt"
	"log"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"keygenauth/internal/chromium"
)

// Result is what a run measured.
type Result struct {
	day     time.Time
	machine string
	runs    int
	medians map[string]map[string]sample // by condition and subject
	away    []distance
	growth  []growth
}

// Parts are the names of what can be measured by itself.
var Parts = []string{"visits", "distance", "growth"}

// Run measures the project in the directory root, each visit so many times, and tells of its progress. It takes
// minutes. Only is one of Parts, or empty for all. Run fails where something cannot be built, a browser is missing, or a
// page does not do what it should.
func Run(ctx context.Context, root, only string, runs int, say func(format string, args ...any)) (*Result, error) {
	is := func(part string) bool { return only == "" || only == part }
	if _, err := chromium.FindWhole(); err != nil && is("distance") {
		return nil, err // before minutes of measuring
	}
	s, err := serve(ctx, root)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	browser, stop, err := startBrowser(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	result := &Result{day: time.Now(), machine: machine(ctx), runs: runs, medians: map[string]map[string]sample{}}
	if is("visits") {
		if err := s.visits(browser, result, say); err != nil {
			return nil, err
		}
	}
	if is("distance") {
		if result.away, err = s.away(ctx, runs, say); err != nil {
			return nil, err
		}
	}
	if is("growth") {
		if result.growth, err = s.grow(browser, runs, say); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// visits measures the subjects under all conditions.
func (s *server) visits(browser context.Context, result *Result, say tell) error {
	for _, c := range conditions {
		samples := map[string][]sample{}
		for range result.runs {
			for _, subject := range subjects {
				one, err := s.visit(browser, subject, c)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", c.name, subject, err)
				}
				samples[subject] = append(samples[subject], one)
			}
		}
		result.medians[c.name] = map[string]sample{}
		for subject, all := range samples {
			result.medians[c.name][subject] = medianOf(all)
			say("%s, %s: %+v", c.name, subject, result.medians[c.name][subject])
		}
	}
	return nil
}

func startBrowser(ctx context.Context) (browser context.Context, stop func(), err error) {
	options, err := chromium.Options()
	if err != nil {
		return nil, nil, err
	}
	allocator, stop := chromedp.NewExecAllocator(ctx, options...)
	browser, _ = chromedp.NewContext(allocator, chromedp.WithErrorf(complain)) // which ends with the allocator
	if err := chromedp.Run(browser); err != nil {
		stop()
		return nil, nil, fmt.Errorf("start the browser: %w", err)
	}
	return browser, stop, nil
}

// complain prints what chromedp cannot make sense of, save style sheets that a page adopts: it knows no such event yet.
func complain(format string, args ...any) {
	if !strings.HasPrefix(format, "unhandled node event") {
		log.Printf(format, args...)
	}
}

// medianOf returns the median of each measure.
func medianOf(samples []sample) sample {
	of := func(member func(sample) float64) float64 {
		var values []float64
		for _, s := range samples {
			values = append(values, member(s))
		}
		return median(values)
	}
	return sample{
		Safe:     of(func(s sample) float64 { return s.Safe }),
		Ready:    of(func(s sample) float64 { return s.Ready }),
		Painted:  of(func(s sample) float64 { return s.Painted }),
		Received: of(func(s sample) float64 { return s.Received }),
		Whole:    of(func(s sample) float64 { return s.Whole }),
		Warm:     of(func(s sample) float64 { return s.Warm }),
		Longest:  of(func(s sample) float64 { return s.Longest }),
		Sent:     of(func(s sample) float64 { return s.Sent }),
		Stored:   of(func(s sample) float64 { return s.Stored }),
		Heap:     of(func(s sample) float64 { return s.Heap }),
		Memory:   of(func(s sample) float64 { return s.Memory }),
	}
}

// median returns the middle value, the lower of two.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)-1)/2]
}

// machine describes what the measurements were made on.
func machine(ctx context.Context) string {
	var parts []string
	if path, err := chromium.Find(); err == nil {
		if version, err := exec.CommandContext(ctx, path, "--version").Output(); err == nil {
			words := strings.Fields(string(version))
			parts = append(parts, strings.Join(words[:min(2, len(words))], " "))
		}
	}
	return strings.Join(append(parts, processor()), ", ")
}
