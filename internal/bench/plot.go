package bench

import (
	"errors"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Where a README keeps the tables, and where the picture goes.
const (
	beginMark = "<!-- benchmark -->\n"
	endMark   = "<!-- end of the benchmark -->\n"
	picture   = "web/readme/bench.png"
)

// Publish writes the tables into the README of the project in root, between its two marks, and draws the picture.
func (r *Result) Publish(root string) error {
	path := filepath.Join(root, "README.md")
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the README: %w", err)
	}
	before, rest, begins := strings.Cut(string(content), beginMark)
	_, after, ends := strings.Cut(rest, endMark)
	if !begins || !ends {
		return errors.New("README.md lacks the marks between which the tables go: " + strings.TrimSpace(beginMark) + " and " + strings.TrimSpace(endMark))
	}
	text := before + beginMark + r.Markdown() + endMark + after
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return fmt.Errorf("write the README: %w", err)
	}
	return r.draw(filepath.Join(root, filepath.FromSlash(picture)))
}

// bars are the groups of bars of each panel.
var bars = []struct {
	name string
	of   func(sample) float64
}{
	{"submit is\nsafe", func(s sample) float64 { return s.Safe }},
	{"first\npaint", func(s sample) float64 { return s.Painted }},
	{"ready,\nfirst visit", func(s sample) float64 { return s.Ready }},
	{"ready,\ncached", func(s sample) float64 { return s.Warm }},
	{"submit to\ntoken", func(s sample) float64 { return s.Stored }},
}

var looks = map[string]struct {
	name  string
	color color.Color
}{
	snippet: {"Tutorial's script", color.RGBA{R: 0x9a, G: 0xa5, B: 0xb1, A: 0xff}},
	module:  {"keygen-auth", color.RGBA{R: 0x1f, G: 0x6f, B: 0xeb, A: 0xff}},
	empty:   {"Empty Go program", color.RGBA{R: 0xe3, G: 0xb3, B: 0x41, A: 0xff}},
}

// draw writes the picture: a panel for each condition.
func (r *Result) draw(path string) error {
	const width = 11 // of a bar
	panels := make([][]*plot.Plot, 1)
	for i, c := range conditions {
		p := plot.New()
		p.Title.Text = c.name
		p.BackgroundColor = color.White
		p.Y.Min = 0
		if i == 0 {
			p.Y.Label.Text = "milliseconds"
		}
		p.Legend.Top = true
		for j, subject := range subjects {
			values := make(plotter.Values, len(bars))
			for k, bar := range bars {
				values[k] = bar.of(r.medians[c.name][subject])
			}
			chart, err := plotter.NewBarChart(values, vg.Points(width))
			if err != nil {
				return fmt.Errorf("draw the picture: %w", err)
			}
			chart.LineStyle.Width = 0
			chart.Color = looks[subject].color
			chart.Offset = vg.Points(float64(j-1) * (width + 1))
			p.Add(chart)
			if i == 0 {
				p.Legend.Add(looks[subject].name, chart)
			}
		}
		var names []string
		for _, bar := range bars {
			names = append(names, bar.name)
		}
		p.NominalX(names...)
		panels[0] = append(panels[0], p)
	}
	canvas := vgimg.NewWith(vgimg.UseWH(30*vg.Centimeter, 9*vg.Centimeter), vgimg.UseDPI(110))
	tiles := draw.Tiles{Rows: 1, Cols: len(conditions), PadX: vg.Points(14), PadTop: vg.Points(6), PadBottom: vg.Points(6), PadLeft: vg.Points(6), PadRight: vg.Points(6)}
	for i, area := range plot.Align(panels, tiles, draw.New(canvas))[0] {
		panels[0][i].Draw(area)
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	_, err = vgimg.PngCanvas{Canvas: canvas}.WriteTo(file)
	return errors.Join(err, file.Close())
}
