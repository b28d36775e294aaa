package bench

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

// Where the tables and the picture go.
const (
	tables    = "docs/performance.md"
	beginMark = "<!-- benchmark -->\n"
	endMark   = "<!-- end of the benchmark -->\n"
	picture   = "web/readme/bench.png"
)

// Publish writes the tables into the page of the project in root, between its two marks, and draws the picture.
func (r *Result) Publish(ctx context.Context, root string) error {
	before, after, err := around(root)
	if err != nil {
		return err
	}
	text := before + beginMark + r.Markdown() + endMark + after
	if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(tables)), []byte(text), 0o644); err != nil {
		return fmt.Errorf("write the tables: %w", err)
	}
	return r.draw(ctx, filepath.Join(root, filepath.FromSlash(picture)))
}

// CheckPage returns an error unless the page has a place for the tables.
func CheckPage(root string) error {
	_, _, err := around(root)
	return err
}

// around returns what stands before and after the tables.
func around(root string) (before, after string, err error) {
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(tables)))
	if err != nil {
		return "", "", fmt.Errorf("read the page for the tables: %w", err)
	}
	before, rest, begins := strings.Cut(string(content), beginMark)
	_, after, ends := strings.Cut(rest, endMark)
	if !begins || !ends {
		return "", "", errors.New(tables + " lacks the marks between which the tables go: " +
			strings.TrimSpace(beginMark) + " and " + strings.TrimSpace(endMark))
	}
	return before, after, nil
}

// panel is the part of the picture for one condition.
type panel struct {
	Name   string
	Groups []group
}

// group is the bars of one measure.
type group struct {
	Name string
	Bars []bar
}

type bar struct {
	Subject, Text string
	Percent       float64 // of the panel's width
}

// drawn is how many of the measures the picture shows: those in time.
const drawn = 7

func (r *Result) panels() []panel {
	const room = 78 // percent of a panel for its longest bar; the rest is for the figure
	var panels []panel
	for _, c := range conditions {
		of := r.medians[c.name]
		longest := 0.0
		for _, m := range measures[:drawn] {
			for _, subject := range subjects {
				longest = max(longest, m.of(of[subject]))
			}
		}
		p := panel{Name: c.name}
		for _, m := range measures[:drawn] {
			g := group{Name: m.what}
			for _, subject := range subjects {
				if value := m.of(of[subject]); value > 0 {
					g.Bars = append(g.Bars, bar{subject, figure(value) + " " + m.unit, value / longest * room})
				}
			}
			p.Groups = append(p.Groups, g)
		}
		panels = append(panels, p)
	}
	return panels
}

// draw has the browser draw the picture and writes it as PNG.
func (r *Result) draw(ctx context.Context, path string) error {
	page, err := template.ParseFS(scripts, "pages/plot.html")
	if err != nil {
		return err
	}
	source := filepath.Join(os.TempDir(), fmt.Sprintf("keygen-auth-plot-%d.html", os.Getpid()))
	defer os.Remove(source)
	file, err := os.Create(source)
	if err != nil {
		return fmt.Errorf("draw the picture: %w", err)
	}
	if err := errors.Join(page.Execute(file, r.panels()), file.Close()); err != nil {
		return fmt.Errorf("draw the picture: %w", err)
	}
	browser, stop, err := startBrowser(ctx)
	if err != nil {
		return err
	}
	defer stop()
	var png []byte
	if err := chromedp.Run(browser, chromedp.EmulateViewport(1200, 800), chromedp.Navigate("file://"+source),
		chromedp.FullScreenshot(&png, 100)); err != nil {
		return fmt.Errorf("draw the picture: %w", err)
	}
	return os.WriteFile(path, png, 0o644)
}
